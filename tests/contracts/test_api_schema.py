"""What the OpenAPI description says, the running API does: every operation, with made-up and with real addresses."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks

from orchestration import api
from orchestration.models import OutboxMessage, ReceivedEvent
from reviewhub.api.views.schema import described
from tests.integration.api.office import Caller, Office
from tests.support.live_site import LiveSite

load_all_checks()
schema = schemathesis.openapi.from_dict(described())

# A cursor of another list and a workflow with faults are refused, though the schema alone cannot rule them out.
BY_SCHEMA_ALONE = CHECKS.get_one("positive_data_acceptance")
# A session is enough where somebody also sends a header that is no token. Of the others it is asked until it was seen:
# each time takes two requests more, and makes no difference to what was sent.
ONE_WAY_IN = CHECKS.get_one("ignored_auth")
# Once the real address is put in, what was generated to be wrong may be right.
WRONG_AS_GENERATED = CHECKS.get_one("negative_data_rejection")


class Served:
    """The live site with an office in it, and somebody who may do a lot."""

    def __init__(self, site: LiveSite) -> None:
        self.url = site.url
        office = Office()
        office.queue.memberships.create(person=office.engineer, role="lead")
        task = office.task()
        self._token = {"Authorization": f"Bearer {office.token(office.engineer)[1]}"}
        self._session = _session(office.at_a_page(office.engineer))
        self._keeps_others_out = False
        self._known = {
            "name": "purchase",
            "slug": office.queue.slug,
            "absence_id": _absence(office),
            "number": 1,
            "digest": "0" * 64,
            "sequence": 1,
            "review_id": _review_asked_for(office),
            "run_id": str(task.run_id),
            "task_id": str(task.pk),
            "message_id": _message_nobody_takes(),
            "event_id": _event_that_was_refused(),
            "token_id": str(office.token(office.engineer)[0].pk),
        }

    def check(self, case: schemathesis.Case[Any]) -> None:
        excluded: list[Any] = [BY_SCHEMA_ALONE]
        headers = self._token
        if case.path.startswith("/api/v1/tokens/"):
            headers = self._session
            excluded.append(ONE_WAY_IN)
        self._ask(case, headers, excluded)
        if case.path_parameters:
            case.path_parameters = {name: self._known[name] for name in case.path_parameters}
            self._ask(case, headers, [*excluded, WRONG_AS_GENERATED])

    def _ask(self, case: schemathesis.Case[Any], headers: dict[str, str], excluded: list[Any]) -> None:
        if self._keeps_others_out:
            excluded = [*excluded, ONE_WAY_IN]
        answer = case.call_and_validate(base_url=self.url, headers=headers, excluded_checks=excluded)
        self._keeps_others_out |= answer.status_code < HTTPStatus.MULTIPLE_CHOICES


def _absence(office: Office) -> int:
    now = timezone.now()
    return office.alice.absences.create(starts_at=now, ends_at=now + timedelta(days=1)).pk


def _review_asked_for(office: Office) -> str:
    asked = office.calls(office.engineer).post("/api/v1/reviews/", {"title": "Refund", "queue": "finance"})
    return str(asked.json()["id"])


def _message_nobody_takes() -> int:
    api.send_later(topic="nobody", key="a letter", payload={})
    return OutboxMessage.objects.get(topic="nobody").pk


def _event_that_was_refused() -> int:
    api.send_event(name="invoice.paid", key="I-1", payload={}, actor=api.SYSTEM)
    ReceivedEvent.objects.update(refused_at=timezone.now())
    return ReceivedEvent.objects.get().pk


def _session(caller: Caller) -> dict[str, str]:
    caller.client.get("/sign-in/")
    cookies = {name: morsel.value for name, morsel in caller.client.cookies.items()}
    cookies.setdefault("csrftoken", "c" * 32)
    together = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {"Cookie": together, "X-CSRFToken": cookies["csrftoken"]}


@pytest.fixture
def served(live_site: LiveSite) -> Served:
    return Served(live_site)


@pytest.mark.postgres  # it refuses all that SQLite refuses, and more
@schema.parametrize()
# A random number that a thread of the served site draws meanwhile, as its pool does, looks as if a strategy drew it.
@pytest.mark.filterwarnings("ignore:Do not use the .random. module:hypothesis.errors.HypothesisDeprecationWarning")
@settings(max_examples=5, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_an_operation_answers_as_it_is_described(case: schemathesis.Case[Any], served: Served) -> None:
    served.check(case)


def test_every_operation_has_a_name_of_its_own_and_tells_its_errors() -> None:
    paths: dict[str, dict[str, Any]] = schema.raw_schema["paths"]
    operations = [operation for path in paths.values() for operation in path.values()]

    names = {operation["operationId"] for operation in operations}
    assert len(names) == len(operations) >= 22
    assert all({"401", "403", "429", "500", "503"} <= set(operation["responses"]) for operation in operations)
