"""The demo's ERP: places an order once for each Idempotency-Key, finds it by that key, cancels it."""

from __future__ import annotations

import time
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST

from orchestration.ports import clock
from reviewhub.demo.models import ErpCall, ErpSwitch, Order
from reviewhub.demo.systems.access import body_of, called_with, refusal
from reviewhub.demo.systems.moods import LATE_SECONDS, SLOW_SECONDS, Mood, mood_for

NEEDED: dict[str, type | tuple[type, ...]] = {
    "request_id": str,
    "supplier": str,
    "amount": (int, float),
    "cost_center": str,
}


@called_with("erp")
@require_http_methods(["GET", "POST"])
def orders(request: HttpRequest) -> HttpResponse:
    return _find(request) if request.method == "GET" else _place(request)


@called_with("erp")
@require_POST
def cancellation(request: HttpRequest, number: int) -> HttpResponse:
    if is_down():
        return _down()
    order = Order.objects.filter(pk=number - 10_000).first()
    if order is None:
        return refusal(404, f"There is no order PO-{number}.")
    Order.objects.filter(pk=order.pk).update(status=Order.Status.CANCELLED)
    return JsonResponse({"number": order.number, "status": Order.Status.CANCELLED})


def is_down() -> bool:
    return ErpSwitch.objects.filter(down=True).exists()


def _find(request: HttpRequest) -> HttpResponse:
    if is_down():
        return _down()
    found = Order.objects.filter(idempotency_key=request.GET.get("key", ""))
    return JsonResponse({"orders": [_shown(order) for order in found]})


def _place(request: HttpRequest) -> HttpResponse:
    key, wanted = request.headers.get("Idempotency-Key", ""), body_of(request)
    if not key or wanted is None or not _is_whole(wanted):
        return refusal(422, "An order needs an Idempotency-Key, request_id, supplier, amount and cost_center.")
    mood = _mood(key)
    ErpCall.objects.create(idempotency_key=key, answer=mood, at=clock().process_now())
    if mood is Mood.DOWN:
        return _down()
    if mood is Mood.BUSY:
        return refusal(503, "The ERP is busy.", **{"Retry-After": "1"})
    order, created = _once(key, wanted)
    time.sleep({Mood.SLOW: SLOW_SECONDS, Mood.LATE: LATE_SECONDS}.get(mood, 0))
    if mood is Mood.BROKE_OFF:
        return refusal(500, "The ERP broke off in the middle of its answer.")
    return JsonResponse(_shown(order), status=201 if created else 200)


def _mood(key: str) -> Mood:
    if is_down():
        return Mood.DOWN
    return mood_for(key, ErpCall.objects.filter(idempotency_key=key).exclude(answer=Mood.DOWN).count())


def _is_whole(wanted: dict[str, Any]) -> bool:
    return all(isinstance(wanted.get(name), kind) for name, kind in NEEDED.items())


def _once(key: str, wanted: dict[str, Any]) -> tuple[Order, bool]:
    """The order of this key; two calls at once place one."""
    fields = {name: wanted[name] for name in NEEDED}
    try:
        with transaction.atomic():
            return Order.objects.create(idempotency_key=key, placed_at=clock().process_now(), **fields), True
    except IntegrityError:
        return Order.objects.get(idempotency_key=key), False


def _down() -> HttpResponse:
    return refusal(503, "The ERP is down.")


def _shown(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "request_id": order.request_id,
        "supplier": order.supplier,
        "amount": order.amount,
        "status": order.status,
    }
