"""What is looked at: whose page, at which address, and what is done there before the picture is taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.template.loader import render_to_string

from tests.pictures.acts import (
    Act,
    answered_by,
    click,
    never_answered,
    one_after_another,
    only_card,
    press,
    shown,
    typed,
    wait,
    without_a_socket,
)
from tests.pictures.house import BACK, LONG, RESENT, House

WIDE, PHONE = "wide", "phone"


@dataclass(frozen=True, slots=True)
class State:
    """`person` is empty where nobody is signed in. `before` happens before the page is opened, `act` on it.

    Every state stands on its own: what another one has left in the browser or the case is none of its business.
    """

    name: str
    person: str
    address: str
    act: Act | None = None
    before: Act | None = None
    status: int = 200
    sizes: tuple[str, ...] = (WIDE, PHONE)
    tall: bool = False  # the window is as high as the page
    settled: bool = True  # nothing is expected to come any more
    by_mail: bool = False  # the person is not signed in: the browser is known to read their mails
    ours: bool = True  # False for Django's and Swagger's pages, whose marks and sizes are theirs


def states(house: House, size: str) -> Iterator[State]:
    for made in (
        _queue,
        _task,
        _acts,
        _differences,
        _outside,
        _linked,
        _own,
        _lead,
        _process,
        _studio,
        _settings,
        _wrong,
    ):
        yield from (state for state in made(house, size) if size in state.sizes)


# ---- the desk -----------------------------------------------------------------------------------


def _queue(house: House, size: str) -> Iterator[State]:
    yield State("queue", "alice", "/queue/team/")
    yield State("queue-of-nothing", "priya", "/queue/at-risk/")
    yield State("queue-searched-to-nothing", "alice", "/queue/team/?q=Nobody+of+this+name")
    yield State("queue-searched", "alice", "/queue/team/?q=Pallet")
    yield State("queue-filtered", "alice", "/queue/team/?workflow=purchase-approval&sure_below=90&order=value")
    for view in ("mine", "unassigned", "escalated", "aside", "done"):
        yield State(f"queue-{view}", "alice" if view != "escalated" else "carol", f"/queue/{view}/")
    yield State("queue-of-nobody", "priya", "/queue/team/")
    yield State("filter", "alice", "/filter/?view=team")
    yield State("filters", "alice", "/filters/")
    yield State("filters-empty", "bob", "/filters/")
    if size == WIDE:
        yield State("keys", "alice", "/queue/team/", press("?"))
        picks = one_after_another(press("x", "j", "x", "j", "x"))
        yield State("picked", "alice", "/queue/team/", picks)
        yield State("together", "alice", "/queue/team/", one_after_another(picks, press("b")))
    else:
        yield State("drawer", "alice", "/queue/team/", click("[data-drawer-open]"))
        picks = one_after_another(click(".select-many"), click(".row:nth-child(2)", ".row:nth-child(3)"))
        yield State("picked", "alice", "/queue/team/", picks)
        yield State("together", "alice", "/queue/team/", one_after_another(picks, click("#bulk [type=submit]")))
    yield State("keys-page", "alice", "/keys/")
    yield State("connection-lost", "alice", "/queue/team/", wait(2500), before=without_a_socket)
    yield State("cards", "alice", "/cards/", shown("#task-title"))
    yield State("cards-none", "priya", "/cards/")
    yield State("offline", "alice", "/offline/")


def _task(house: House, size: str) -> Iterator[State]:
    names = {
        "task": "Kestrel Cloud",
        "task-long": LONG,
        "task-critical": "Summit Machines",
        "task-documents": "Vantage Legal",
        "task-several": "Harbour Freight",
        "task-many-fields": "New supplier",
        "task-message": "Ines Duarte",
        "task-answered": "Answered",
        "task-waiting": "Waiting",
        "task-snoozed": "Snoozed",
        "task-delegated": "Given",
        "task-of-somebody": "Claimed",
        "task-decided": "Decided",
        "task-escalated": "Escalated",
    }
    for name, title in names.items():
        yield State(name, "alice", house.page(title))
    yield State("task-without-recommendation", "carol", house.page("Harbour Freight"))
    yield State("task-whole", "alice", house.page("Kestrel Cloud"), tall=True)
    yield State("task-documents-whole", "alice", house.page("Vantage Legal"), tall=True)
    yield State("task-incident", "oscar", house.page("Nightly"), tall=size == PHONE)
    for number, kind in enumerate(("picture", "mail", "text", "json", "table", "locked", "other"), start=1):
        turn = press(*["o"] * number) if size == WIDE else click(f"#document-tab-{number + 1}")
        turned = one_after_another(turn, wait(600))
        yield State(f"document-{kind}", "alice", house.page("Vantage Legal"), turned, tall=size == PHONE)
    yield State("task-not-yours", "priya", house.page("Rossi"), status=403)
    yield State("task-of-nobody", "alice", "/tasks/00000000-0000-0000-0000-000000000000/", status=404)


def _acts(house: House, size: str) -> Iterator[State]:
    pallets = house.page("Pallets")
    yield State("reasons", "alice", pallets, press("r"))
    yield State("reasons-detail", "alice", pallets, press("r", "2"))
    yield State("reasons-other", "alice", pallets, one_after_another(press("r"), click("[data-needs-note]")))
    yield State("reasons-missing", "alice", pallets, press("r", "Enter"))
    yield State("confirm", "alice", house.page("Summit Machines"), press("a"))
    corrected = one_after_another(click(".edit"), typed(".correct input", "99"), press("Enter"))
    yield State("corrected", "alice", pallets, corrected)
    yield State("corrected-asked", "alice", pallets, one_after_another(corrected, press("a")))
    faulty = one_after_another(click(".edit"), typed(".correct input", "much"), press("Enter", "a", "Enter"))
    yield State("corrected-fault", "alice", pallets, faulty)
    for name, key in (
        ("ask", "i"),
        ("delegate", "d"),
        ("snooze", "z"),
        ("escalate", "e"),
        ("decline", "n"),
        ("menu", "."),
    ):
        yield State(f"panel-{name}", "alice", pallets, press(key))
    yield State(
        "comment", "alice", pallets, one_after_another(press("m"), typed("#comment", "Please look, @car"), wait(600))
    )
    yield State("undo", "alice", house.page(f"Tapped {size}"), press("a"))
    yield State("told", "alice", house.page(f"Snooze {size}"), one_after_another(press("z", "1", "Enter")))
    slow = one_after_another(never_answered("**/tasks/*/decision/**"), press("a"))
    yield State("decision-slow", "alice", house.page(f"Slow {size}"), slow, settled=False)
    row = one_after_another(
        never_answered("**/tasks/*/?*"), lambda page: page.locator(".row-title a").nth(3).click(no_wait_after=True)
    )
    yield State("task-slow", "alice", "/queue/team/", one_after_another(row, wait(500)), settled=False)
    broken = one_after_another(answered_by("**/tasks/*/decision/**", 500, "no"), press("a"))
    yield State("decision-broken", "alice", house.page(f"Broken {size}"), broken)
    signed_out = one_after_another(lambda page: page.context.clear_cookies(name="sessionid"), press("a"))
    yield State("decision-signed-out", "alice", house.page(f"Expired {size}"), signed_out)


def _differences(house: House, size: str) -> Iterator[State]:
    """Of a case that came back otherwise, and of one whose document was sent anew, to somebody who had seen both."""
    del size
    back, resent, opened = house.page(BACK), house.page(RESENT), click(".changes summary")

    def anew(name: str) -> Act:
        return lambda _page: house.forget_changes(name, "alice")

    seen = partial(State, person="alice", before=anew(BACK))
    yield seen("queue-changed", address="/queue/team/?q=gearbox")
    yield seen("changes", address=back)
    yield seen("changes-open", address=back, act=opened)
    yield seen("changes-whole", address=back, act=opened, tall=True)
    yield State("changes-document", "alice", resent, opened, before=anew(RESENT))
    yield State("changes-history", "carol", back, click(".since-before summary"), before=anew(BACK), tall=True)
    yield State("changes-all", "alice", house.differences(BACK)[0])
    yield State("versions", "alice", house.differences(RESENT)[1], wait(600))
    card = one_after_another(shown("#task-title"), opened)
    deck = one_after_another(anew(BACK), only_card(house.task(BACK)))
    yield State("card-changed", "alice", "/cards/", card, before=deck)
    linked = partial(State, person="alice", by_mail=True)
    yield linked("link-changes", address=house.link(BACK), act=opened, before=anew(BACK), tall=True)
    yield linked("link-changes-document", address=house.link(RESENT), act=opened, before=anew(RESENT))


# ---- without an account -------------------------------------------------------------------------


def _outside(house: House, size: str) -> Iterator[State]:
    del size
    yield State("sign-in", "", "/sign-in/")
    wrong = one_after_another(
        typed("[name=username]", "alice@example.com"), typed("[name=password]", "not this one", "Enter")
    )
    yield State("sign-in-refused", "", "/sign-in/", wrong)
    yield State("question", "", house.question("Waiting"))
    yield State("question-answered", "", house.question("Answered"))
    yield State("question-taken-back", "", house.question("Taken up"))
    yield State("question-late", "", house.question("Late answer"))
    yield State("question-forged", "", "/information/forged.token/", status=404)
    yield State("unsubscribe", "", house.unsubscribing())


def _linked(house: House, size: str) -> Iterator[State]:
    """Behind a mail's link: in a browser that is nobody's, and in one that reads the addressee's mails."""
    del size
    yield State("link-unproven", "", house.link("Pallets"))
    sent = one_after_another(click("[name=send]"), typed("#code", "not it", "Enter"))
    yield State("link-wrong-code", "", house.link("Pallets"), sent)
    linked = partial(State, person="alice", by_mail=True)
    yield linked("link", address=house.link("Pallets"))
    yield linked("link-reasons", address=house.link("Pallets"), act=click("button[value=reject]"))
    yield linked("link-critical", address=house.link("Summit Machines"))
    yield linked("link-documents", address=house.link("Vantage Legal"), tall=True)
    yield linked("link-long", address=house.link(LONG))
    confirmed = click("button[value=approve]")
    yield State("link-confirm", "alice", house.link("Summit Machines"), confirmed)  # where they are signed in
    yield State("link-of-somebody", "bob", house.link("Pallets"), status=403)
    yield linked("link-decided", address=house.link("Decided"))
    yield linked("link-expired", address=house.link("Pallets", hours=-1), status=410)
    yield State("link-forged", "", "/decide/forged.token/", status=404)


def _own(house: House, size: str) -> Iterator[State]:
    del house, size
    yield State("notices", "carol", "/notices/")
    yield State("notices-empty", "priya", "/notices/")
    yield State("ways", "alice", "/notices/ways/", tall=True)
    yield State("hours", "alice", "/notices/hours/")
    yield State("devices", "alice", "/devices/")
    yield State("asked-for", "priya", "/asked-for/")
    yield State("tokens", "ada", "/tokens/")
    yield State("tour", "alice", "/demo/")


def _lead(house: House, size: str) -> Iterator[State]:
    del house, size
    yield State("teams", "carol", "/teams/")
    yield State("team", "carol", "/teams/finance/", tall=True)
    yield State("team-other", "carol", "/teams/customer-care/")
    yield State("handover", "carol", "/teams/finance/handover/")
    yield State("handover-chosen", "carol", "/teams/finance/handover/", click("[data-all]"))
    yield State("handover-of-nobody", "carol", "/teams/customer-care/handover/?person=alice")
    yield State("quality", "carol", "/quality/")
    yield State("quality-own", "alice", "/quality/")
    yield State("deadlines", "carol", "/deadlines/")


# ---- processes ----------------------------------------------------------------------------------


def _process(house: House, size: str) -> Iterator[State]:
    del size
    yield State("stuck", "oscar", "/stuck/")
    yield State("limits", "oscar", "/limits/")
    yield State("runs", "oscar", "/runs/")
    yield State("runs-none", "oscar", "/runs/?q=nothing-of-this-name")
    yield State("run", "oscar", house.run_of("Kestrel Cloud"))
    yield State("run-whole", "oscar", house.run_of("Kestrel Cloud"), tall=True)
    yield State("run-decided", "oscar", house.run_of("Decided"))
    yield State("run-broken", "oscar", house.run_of("Nightly"))
    yield State("run-at", "oscar", house.run_of("Kestrel Cloud") + "at/?sequence=5")
    yield State("run-start", "oscar", "/workflows/purchase-approval/runs/new/")
    yield State("audit", "iris", "/audit/")
    yield State("audit-verified", "iris", "/audit/", click("form[action*=verification] button"))


def _studio(house: House, size: str) -> Iterator[State]:
    del house, size
    yield State("workflows", "oscar", "/workflows/")
    yield State("workflow", "oscar", "/workflows/purchase-approval/")
    yield State("workflow-whole", "oscar", "/workflows/purchase-approval/", tall=True)
    yield State("workflow-new", "ada", "/new-workflow/")
    yield State("version", "oscar", "/workflows/purchase-approval/versions/1/")
    yield State("editor", "oscar", "/workflows/purchase-approval/draft/")
    yield State("api-docs", "ada", "/api/docs/", shown(".opblock"), ours=False)


def _settings(house: House, size: str) -> Iterator[State]:
    del size
    yield State("settings", "ada", "/admin/", ours=False)
    for name in ("queue", "escalationpolicy", "slapolicy", "businesscalendar", "overridereason"):
        yield State(f"settings-{name}", "ada", f"/admin/reviews/{name}/", ours=False)
    for name, address in house.settings().items():
        yield State(f"settings-{name}", "ada", address, wait(900), ours=False, tall=True)
    yield from _previews(house.settings())
    yield State("settings-connections", "ada", "/admin/orchestration/connection/", ours=False)
    yield State("settings-people", "ada", "/admin/accounts/person/", ours=False)


def _previews(addresses: dict[str, str]) -> Iterator[State]:
    """What unsaved text would do."""
    asked = one_after_another(click("[data-foreseen] button"), wait(900))
    state = partial(State, person="ada", ours=False, tall=True)
    chain = "- {after: 1h, to: {backup_of: queue}}\n- {after: 4h, to: {manager_of: queue}}\n"
    for name, text in (("chain", chain), ("sla", "due: 3h\n")):
        typing = typed("[name=text]", text)
        yield state(f"preview-{name}", address=addresses[name], act=one_after_another(typing, asked))
        wrong = typed("[name=text]", "due: soon\nwhat: is this\n")
        yield state(f"preview-{name}-wrong", address=addresses[name], act=one_after_another(wrong, asked))
    hours = typed("[name=mon]", "09:00-12:00, 13:00-16:30")
    yield state("preview-calendar", address=addresses["calendar"], act=one_after_another(hours, asked))


def _wrong(house: House, size: str) -> Iterator[State]:
    del house, size
    yield State("error-403", "alice", "/audit/", status=403)
    yield State("error-404", "alice", "/nowhere/", status=404)
    broken = partial(answered_by, "**/queue/team/", 500)
    yield State("error-500", "alice", "/queue/team/", before=broken(render_to_string("errors/broken.html")), status=500)
