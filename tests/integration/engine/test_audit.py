"""The audit trail: append-only in the database itself, and every alteration is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from orchestration import api
from orchestration.models import AuditCheckpoint, AuditEvent, AuditPayload, Run
from orchestration.runtime import audit
from tests.integration.engine.test_runs import purchase
from tests.support.audit_flush import _without_guards
from tests.support.bench import Bench


@contextmanager
def as_the_databases_owner() -> Iterator[None]:
    """The owner can drop the triggers; the chain is there for exactly that."""
    with _without_guards(connection):
        yield


@pytest.mark.parametrize(
    "act", ["UPDATE orchestration_auditevent SET kind = 'x'", "DELETE FROM orchestration_auditevent"]
)
def test_the_database_refuses_to_change_or_remove_events(engine: Bench, act: str) -> None:
    purchase(engine)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)


def test_an_untouched_trail_verifies(engine: Bench) -> None:
    purchase(engine)
    api.checkpoint()
    report = api.verify_audit()
    assert (report.ok, report.faults, report.checkpoints) == (True, (), 1)
    assert report.events > 10


def test_of_two_processes_that_note_the_same_one_leaves_it_to_the_other(
    engine: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    purchase(engine)
    moved = audit._moved_heads

    def moved_and_noted_meanwhile(last: AuditCheckpoint | None) -> list[list[Any]]:
        monkeypatch.setattr(audit, "_moved_heads", moved)
        assert audit._checkpoint() is not None
        return moved(last)

    monkeypatch.setattr(audit, "_moved_heads", moved_and_noted_meanwhile)
    assert api.checkpoint() is None
    api.checkpoint()
    assert api.verify_audit().checkpoints == 1


def test_an_event_changed_by_hand_is_named(engine: Bench) -> None:
    run_id = purchase(engine)
    with as_the_databases_owner():
        AuditEvent.objects.filter(chain=f"run:{run_id}", sequence=4).update(actor_label="Mallory")
    (fault,) = api.verify_audit().faults
    assert (fault.chain, fault.sequence) == (f"run:{run_id}", 4)


def test_values_changed_by_hand_are_named_and_erased_ones_are_not(engine: Bench) -> None:
    run_id = purchase(engine)
    with as_the_databases_owner():
        AuditPayload.objects.filter(chain=f"run:{run_id}", sequence=1).update(body="{}")
    assert [fault.sequence for fault in api.verify_audit().faults] == [1]
    AuditPayload.objects.filter(chain=f"run:{run_id}").delete()
    assert api.verify_audit().ok


def test_an_end_that_was_cut_off_is_named(engine: Bench) -> None:
    run_id = purchase(engine)
    last = AuditEvent.objects.filter(chain=f"run:{run_id}").order_by("-sequence").first()
    assert last is not None
    with as_the_databases_owner():
        AuditPayload.objects.filter(chain=last.chain, sequence=last.sequence).delete()
        last.delete()
    assert "cut off" in api.verify_audit().faults[0].message


def test_a_run_that_is_missing_with_all_its_events_shows_in_the_checkpoint(engine: Bench) -> None:
    run_id = purchase(engine)
    api.checkpoint()
    with as_the_databases_owner():
        AuditPayload.objects.filter(chain=f"run:{run_id}").delete()
        AuditEvent.objects.filter(chain=f"run:{run_id}").delete()
        Run.objects.filter(pk=run_id).delete()
    (fault,) = api.verify_audit().faults
    assert fault.chain == f"run:{run_id}"
