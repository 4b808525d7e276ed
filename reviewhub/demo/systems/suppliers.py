"""The demo's supplier records: how often somebody delivered, and how late."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from reviewhub.demo.systems.access import called_with


@dataclass(frozen=True, slots=True)
class Record:
    """What purchasing knows of a supplier. `late` is the share of deliveries that came late."""

    orders: int
    late: float
    contract: bool


RECORDS = {
    "Nordlicht Office": Record(148, 0.02, contract=True),
    "Brightline IT": Record(96, 0.05, contract=True),
    "Kestrel Logistics": Record(61, 0.11, contract=True),
    "Halden Instruments": Record(37, 0.08, contract=False),
    "Vela Studio": Record(22, 0.09, contract=False),
    "Omnipart Trading": Record(9, 0.44, contract=False),
}
UNKNOWN = Record(0, 0.0, contract=False)


@called_with("suppliers")
@require_GET
def history(request: HttpRequest) -> HttpResponse:
    name = request.GET.get("name", "")
    return JsonResponse({"name": name, **asdict(RECORDS.get(name, UNKNOWN))})
