"""A second look is like any other task, on every channel and until it counts: one table over all of them.

Bob is shown a second look at a case and, of the same moment, the same case as it comes for the first time. What a
channel says of the two may differ in what no two tasks share (ids, keys, tokens), and in nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from orchestration.ports import SYSTEM
from reviewhub.accounts.services import grant_role
from reviewhub.notifications.chat.cards import card_of
from reviewhub.notifications.mail import Mail
from reviewhub.notifications.models import Notice
from reviewhub.notifications.push.sending import _told
from reviewhub.realtime import groups
from reviewhub.reviews.links import DecisionLink, decision_token
from reviewhub.reviews.looks.drawing import draw_looks
from reviewhub.reviews.models import Queue, ReviewTask, SecondLook
from reviewhub.reviews.selectors import counts
from reviewhub.reviews.services import answer_information, ask_for_information, claim_task, decide_task, nudge_assignee
from reviewhub.web.patches import patch_for
from reviewhub.web.pushed import figures_for
from tests.integration.web.conftest import SignedIn
from tests.support.cast import person
from tests.support.desk_room import DeskRoom


@dataclass
class Shown:
    """One of the two, as Bob's channels come to say it."""

    room: DeskRoom
    bob: Client
    task: ReviewTask

    def get(self, path: str, **headers: str) -> str:
        answer = self.bob.get(path.format(task=self.task.pk), headers=headers)
        assert answer.status_code == 200, path
        return str(answer.content.decode())

    def notice(self) -> Notice:
        values = {"kind": "asked", "subject": self.task.title, "text": "Yours.", "at": self.room.clock.process}
        known = {"person": self.room.people.bob, "task": self.task, "key": str(self.task.pk)}
        return Notice.objects.get_or_create(**known, defaults=values)[0]

    def mailed(self) -> str:
        Mail().deliver(self.notice(), "")
        sent: Any = mail.outbox[-1]
        return "\n".join([sent.subject, sent.body, sent.alternatives[0][0], json.dumps(sent.extra_headers)])

    def linked(self) -> str:
        link = DecisionLink(self.task.pk, self.room.people.bob.pk, self.room.clock.system + timedelta(hours=1))
        return self.get(f"/decide/{decision_token(link)}/")

    def reminded(self) -> str:
        claim_task(task_id=self.task.pk, actor=self.room.people.bob)
        nudge_assignee(task_id=self.task.pk, actor=self.room.people.carol)
        return self.get("/tasks/{task}/?view=team", HX_Request="true")


CHANNELS: list[tuple[str, Callable[[Shown], str]]] = [
    ("the row in the list", lambda shown: json.dumps(patch_for(shown.task.pk))),
    ("the task's page", lambda shown: shown.get("/tasks/{task}/?view=team", HX_Request="true")),
    ("the question to the requester", lambda shown: shown.get("/tasks/{task}/information/", HX_Request="true")),
    ("the question to a colleague", lambda shown: shown.get("/tasks/{task}/delegation/", HX_Request="true")),
    ("the question whether to escalate", lambda shown: shown.get("/tasks/{task}/escalation/", HX_Request="true")),
    ("the card on the phone", lambda shown: shown.get("/cards/{task}/")),
    ("the API", lambda shown: shown.get("/api/v1/tasks/{task}/")),
    ("its comments over the API", lambda shown: shown.get("/api/v1/tasks/{task}/comments/")),
    ("a mail", Shown.mailed),
    ("the page behind a mail's link", Shown.linked),
    ("a push", lambda shown: json.dumps(_told(shown.notice()))),
    ("a message in the chat", lambda shown: json.dumps(card_of(shown.notice()).blocks)),
    ("who hears of it", lambda shown: json.dumps(groups.told_of(shown.task))),
    ("somebody who reminds", Shown.reminded),
]
LISTS = (
    *("/queue/team/", "/queue/unassigned/", "/queue/team/?q=northwind", "/queue/team/?q=priya"),
    *("/queue/team/?workflow=purchase", "/queue/team/?outcome=approve&sure_from=90", "/queue/team/?order=value"),
    *("/api/v1/tasks/?view=team", "/api/v1/tasks/?workflow=purchase", "/api/v1/tasks/?queue=finance&status=open"),
)
OF_THE_RUN = (
    *("/runs/{run}/", "/runs/{run}/?step=decision", "/runs/{run}/live/", "/runs/{run}/at/", "/runs/{run}/values/abc/"),
    *("/api/v1/runs/{run}/", "/api/v1/runs/{run}/steps/", "/api/v1/runs/{run}/timeline/", "/api/v1/runs/{run}/at/2/"),
    *("/api/v1/runs/{run}/documents/abc/", "/audit/chain/run:{run}/"),
)
RUN_LISTS = ("/runs/", "/runs/?q=northwind", "/api/v1/runs/", "/deadlines/", "/api/v1/breaches/", "/queue/done/")
ACTS = {
    "nothing": ("comments", {"text": ""}),
    "a snooze": ("snooze", {"until": "2026-03-09T12:00:00Z"}),
    "a question": ("information", {"text": "Which of the two?"}),
    "an escalation": ("escalation", {}),
    "a delegation": ("delegation", {"to": "carol"}),
    "a refusal": ("refusal", {"reason": "Not mine"}),
    "a decision": ("decision", {"outcome": "approve"}),
    "a decision without a reason": ("decision", {"outcome": "reject"}),
    "a decision out of date": ("decision", {"outcome": "approve", "evidence_hash": "0" * 64}),
}
TELLING = re.compile(r"second[- ]look|looked at again|audit|known[- ]answer", re.IGNORECASE)


@pytest.fixture
def two(room: DeskRoom, signed_in: SignedIn) -> tuple[Shown, Shown]:
    """A second look at a case, and the same case for the first time."""
    people = room.people
    people.finance.memberships.create(person=people.bob)
    grant_role(person=person("olga"), role="operator", workflow="", actor=SYSTEM)
    Queue.objects.update(second_share=100)
    draw_looks()
    room.forward(seconds=1)
    decide_task(task_id=room.case("Northwind").pk, actor=people.alice, outcome="approve")
    room.forward(seconds=11)
    draw_looks()
    room.work()
    look = SecondLook.objects.select_related("task__queue").get().task
    room.started = 0  # of the same moment
    twin = room.case("Northwind")
    assert look is not None
    assert look.created_at == twin.created_at
    bob = signed_in(people.bob)
    return Shown(room, bob, look), Shown(room, bob, twin)


def plain(said: str, task: ReviewTask) -> str:
    """Without what no two tasks share."""
    for known, name in ((task.pk, "TASK"), (task.run_id, "RUN")):
        said = said.replace(str(known), name).replace(known.hex, name)
    return "\n".join(_without_keys(said))


def _without_keys(said: str) -> Iterator[str]:
    unshared = (
        (r"[0-9a-f]{64}", "HASH"),
        (r"[\w-]+:\w{6}:[\w-]{43}", "SIGNED"),
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
        (r'name="csrfmiddlewaretoken" value="[^"]+"', "CSRF"),
        (r'name="key" value="[^"]+"', "KEY"),
        (r"/decide/[^/]+/", "/decide/TOKEN/"),
        (r'"value": "[^"]{40,}"', "SIGNED"),
        (r"/notices/\d+/", "/notices/N/"),
        (r"notice-\d+", "notice-N"),
        (
            r'(data-mark|name="mark" value)="[^"]+"|"mark": ?"[^"]+"',
            "MARK",
        ),  # how far it was seen: the last comment's id
        (r"unsubscribe/[^/\"> ]+", "unsubscribe/TOKEN"),
    )
    for line in said.splitlines():
        for pattern, name in unshared:
            line = re.sub(pattern, name, line)  # noqa: PLW2901
        yield line


@pytest.mark.parametrize(("channel", "say"), CHANNELS, ids=[name for name, _ in CHANNELS])
def test_nobody_can_tell_them_apart(two: tuple[Shown, Shown], channel: str, say: Callable[[Shown], str]) -> None:
    look, twin = (plain(say(shown), shown.task) for shown in two)
    assert look == twin, channel
    assert not TELLING.search(look), channel


@pytest.mark.parametrize("path", OF_THE_RUN)
def test_neither_runs_address_answers_while_the_task_is_open(two: tuple[Shown, Shown], path: str) -> None:
    look, twin = (shown.bob.get(path.format(run=shown.task.run_id)) for shown in two)
    assert look.status_code == twin.status_code
    assert look.status_code in (403, 404)
    assert plain(look.content.decode(), two[0].task) == plain(twin.content.decode(), two[1].task)


@pytest.mark.parametrize("path", RUN_LISTS)
def test_neither_run_stands_in_a_list(two: tuple[Shown, Shown], path: str) -> None:
    for shown in two:
        assert str(shown.task.run_id) not in shown.get(path)


def test_no_channel_says_which_run_it_is(two: tuple[Shown, Shown]) -> None:
    for shown in two:
        said = [say(shown) for name, say in CHANNELS if name not in ("who hears of it", "somebody who reminds")]
        said += [shown.get(path) for path in LISTS]
        assert not [text for text in said if str(shown.task.run_id) in text or shown.task.run_id.hex in text]
        assert not groups.may_follow(shown.room.people.bob, f"run.{shown.task.run_id}")


@pytest.mark.parametrize(("path", "body"), ACTS.values(), ids=ACTS)
def test_what_somebody_does_is_answered_alike(two: tuple[Shown, Shown], path: str, body: dict[str, str]) -> None:
    answers = []
    for shown in two:
        headers = {"Idempotency-Key": str(shown.task.pk), "If-Match": f'"{shown.task.version}"'}
        where = f"/api/v1/tasks/{shown.task.pk}/{path}/"
        answer = shown.bob.post(where, body, "application/json", headers=headers)
        said = [answer.content.decode(), *(say(shown) for _, say in CHANNELS[1:5])]
        answers.append((answer.status_code, answer.headers.get("ETag"), [plain(each, shown.task) for each in said]))
    for look, twin in zip(*answers, strict=True):
        assert look == twin


def test_time_goes_by_alike(two: tuple[Shown, Shown]) -> None:
    """Warned, breached and escalated."""
    for hours in (4, 5, 4):
        two[0].room.forward(hours=hours)
        said = [[plain(say(shown), shown.task) for _, say in (*CHANNELS[:2], CHANNELS[5])] for shown in two]
        assert said[0] == said[1]
    notices = [Notice.objects.filter(task=shown.task).order_by("kind", "person", "text") for shown in two]
    look, twin = (list(each.values_list("kind", "person__username", "text")) for each in notices)
    assert look == [each for each in twin if each[1] not in two[0].task.excluded]
    late = two[0].get("/deadlines/"), two[1].get("/api/v1/breaches/")
    assert not any(TELLING.search(each.replace("/quality/", "")) for each in late)


def test_what_is_answered_reads_alike(two: tuple[Shown, Shown]) -> None:
    said = []
    for shown in two:
        asked = ask_for_information(task_id=shown.task.pk, actor=shown.room.people.bob, text="Which of the two?")
        answer_information(request_id=asked.pk, text="The first.")
        notice = Notice.objects.get(task=shown.task, kind="answered")
        said.append([notice.text, *(plain(say(shown), shown.task) for _, say in (*CHANNELS[:3], *CHANNELS[5:8]))])
    assert said[0] == said[1]


def test_an_answer_that_is_hidden_is_hidden_at_a_second_look_too(two: tuple[Shown, Shown]) -> None:
    Queue.objects.update(hidden_share=100)
    room = two[0].room
    SecondLook.objects.all().delete()
    draw_looks()
    room.work()
    fresh, look = room.case("Northwind"), SecondLook.objects.select_related("task").get().task
    assert look is not None
    assert (look.ai_hidden, look.ai_outcome, look.ai_confidence) == (True, "", None)
    assert (fresh.ai_hidden, fresh.ai_outcome, fresh.ai_confidence) == (True, "", None)


def test_once_it_counts_an_ordinary_run_is_there_to_read(two: tuple[Shown, Shown]) -> None:
    for shown in two:
        decide_task(task_id=shown.task.pk, actor=shown.room.people.bob, outcome="approve")
        assert "/runs/" not in shown.get("/tasks/{task}/", HX_Request="true")
    two[0].room.forward(seconds=11)
    assert f"/runs/{two[1].task.run_id}/" in two[1].get("/tasks/{task}/", HX_Request="true")
    assert two[1].get(f"/runs/{two[1].task.run_id}/")
    assert "/runs/" not in two[0].get("/tasks/{task}/", HX_Request="true")
    assert json.loads(two[0].get("/api/v1/tasks/{task}/"))["run"] is None


def test_whoever_reads_every_run_takes_no_second_look(two: tuple[Shown, Shown]) -> None:
    look, twin = (set(shown.task.excluded) for shown in two)
    assert look - twin == {"alice", "oscar", "olga"}


def test_both_stand_in_the_same_lists_and_count_the_same(two: tuple[Shown, Shown]) -> None:
    look, twin = two
    for path in LISTS:
        said = look.get(path)
        assert str(look.task.pk) in said, path
        assert str(twin.task.pk) in said, path
    assert counts(look.room.people.bob)["team"] == 2
    figures: Any = figures_for(look.room.people.carol.pk, "finance")
    assert figures.count("<b>Northwind</b>") == 2
    assert [path for path in LISTS if TELLING.search(look.get(path).replace("/quality/", ""))] == []
