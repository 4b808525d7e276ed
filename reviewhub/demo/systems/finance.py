"""The demo's finance system: what is left of a cost centre's budget, after the orders placed in the ERP."""

from __future__ import annotations

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from reviewhub.demo.models import Order
from reviewhub.demo.systems.access import called_with, refusal

BUDGETS = {
    "IT-100": 24_000.0,
    "MKT-200": 15_000.0,
    "OPS-300": 60_000.0,
    "LAB-400": 9_500.0,
    "LOAD-900": 1e9,  # what `manage.py demo traffic` spends
}


@called_with("finance")
@require_GET
def budget(_: HttpRequest, cost_center: str) -> HttpResponse:
    if cost_center not in BUDGETS:
        return refusal(404, f"There is no cost centre {cost_center}.")
    placed = Order.objects.filter(cost_center=cost_center, status=Order.Status.PLACED)
    spent = placed.aggregate(sum=Sum("amount"))["sum"] or 0.0
    total = BUDGETS[cost_center]
    return JsonResponse({"cost_center": cost_center, "budget": total, "remaining": round(total - spent, 2)})
