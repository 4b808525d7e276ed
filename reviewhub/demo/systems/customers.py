"""The demo's customer records."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from reviewhub.demo.systems.access import called_with


@dataclass(frozen=True, slots=True)
class Customer:
    """What customer care knows of somebody who writes."""

    plan: str
    orders: int
    last_order: str


CUSTOMERS = {
    "ines.duarte@example.com": Customer("plus", 14, "R-40812"),
    "tomas.berg@example.com": Customer("basic", 3, "R-41177"),
    "mei.tan@example.com": Customer("business", 52, "R-41203"),
    "jo.walker@example.com": Customer("basic", 1, "R-40977"),
}
UNKNOWN = Customer("none", 0, "")


@called_with("customers")
@require_GET
def customer(request: HttpRequest) -> HttpResponse:
    email = request.GET.get("email", "").lower()
    return JsonResponse({"email": email, **asdict(CUSTOMERS.get(email, UNKNOWN))})
