"""The demo's tools: they call the demo's systems by HTTP, as tools of a real installation call real ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from orchestration import api
from orchestration.api import ToolCall, tool

TEXT = {"type": "string", "minLength": 1, "maxLength": 300}
NUMBER = {"type": "number"}


def schema(required: Mapping[str, Any], **optional: Any) -> dict[str, Any]:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


def answer(**properties: Any) -> dict[str, Any]:
    """An object with at least these properties."""
    return {"type": "object", "required": list(properties), "properties": properties}


@tool(
    name="finance.budget",
    version=1,
    title="What is left of a budget",
    input=schema({"cost_center": TEXT}),
    output=answer(cost_center=TEXT, budget=NUMBER, remaining=NUMBER),
    reads=True,
    timeout=5,
)
def budget(given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
    return _ask("finance", "GET", f"/budgets/{quote(given['cost_center'], safe='')}", call)


@tool(
    name="suppliers.history",
    version=1,
    title="How a supplier has delivered",
    input=schema({"name": TEXT}),
    output=answer(name=TEXT, orders={"type": "integer"}, late=NUMBER, contract={"type": "boolean"}),
    reads=True,
    timeout=5,
)
def supplier_history(given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
    return _ask("suppliers", "GET", "?" + urlencode({"name": given["name"]}), call)


@tool(
    name="customers.record",
    version=1,
    title="Who a customer is",
    input=schema({"email": TEXT}),
    output=answer(email=TEXT, plan=TEXT, orders={"type": "integer"}, last_order={"type": "string"}),
    reads=True,
    timeout=5,
)
def customer_record(given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
    return _ask("customers", "GET", "?" + urlencode({"email": given["email"]}), call)


ORDER = answer(number=TEXT, status=TEXT)


def find_order(_: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any] | None:
    """The order that an earlier, ambiguous attempt may have placed."""
    found = _ask("erp", "GET", "/orders?" + urlencode({"key": call.idempotency_key}), call)["orders"]
    return found[0] if found else None


@tool(
    name="erp.create_order",
    version=2,
    title="Place an order in the ERP",
    input=schema({"request_id": TEXT, "supplier": TEXT, "amount": NUMBER, "cost_center": TEXT}),
    output=ORDER,
    idempotent=True,
    timeout=3,
    reconcile=find_order,
)
def create_order(given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
    return _ask("erp", "POST", "/orders", call, given)


@tool(
    name="erp.cancel_order",
    version=2,
    title="Cancel an order in the ERP",
    input=schema({"number": {"type": "string", "pattern": r"^PO-\d+$"}}),
    output=ORDER,
    idempotent=True,
    timeout=3,
)
def cancel_order(given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
    return _ask("erp", "POST", f"/orders/{given['number']}/cancellation", call, {})


LETTER = schema({"to": TEXT, "subject": TEXT, "text": {"type": "string", "minLength": 1, "maxLength": 20_000}})
SENT = answer(message_id=TEXT)


@tool(
    name="notices.send",
    version=1,
    title="Tell the requester",
    input=LETTER,
    output=SENT,
    idempotent=True,
    timeout=5,
)
def send_notice(given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
    return _ask("mailbox", "POST", "/messages", call, given)


@tool(
    name="replies.send",
    version=1,
    title="Answer a customer",
    input=LETTER,
    output=SENT,
    idempotent=True,
    timeout=5,
)
def send_reply(given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
    return _ask("mailbox", "POST", "/messages", call, given)


def _ask(name: str, method: str, path: str, call: ToolCall, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """Calls the system behind the connection `name`. A GET changes nothing, so its silence is transient."""
    with api.credential(name, call.timeout) as shown:
        found: Mapping[str, Any] = api.request_json(
            method,
            shown.base_url + path,
            json=body,
            headers={"Authorization": f"Bearer {shown.secret}", "Idempotency-Key": call.idempotency_key},
            timeout=call.timeout,
            safe=method == "GET",
        )
    return found
