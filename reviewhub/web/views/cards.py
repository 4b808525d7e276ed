"""Card by card, on the phone. The page itself is nobody's, so that a device may keep it; what is somebody's comes as
JSON, and is kept by the device until they sign out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.reviews.exceptions import InvalidDecision, ReviewError
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.selectors import counts, held_queues_of, seen_among, view
from reviewhub.reviews.services import take_back_decision
from reviewhub.web.answers import by_method, view_name, viewer
from reviewhub.web.context import Shell
from reviewhub.web.moments import iso
from reviewhub.web.presenters.cards import card_of
from reviewhub.web.presenters.leading import held_said
from reviewhub.web.queue_views import QUEUE_VIEWS
from reviewhub.web.refusals import status_of
from reviewhub.web.sent import LONGEST_LOOK, decide_as_sent, sent_of
from reviewhub.web.views.tasks import detail_or_404

KEPT = 20  # cards that a device has with it


@require_GET
def cards(request: HttpRequest) -> HttpResponse:
    """The same for everybody, whoever asks."""
    nobody = {"user": AnonymousUser(), "shell": Shell(HttpRequest())}
    return render(request, "phone/cards.html", nobody)


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """What a device shows in the place of a page that it cannot get."""
    nobody = {"user": AnonymousUser(), "shell": Shell(HttpRequest())}
    return render(request, "phone/offline.html", nobody)


def _listed(request: HttpRequest) -> HttpResponse:
    """Which cards there are, the most urgent first, and who asks from where; a card comes by itself."""
    person, name = viewer(request), view_name(request)
    clock, counted = ports.clock(), counts(person)
    free = Q(status=ReviewTask.Status.OPEN) | Q(claimed_by=person) | Q(claim_expires_at__lte=clock.system_now())
    tasks = view(name, person).filter(free).not_declined_by(person).not_decided_by(person).urgent_first()
    answer = {
        "person": person.pk,
        "place": {
            "zone": person.zone or Shell(request).zone,
            "now": iso(clock.process_now()),
            "speed": clock.speed(),
            "theme": person.theme,
        },
        "csrf": get_token(request),
        "label": str(QUEUE_VIEWS[name].label),
        "total": counted[name],
        "mine": counted["mine"],
        "held": [
            {"queue": queue.pk, "title": held_said(queue), "text": queue.hold_reason}
            for queue in held_queues_of(person)
        ],
        "cards": _kept(person, tasks.values_list("id", "version", "added")[:KEPT]),
    }
    return JsonResponse(answer)


def _kept(person: Person, tasks: Iterable[tuple[UUID, int, int]]) -> list[dict[str, Any]]:
    """A card whose line here is another one is fetched anew."""
    found = [(str(task_id), version, added) for task_id, version, added in tasks]
    seen = seen_among(person, [task_id for task_id, _version, _added in found])
    return [
        {"id": task_id, "version": version, "added": added, "changed": seen.get(task_id, False)}
        for task_id, version, added in found
    ]


def _one(request: HttpRequest, task_id: UUID) -> HttpResponse:
    return JsonResponse(card_of(detail_or_404(request, task_id), viewer(request), view_name(request)))


def _make(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Sent again with the same key, it is the same decision."""
    task = ReviewTask.objects.filter(pk=task_id).first()
    if task is None:
        return _not_taken(_("There is no such task any more."), 404)
    sent = sent_of(request.POST, task)
    try:
        seconds = _seconds(request.POST.get("seconds", ""))
        decision = decide_as_sent(sent, task_id, viewer(request), Decision.Channel.APP, seconds)
    except (ReviewError, PermissionDenied) as error:
        return _not_taken(_said(error), status_of(error) if isinstance(error, ReviewError) else 403)
    until = decision.undo_until
    left = (until - ports.clock().system_now()).total_seconds() if until else 0.0
    return JsonResponse({"undo_seconds": max(0.0, round(left, 1))})


def _seconds(text: str) -> float | None:
    """How long the card was looked at, as the device counted it."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds <= LONGEST_LOOK else None


def _end(request: HttpRequest, task_id: UUID) -> HttpResponse:
    try:
        take_back_decision(task_id=task_id, actor=viewer(request))
    except (ReviewError, PermissionDenied) as error:
        return _not_taken(str(error), status_of(error) if isinstance(error, ReviewError) else 403)
    return JsonResponse({})


def _said(error: Exception) -> str:
    if isinstance(error, InvalidDecision):
        return " ".join(str(fault["message"]) for fault in error.faults)
    return str(error)


def _not_taken(said: str, status: int) -> HttpResponse:
    return JsonResponse({"said": said}, status=status)


def _answers_as_json(found: Any) -> Any:
    """A task that is gone, or that may not be read, is said in words too."""

    def answer(request: HttpRequest, task_id: UUID) -> HttpResponse:
        try:
            response: HttpResponse = found(request, task_id)
        except Http404:
            return _not_taken(_("There is no such task any more."), 404)
        except PermissionDenied:
            return _not_taken(_("This task is not yours to see any more."), 403)
        return response

    return answer


listed = never_cache(by_method(get=_listed))
card = never_cache(by_method(get=_answers_as_json(_one)))
decision = by_method(post=_answers_as_json(_make), delete=_answers_as_json(_end))
