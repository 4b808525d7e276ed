"""The devices that the viewer is told on: seen, added, tried and stopped."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from reviewhub.notifications.push.devices import DeviceRefused, add_device, remove_device, try_device
from reviewhub.notifications.push.identity import public_key
from reviewhub.web.answers import by_method, method_of, viewer


def _list(request: HttpRequest) -> HttpResponse:
    context = {
        "devices": viewer(request).push_devices.all(),
        "key": public_key() if settings.PUSH_HOSTS else "",
        "current": "notices",
    }
    return render(request, "desk/devices.html", context)


def _add(request: HttpRequest) -> HttpResponse:
    """What a browser's subscription says. Answered as JSON: {"said"} where it cannot be used."""
    sent = request.POST
    try:
        add_device(
            actor=viewer(request),
            endpoint=sent.get("endpoint", ""),
            p256dh=sent.get("p256dh", ""),
            auth=sent.get("auth", ""),
            agent=request.headers.get("User-Agent", ""),
        )
    except DeviceRefused as error:
        return JsonResponse({"said": str(error)}, status=422)
    return JsonResponse({}, status=201)


@login_required
@require_POST
def device(request: HttpRequest, device_id: int) -> HttpResponse:
    """DELETE stops it, POST tries it."""
    act = remove_device if method_of(request) == "DELETE" else try_device
    act(actor=viewer(request), device=device_id)
    return redirect("web:devices")


devices = by_method(get=_list, post=_add)
