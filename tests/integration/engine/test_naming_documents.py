"""Who may name a document, and what becomes of one that nobody names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from orchestration import api, ports
from orchestration.exceptions import InvalidInput, NotFound
from orchestration.models import KeptDocument
from orchestration.ports import Actor
from orchestration.runtime.naming_documents import UNNAMED_FOR, forget_unnamed_documents, name_documents
from reviewhub.documents.forgetting import forget_unnamed
from tests.support.bench import StandingClock

pytestmark = pytest.mark.django_db

ALICE, MALLORY = Actor("person", "1", "Alice"), Actor("person", "2", "Mallory")
HOOK, RUN = Actor("system", "connection:erp", "Webhook"), Actor("system", "run:1", "Run")


@pytest.fixture
def clock() -> Iterator[StandingClock]:
    before, clock = ports.bound.clock, StandingClock()
    ports.bind(clock=clock)
    yield clock
    ports.bind(clock=before)


def kept(data: bytes = b"a quotation", **by: Any) -> dict[str, Any]:
    return api.keep_document(data, name="a.txt", media_type="text/plain", **by)


@pytest.mark.parametrize(
    ("keeper", "actor", "workflow", "may"),
    [
        ({"by": ALICE}, ALICE, "", True),
        ({"by": ALICE}, MALLORY, "", False),  # who merely knows the digest
        ({}, MALLORY, "", False),  # what a tool kept
        ({"by": ALICE, "workflow": "purchase"}, MALLORY, "", False),
        ({"by": ALICE, "workflow": "purchase"}, HOOK, "purchase", True),  # sent over the API, named in a signed message
        ({"by": ALICE, "workflow": "purchase"}, HOOK, "payroll", False),
        ({"by": ALICE}, RUN, "", True),  # a run hands on what was checked when it came
    ],
)
def test_whoever_sent_it_may_name_it(
    clock: StandingClock, keeper: dict[str, Any], actor: Actor, workflow: str, may: bool
) -> None:
    value = {"lines": [{"file": kept(**keeper)}]}
    if may:
        name_documents(value, actor=actor, workflow=workflow)
        return
    with pytest.raises(InvalidInput) as refused:
        name_documents(value, actor=actor, workflow=workflow)
    assert refused.value.faults[0]["path"] == "/lines/0/file"


def test_mallory_reads_nothing_by_naming_it_in_a_run_of_her_own(clock: StandingClock) -> None:
    named = kept(by=ALICE)
    text = "{workflow: w, input: {type: object}, steps: [{id: s, set: {n: 1}}]}"
    api.publish_workflow(text=text, note="", actor=ALICE)
    with pytest.raises(InvalidInput):
        api.start_run(workflow="w", input={"file": named}, actor=MALLORY, source="api")
    with pytest.raises(InvalidInput):
        api.send_event(name="e", key="k", payload={"file": named}, actor=MALLORY)
    assert api.start_run(workflow="w", input={"file": named}, actor=ALICE, source="api").created


def test_what_nobody_names_goes_after_a_week_with_what_was_drawn_of_it(clock: StandingClock) -> None:
    forgotten, used, again = kept(b"one", by=ALICE), kept(b"two", by=ALICE), kept(b"three", by=ALICE)
    name_documents(used, actor=ALICE)
    digest = forgotten["$document"]
    default_storage.save(f"shown/{digest[:2]}/{digest}-1-pdf.json", ContentFile(b"{}"))
    clock.forward(seconds=UNNAMED_FOR.total_seconds() - 1)
    kept(b"three", by=ALICE)  # sent again: the week begins anew
    forget_unnamed()
    assert api.has_document(digest)
    clock.forward(seconds=2)
    forget_unnamed()
    assert not api.has_document(digest)
    assert not default_storage.listdir(f"shown/{digest[:2]}")[1]
    assert api.has_document(used["$document"])
    assert api.has_document(again["$document"])


def test_the_same_bytes_stay_while_somebody_else_keeps_them(clock: StandingClock) -> None:
    named = kept(by=ALICE)
    kept()  # a tool's
    clock.forward(seconds=timedelta(days=8).total_seconds())
    assert forget_unnamed_documents() == []
    assert api.has_document(named["$document"])


def test_what_was_kept_before_anybody_noted_it_stays(clock: StandingClock) -> None:
    named = kept()
    KeptDocument.objects.all().delete()
    kept(by=ALICE)
    clock.forward(seconds=timedelta(days=8).total_seconds())
    forget_unnamed_documents()
    assert api.has_document(named["$document"])


def test_one_that_has_gone_is_refused_and_can_be_sent_again(clock: StandingClock) -> None:
    named = kept(b"gone and back", by=ALICE)
    clock.forward(seconds=timedelta(days=8).total_seconds())
    assert forget_unnamed_documents() == [named["$document"]]
    with pytest.raises(InvalidInput):
        name_documents(named, actor=ALICE)
    with pytest.raises(NotFound):
        api.read_document(named["$document"])
    name_documents(kept(b"gone and back", by=ALICE), actor=ALICE)
