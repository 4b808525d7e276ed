"""What has changed in a case, over the API."""

from __future__ import annotations

from typing import Any

from reviewhub.reviews.models import CaseSeen, ReviewTask
from reviewhub.reviews.services import answer_information, ask_for_information, comment_on_task
from tests.integration.api.office import Caller, Office


def _changes(caller: Caller, task: ReviewTask, query: str = "") -> Any:
    return caller.get(f"/api/v1/tasks/{task.pk}/changes/{query}")


def test_what_is_new_is_told_until_it_was_seen(office: Office) -> None:
    task, alice = office.task(requester="rita@example.com"), office.calls(office.alice)
    first = _changes(alice, task).json()
    assert (first["since"], first["changes"], first["comments"]) == (None, [], [])
    assert alice.put(f"/api/v1/tasks/{task.pk}/seen/", {"mark": first["mark"]}).status_code == 204

    asked = ask_for_information(task_id=task.pk, actor=office.bob, text="Which budget?")
    answer_information(request_id=asked.pk, text="The lab's")
    comment_on_task(task_id=task.pk, actor=office.bob, text="Now it is clear")
    second = _changes(alice, task).json()

    assert [each["answer"] for each in second["answers"]] == ["The lab's"]
    assert [each["text"] for each in second["comments"]] == ["Now it is clear"]
    alice.put(f"/api/v1/tasks/{task.pk}/seen/", {"mark": second["mark"]})
    assert _changes(alice, task).json()["answers"] == []


def test_since_an_instant_it_is_the_same_for_everybody(office: Office) -> None:
    task = office.task()
    comment_on_task(task_id=task.pk, actor=office.bob, text="Look")
    alice = office.calls(office.alice)

    assert len(_changes(alice, task, "?since=2001-01-01T00:00:00Z").json()["comments"]) == 1
    assert _changes(alice, task, "?since=2999-01-01T00:00:00Z").json()["comments"] == []
    assert _changes(alice, task, "?since=yesterday").status_code == 422


def test_strangers_learn_nothing_and_a_service_sees_for_nobody(office: Office) -> None:
    task = office.task()

    assert _changes(office.calls(office.mallory), task).status_code == 404
    assert office.calls(office.mallory).put(f"/api/v1/tasks/{task.pk}/seen/", {"mark": "0-0-0"}).status_code == 404
    assert not CaseSeen.objects.exists()
