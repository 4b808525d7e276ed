"""How the viewer wants to be told: each kind of notice on each channel, when a mail follows, and when digests come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from reviewhub.accounts.models import Person
from reviewhub.notifications.channels.known import channels
from reviewhub.notifications.channels.port import DIGEST, NOW, OFF, PENDING, Channel
from reviewhub.notifications.models import Notice
from reviewhub.notifications.ways import InvalidWays, Ways, choose_ways, ways_of
from reviewhub.numbers import number_in
from reviewhub.web.answers import by_method, viewer

WAY_LABELS = {NOW: _("At once"), PENDING: _("If still pending"), DIGEST: _("In the digest"), OFF: _("Not at all")}


@dataclass(frozen=True, slots=True)
class Choice:
    """One select of the table."""

    name: str
    channel: str | Promise
    options: tuple[tuple[str, str | Promise, bool], ...]


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a channel reaches the viewer, or what to do so that it does."""

    title: str | Promise
    said: str
    href: str = ""
    link: str = ""


def _shown(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    return _page(request, ways_of([person])[person.pk], saved="saved" in request.GET)


def _set(request: HttpRequest) -> HttpResponse:
    sent = _sent(request.POST)
    try:
        choose_ways(actor=viewer(request), **sent)
    except InvalidWays as error:
        person = viewer(request)
        return _page(request, ways_of([person])[person.pk], fault=str(error), status=422)
    return redirect(f"{request.path}?saved")


def _sent(data: QueryDict) -> dict[str, Any]:
    hours = [_typed(hour) for hour in data.getlist("hour")]
    chosen = {
        channel.name: {kind: data[name] for kind in Notice.Kind.values if (name := f"{channel.name}.{kind}") in data}
        for channel in channels()
    }
    return {"mail_after": _typed(data.get("mail_after", "")), "digest_hours": hours, "chosen": chosen}


def _page(request: HttpRequest, ways: Ways, *, saved: bool = False, fault: str = "", status: int = 200) -> HttpResponse:
    offered = [channel for channel in channels() if channel.is_set_up()]
    context = {
        "rows": [
            Row(str(kind.label), tuple(_choice(ways, channel, kind) for channel in offered)) for kind in Notice.Kind
        ],
        "channels": [channel.title for channel in offered],
        "mail_after": ways.mail_after,
        "hours": [(hour, f"{hour:02}:00", hour in ways.digest_hours) for hour in range(24)],
        "zone": viewer(request).zone,
        "places": [_place(channel, viewer(request)) for channel in offered],
        "pushes": bool(settings.PUSH_HOSTS),
        "saved": saved,
        "fault": fault,
        "current": "notices",
    }
    return render(request, "desk/ways.html", context, status=status)


def _place(channel: Channel, person: Person) -> Place:
    count = len(channel.addresses_of([person]).get(person.pk, ()))
    match channel.name:
        case "mail":
            return Place(channel.title, person.email)
        case "push":
            said = ngettext("%(count)d device.", "%(count)d devices.", count) if count else gettext("no device yet.")
            return Place(channel.title, said % {"count": count}, reverse("web:devices"), gettext("Your devices"))
        case "chat":
            said = gettext("you are linked.") if count else gettext("you are not linked yet.")
            return Place(
                channel.title, said, reverse("web:chat"), gettext("Change it") if count else gettext("Link me")
            )
        case _:
            return Place(channel.title, gettext("reaches you.") if count else gettext("does not reach you yet."))


def _choice(ways: Ways, channel: Channel, kind: Notice.Kind) -> Choice:
    chosen = ways.of(channel.name, kind)
    options = tuple((way, WAY_LABELS[way], way == chosen) for way in sorted(channel.ways, key=list(WAY_LABELS).index))
    return Choice(f"{channel.name}.{kind}", channel.title, options)


ways = by_method(get=_shown, post=_set)


def _typed(text: str) -> int | str:
    """What is no number is refused by its name."""
    number = number_in(text)
    return text if number is None else number
