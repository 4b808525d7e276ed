"""The demo's systems, by HTTP."""

from __future__ import annotations

import pytest
from django.test import Client

from reviewhub.demo.models import ErpCall, ErpSwitch, Mail, Order
from reviewhub.demo.systems.moods import Mood, mood_for
from tests.integration.demo.conftest import Call

WANTED = {"request_id": "REQ-1", "supplier": "Brightline IT", "amount": 4800, "cost_center": "IT-100"}


def key_in(mood: Mood) -> str:
    """A key whose first call meets the ERP in this mood."""
    return next(key for key in (f"key-{number}" for number in range(10_000)) if mood_for(key, 0) is mood)


def test_a_caller_without_the_token_gets_nowhere(call: Call, client: Client) -> None:
    assert call("GET", "finance/budgets/IT-100", token="Mallory's").status_code == 401
    assert client.get("/demo/systems/finance/budgets/IT-100").status_code == 401


def test_an_order_is_placed_once_for_its_key(call: Call) -> None:
    key = key_in(Mood.PROMPT)
    first, second = call("POST", "erp/orders", WANTED, key=key), call("POST", "erp/orders", WANTED, key=key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["number"] == second.json()["number"]
    assert Order.objects.count() == 1


def test_another_key_is_another_order(call: Call) -> None:
    for key in ("one", "two"):
        call("POST", "erp/orders", WANTED, key=key)
    assert Order.objects.count() == 2


def test_an_order_is_found_by_its_key(call: Call) -> None:
    key = key_in(Mood.PROMPT)
    placed = call("POST", "erp/orders", WANTED, key=key).json()
    assert call("GET", f"erp/orders?key={key}").json()["orders"] == [placed]
    assert call("GET", "erp/orders?key=another").json()["orders"] == []


def test_a_busy_erp_places_nothing_and_says_when_to_come_back(call: Call) -> None:
    key = key_in(Mood.BUSY)
    answer = call("POST", "erp/orders", WANTED, key=key)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert not Order.objects.exists()
    assert call("POST", "erp/orders", WANTED, key=key).status_code == 201


def test_an_erp_that_breaks_off_has_placed_the_order(call: Call) -> None:
    key = key_in(Mood.BROKE_OFF)
    assert call("POST", "erp/orders", WANTED, key=key).status_code == 500
    assert len(call("GET", f"erp/orders?key={key}").json()["orders"]) == 1
    assert call("POST", "erp/orders", WANTED, key=key).status_code == 200


def test_a_late_erp_has_placed_the_order_before_it_dawdles(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    dawdled: list[float] = []
    monkeypatch.setattr("reviewhub.demo.systems.erp.time.sleep", dawdled.append)
    call("POST", "erp/orders", WANTED, key=key_in(Mood.LATE))
    assert dawdled == [4.0]
    assert Order.objects.count() == 1


def test_an_erp_that_is_down_answers_nobody_and_comes_back_unchanged(call: Call) -> None:
    ErpSwitch.objects.create(pk=1, down=True)
    key = key_in(Mood.PROMPT)
    assert call("POST", "erp/orders", WANTED, key=key).status_code == 503
    assert call("GET", f"erp/orders?key={key}").status_code == 503
    ErpSwitch.objects.update(down=False)
    assert call("POST", "erp/orders", WANTED, key=key).status_code == 201
    assert [one.answer for one in ErpCall.objects.order_by("id")] == ["down", "prompt"]


def test_an_order_without_a_key_is_refused(call: Call) -> None:
    assert call("POST", "erp/orders", WANTED).status_code == 422
    assert call("POST", "erp/orders", {"supplier": "x"}, key="k").status_code == 422
    assert call("POST", "erp/orders", "[]", key="k").status_code == 422


def test_an_order_can_be_cancelled_and_cancelled_again(call: Call) -> None:
    number = call("POST", "erp/orders", WANTED, key=key_in(Mood.PROMPT)).json()["number"]
    for _ in range(2):
        assert call("POST", f"erp/orders/{number}/cancellation", {}).json()["status"] == "cancelled"
    assert call("POST", "erp/orders/PO-99999/cancellation", {}).status_code == 404


def test_a_budget_shrinks_with_the_orders_placed_and_not_with_cancelled_ones(call: Call) -> None:
    assert call("GET", "finance/budgets/IT-100").json()["remaining"] == 24_000
    number = call("POST", "erp/orders", WANTED, key=key_in(Mood.PROMPT)).json()["number"]
    assert call("GET", "finance/budgets/IT-100").json()["remaining"] == 19_200
    call("POST", f"erp/orders/{number}/cancellation", {})
    assert call("GET", "finance/budgets/IT-100").json()["remaining"] == 24_000
    assert call("GET", "finance/budgets/NO-1").status_code == 404


def test_an_unknown_supplier_has_no_history(call: Call) -> None:
    assert call("GET", "suppliers?name=Brightline+IT").json()["orders"] == 96
    assert call("GET", "suppliers?name=Nobody").json()["orders"] == 0


def test_a_customer_is_known_by_the_address(call: Call) -> None:
    assert call("GET", "customers?email=Mei.Tan@example.com").json()["plan"] == "business"
    assert call("GET", "customers?email=nobody@example.com").json()["plan"] == "none"


def test_a_mail_with_the_same_key_is_the_same_mail(call: Call) -> None:
    mail = {"to": "priya@example.com", "subject": "Ordered", "text": "It is ordered."}
    answers = [call("POST", "mailbox/messages", mail, key="k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert Mail.objects.get().subject == "Ordered"
    assert call("POST", "mailbox/messages", {"to": "x"}, key="k2").status_code == 422
