"""When the viewer wants to be reminded by mail and push."""

from __future__ import annotations

from datetime import time

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models.people import DAYS
from reviewhub.accounts.services import set_hours
from reviewhub.web.answers import by_method, viewer

WEEK = {
    "mon": gettext_lazy("Monday"),
    "tue": gettext_lazy("Tuesday"),
    "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"),
    "fri": gettext_lazy("Friday"),
    "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
}


def _shown(request: HttpRequest, fault: str = "") -> HttpResponse:
    person = viewer(request)
    context = {
        "begins": f"{person.reached_from:%H:%M}",
        "ends": f"{person.reached_until:%H:%M}",
        "days": [(day, WEEK[day], day in person.reached_on.split(",")) for day in DAYS],
        "zone": person.zone,
        "saved": "saved" in request.GET,
        "fault": fault,
        "current": "notices",
    }
    return render(request, "desk/hours.html", context, status=422 if fault else 200)


def _set(request: HttpRequest) -> HttpResponse:
    person, sent = viewer(request), request.POST
    days = ",".join(day for day in DAYS if day in sent.getlist("day"))
    try:
        begins, ends = (time.fromisoformat(sent.get(name, "")[:5]) for name in ("from", "until"))
        set_hours(person=person, begins=begins, ends=ends, days=days, actor=actor_of(person))
    except ValidationError:
        return _shown(request, _("Choose one day at least."))
    except ValueError:
        return _shown(request, _("Write the hours like 07:00."))
    return redirect(f"{request.path}?saved")


hours = by_method(get=_shown, post=_set)
