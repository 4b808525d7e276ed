"""A demo of its own, with what the demo does not have by itself: cases of every sort, in every state."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse

from orchestration import api
from orchestration.models import LimitSetting, OutboxMessage, ReceivedEvent
from orchestration.ports import Actor, clock
from reviewhub.accounts.models import Person
from reviewhub.demo.clock import start
from reviewhub.notifications.mail import GATHERED, unsubscribe_address
from reviewhub.notifications.questions import link_to
from reviewhub.reviews.links import DecisionLink, decision_token
from reviewhub.reviews.models import (
    BusinessCalendar,
    CaseSeen,
    EscalationPolicy,
    InformationRequest,
    OverrideReason,
    Queue,
    ReviewTask,
)
from reviewhub.reviews.selectors import Criteria
from reviewhub.reviews.selectors.changes import tasks_before
from reviewhub.reviews.selectors.reason_versions import changes_of_reasons
from reviewhub.reviews.services import (
    answer_information,
    ask_for_information,
    claim_task,
    comment_on_task,
    decide_task,
    delegate_task,
    enter_absence,
    escalate_task,
    mark_seen,
    save_filter,
    snooze_task,
    wake_task,
)
from reviewhub.reviews.services.comments import File
from reviewhub.reviews.services.settings import save_reason
from tests.support.documents import a_locked_pdf, a_mail, a_pdf, a_picture

WORKFLOWS = Path(__file__).with_name("workflows")
READY_WITHIN = 90.0  # seconds for all cases to come before people
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
ADVICE = {
    "outcome": "sign",
    "confidence": 0.74,
    "reasons": ["The terms are those of last year", "Payment is within thirty days"],
    "evidence": [{"field": "agreement", "quote": "Payment 30 % with the order"}],
    "would_change": "Hold, if the liability is capped below one million.",
    "model": "contracts-7",
}
OSCAR = Actor("person", "oscar", "Oscar Lind")
NEWCOMERS = ("Kestrel Cloud", "Rossi Forniture", "Altmark Optics")
SPENT = tuple(
    f"{act} {size}" for act in ("Tapped", "Snooze", "Expired", "Broken", "Slow") for size in ("wide", "phone")
)
MOVED = ("Decided", "Claimed", "Snoozed", "Given", "Answered", "Waiting", "Taken up", "Late answer", "Escalated")
BACK, RESENT = (
    "Halvorsen Drives",
    "Lindqvist Tools",
)  # a case that comes back otherwise; one whose document was sent anew
LONG_NAMED = {
    "maximiliane": "Maximiliane Hohenstein-Wittgenbach von der Heyden-Lindenau",
    "xu": LONG[:60],
}
CROWD = tuple(f"Pallet truck {number:02}" for number in range(30))


class House:
    """Fills the demo, and knows its cases by name."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.people = {person.username: person for person in Person.objects.all()}

    def task(self, name: str) -> ReviewTask:
        return ReviewTask.objects.filter(title__contains=name).latest("created_at")

    def page(self, name: str, view: str = "team") -> str:
        return f"/tasks/{self.task(name).pk}/?view={view}"

    def run_of(self, name: str) -> str:
        return f"/runs/{self.task(name).run_id}/"

    def link(self, name: str, hours: float = 48) -> str:
        until = clock().system_now() + timedelta(hours=hours)
        return f"/decide/{decision_token(DecisionLink(self.task(name).pk, self.people['alice'].pk, until))}/"

    def question(self, name: str) -> str:
        asked = InformationRequest.objects.filter(task=self.task(name)).latest("asked_at")
        return "/information/" + link_to(asked).partition("/information/")[2]

    def forget_changes(self, name: str, *usernames: str) -> None:
        """As if they had seen the case as it was at first, and nothing since."""
        task = self.task(name)
        CaseSeen.objects.filter(run=task.run_id).delete()
        for username in usernames:
            first = tasks_before(task).last() or task
            mark_seen(task_id=first.pk, actor=self.people[username], mark="0-0-0")

    def unsubscribing(self) -> str:
        return urlsplit(unsubscribe_address(self.people["alice"], GATHERED)).path

    def settings(self) -> dict[str, str]:
        """Pages of settings with versions, by name."""
        reason = OverrideReason.objects.get(code="policy", workflow="", current=True)
        change = min(each.event or 0 for each in changes_of_reasons(""))
        chain, calendar = EscalationPolicy.objects.first(), BusinessCalendar.objects.first()
        pages = {
            "reason": ("overridereason_change", reason.pk),
            "reasons-then": ("overridereason_then", change),
            "chain": ("escalationpolicy_change", chain.pk if chain else 0),
            "calendar": ("businesscalendar_change", calendar.pk if calendar else 0),
        }
        found = {name: reverse(f"admin:reviews_{page}", args=[pk]) for name, (page, pk) in pages.items()}
        found["sla"] = reverse("admin:reviews_slapolicy_add")
        found["reason-before"] = f"{found['reason']}?version={reason.version - 1}"
        return {**found, "reasons-versions": reverse("admin:reviews_overridereason_versions")}

    def differences(self, name: str) -> tuple[str, str]:
        """Where all that has changed in a case is told, and where its document stands beside the last version."""
        task = self.task(name)
        earlier = tasks_before(task).first() or task
        digest = [sent["documents"][0][api.DOCUMENT_DIGEST] for sent in task.information if sent.get("documents")]
        whole = f"/tasks/{task.pk}/changes/{earlier.pk}/"
        return whole, f"{whole}{''.join(digest[-1:])}/"

    def fill(self) -> None:
        start()  # a case that comes back does so later than it came
        for path in sorted(WORKFLOWS.glob("*.yaml")):
            api.publish_workflow(text=path.read_text(encoding="utf-8"), note="For the pictures", actor=OSCAR)
        self._bring()
        self._move_on()
        self._differ()
        self._lead()
        self._operate()
        for label in ("Rules", f"Rules of {LONG}"[:60], "Rules and laws"):
            save_reason(group="policy", label=label, feeds="process_owner", trains=True, position=200, actor=OSCAR)

    # ---- what comes -----------------------------------------------------------------------------

    def _bring(self) -> None:
        titles = [self._purchase(name, "Replacement parts") for name in NEWCOMERS]
        titles += [self._purchase("Nordlicht Office", item) for item in ("Pallets", *SPENT, *MOVED, *CROWD)]
        titles.append(self._purchase("Summit Machines", "Milling machine", 85_000))
        titles.append(self._purchase(LONG, f"Something for {LONG}"))
        titles += [self._start("contract", {"supplier": "Vantage Legal", "advice": ADVICE, **self._documents()})]
        titles += [self._offer(BACK), self._offer(RESENT, terms=self._terms(30))]
        titles += [self._start("release", {"payee": "Harbour Freight"}), self._start("several-fields", _many())]
        api.start_run(workflow="breaks", input={"what": "Nightly export"}, actor=OSCAR, source="manual")
        came = ReviewTask.objects.filter(run_id__in=titles)
        _until(lambda: came.count() == len(titles), f"Not all of the {len(titles)} cases came before people.")

    def _purchase(self, supplier: str, item: str, amount: float = 0) -> str:
        number = next(self._numbers)
        return self._start(
            "purchase-approval",
            {
                "request_id": f"PIC-{number}",
                "requester": "priya@example.com",
                "supplier": supplier,
                "item": item,
                "reason": "The old ones are worn out, and the line stands still without them.",
                "amount": amount or 600 + 10 * number,
                "cost_center": "OPS-300",
                "quotation": api.keep_document(
                    a_pdf(), name=f"Quotation {number}.pdf", media_type="application/pdf", by=OSCAR
                ),
            },
        )

    def _offer(self, supplier: str, **documents: Any) -> str:
        return self._start("offer", {"requester": "priya@example.com", "supplier": supplier, **documents})

    def _terms(self, days: int) -> dict[str, Any]:
        text = _terms_text(days).encode()
        return api.keep_document(text, name="terms.txt", media_type="text/plain", by=OSCAR)

    def _start(self, workflow: str, values: dict[str, Any]) -> str:
        return api.start_run(workflow=workflow, input=values, actor=OSCAR, source="manual").run_id

    def _documents(self) -> dict[str, Any]:
        table = "Item;Quantity;Price\n" + "\n".join(f"Part {row};{row * 3};{row * 11.5:.2f}" for row in range(1, 40))
        kinds = {
            "agreement": (a_pdf(), "Agreement with a rather long name that does not fit.pdf", "application/pdf"),
            "picture": (a_picture(900, 600), "site.png", "image/png"),
            "mail": (a_mail(), "order.eml", "message/rfc822"),
            "terms": (b"The supplier delivers within thirty days.\n\n" * 30, "terms.txt", "text/plain"),
            "data": (b'{"supplier": {"name": "Vantage", "open": [1, 2, 3]}}', "record.json", "application/json"),
            "prices": (table.encode(), "prices.csv", "text/csv"),
            "locked": (a_locked_pdf(), "locked.pdf", "application/pdf"),
            "model": (b"\x00\x01solid", "bracket.step", "application/step"),
        }  # fmt: skip
        return {
            key: api.keep_document(data, name=name, media_type=kind, by=OSCAR)
            for key, (data, name, kind) in kinds.items()
        }

    # ---- what people did with it ----------------------------------------------------------------

    def _move_on(self) -> None:
        alice, bob, carol = (self.people[name] for name in ("alice", "bob", "carol"))
        decide_task(task_id=self.task("Decided").pk, actor=carol, outcome="approve")
        claim_task(task_id=self.task("Claimed").pk, actor=carol)
        until = clock().process_now() + timedelta(hours=1)
        snooze_task(task_id=self.task("Snoozed").pk, actor=alice, until=until)
        delegate_task(task_id=self.task("Given").pk, actor=alice, to=bob, note="You know them better than I do.")
        asked = ask_for_information(task_id=self.task("Answered").pk, actor=alice, text="Which cost centre is it for?")
        answer_information(request_id=asked.pk, text="LAB-400. The others are spent.\nSorry for the detour!")
        ask_for_information(task_id=self.task("Waiting").pk, actor=alice, text="Is the old machine sold already?")
        ask_for_information(task_id=self.task("Taken up").pk, actor=alice, text="Is this still needed?")
        wake_task(task_id=self.task("Taken up").pk, actor=alice)
        late = ask_for_information(task_id=self.task("Late answer").pk, actor=alice, text="Until when is it needed?")
        InformationRequest.objects.filter(pk=late.pk).update(expires_at=clock().system_now() - timedelta(hours=1))
        escalate_task(task_id=self.task("Escalated").pk, actor=alice, note="Carol should see this one.")
        for name in ("Kestrel Cloud", LONG):
            claim_task(task_id=self.task(name).pk, actor=alice)
            text = f"@alice have a look at {LONG * 2}, please."
            comment_on_task(task_id=self.task(name).pk, actor=carol, text=text)
        decide_task(task_id=self.task("Harbour Freight").pk, actor=carol, outcome="pay")

    def _differ(self) -> None:
        """One case comes back otherwise, the document of another one is sent anew, and of both something is said."""
        alice, carol = self.people["alice"], self.people["carol"]
        first, resent = self.task(BACK), self.task(RESENT)
        decide_task(task_id=first.pk, actor=carol, outcome="back")
        asked = ask_for_information(task_id=resent.pk, actor=alice, text="Are these the terms of this year?")
        files = [File("terms.txt", "text/plain", _terms_text(60).encode())]
        answer_information(request_id=asked.pk, text="No, sorry. Here are the right ones.", files=files)
        _until(lambda: self.task(BACK).pk != first.pk, "The case did not come back.")
        for task in (self.task(BACK), self.task(RESENT)):
            comment_on_task(task_id=task.pk, actor=carol, text="The delivery has grown longer: is that fine with you?")

    def _lead(self) -> None:
        finance = Queue.objects.get(slug="finance")
        for username, name in LONG_NAMED.items():
            somebody = Person.objects.create_user(username=username, email=f"{username}@example.com", display_name=name)
            finance.memberships.create(person=somebody)
            claim_task(task_id=self.task(f"Pallet truck 0{finance.memberships.count()}").pk, actor=somebody)
        carol, bob, alice = (self.people[name] for name in ("carol", "bob", "alice"))
        care = Queue.objects.get(slug="customer-care")
        now = clock().process_now()
        day = timedelta(days=1)
        enter_absence(
            queue=care, actor=carol, person=alice, starts_at=now + 7 * day, ends_at=now + 12 * day, delegate=bob
        )
        save_filter(actor=alice, name="Pallet trucks", view="team", criteria=Criteria(q="Pallet truck"), team="finance")
        save_filter(actor=alice, name=LONG[:60], view="team", criteria=Criteria(sure_below=70))

    def _operate(self) -> None:
        now = clock().system_now()
        LimitSetting.objects.create(subject="tool:erp.create_order", calls=20, seconds=60, concurrency=3, adaptive=True)
        ReceivedEvent.objects.create(
            name="invoice.paid", key="I-1", event_id="e1", payload={}, sender="ERP",
            received_at=now, stored_at=now, refused_at=now,
            refusals=[{"workflow": "settlement", "faults": [{"path": "/sum", "message": "'much' is no number"}]}],
        )  # fmt: skip
        OutboxMessage.objects.create(
            topic="notices.mail", key="notice:0", payload={}, available_at=now + timedelta(days=1), attempts=5,
            last_error="ConnectionError: mail.example.com does not listen on port 25.",
        )  # fmt: skip


def _many() -> dict[str, Any]:
    return {f"field_{number}": f"Value {number}" for number in range(1, 19)}


def _terms_text(days: int) -> str:
    return f"Paid within {days} days of the delivery.\nAll duties are paid by the supplier.\n" * 3


def _until(is_so: Callable[[], bool], otherwise: str) -> None:
    until = time.monotonic() + READY_WITHIN
    while not is_so():
        if time.monotonic() > until:
            raise TimeoutError(otherwise)
        time.sleep(0.2)
