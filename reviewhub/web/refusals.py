"""Saying no in the page, with what happened instead."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from reviewhub.reviews.exceptions import EvidenceChanged, KeyReused, ReviewError, StaleTask, TaskMoved
from reviewhub.web.presenters.standing import Happened
from reviewhub.web.presenters.task_pages import TaskPage


def status_of(error: ReviewError) -> int:
    if isinstance(error, StaleTask):
        return 412
    return 409 if isinstance(error, TaskMoved) else 422


def refused(page: TaskPage, error: ReviewError) -> TaskPage:
    return replace(page, refusal=Happened(str(error), _kept(error), "warning"))


def _kept(error: ReviewError) -> str:
    if isinstance(error, EvidenceChanged):
        return _("Nothing was decided. Look at what has changed, then decide; what you typed is still here.")
    if isinstance(error, StaleTask):
        return _("Nothing was decided. The page now shows how it stands; what you typed is still here.")
    if isinstance(error, KeyReused):
        return _("Nothing was decided. Load the page again.")
    return _("Your decision was not taken; what you typed is still here.")
