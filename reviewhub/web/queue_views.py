"""How the views of the queue look: their icons, and what each says when it is empty. What they hold is the desk's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Label = str | Promise
DEFAULT = "team"
DONE = "done"


@dataclass(frozen=True, slots=True)
class QueueView:
    label: Label
    icon: str
    empty_title: Label
    empty_text: Label
    tone: str = ""  # of its count, when there is any


QUEUE_VIEWS: Mapping[str, QueueView] = {
    "mine": QueueView(
        _("Mine"),
        "mine",
        _("Nothing waits for you"),
        _("Claim a task from your teams’ list, or start reviewing to take the most urgent one."),
    ),
    "team": QueueView(
        _("My teams’"),
        "team",
        _("All done"),
        _("No task waits in your teams’ queues. New ones appear here by themselves."),
    ),
    "unassigned": QueueView(
        _("Unassigned"),
        "free",
        _("Somebody has each of them"),
        _("Every task of your teams is claimed."),
    ),
    "at-risk": QueueView(
        _("At risk"),
        "risk",
        _("Nothing is at risk"),
        _("Tasks come here when three quarters of their time are gone."),
        tone="warning",
    ),
    "escalated": QueueView(
        _("Escalated to me"),
        "escalate",
        _("Nothing was escalated to you"),
        _("Tasks that others left waiting come here when it is your turn."),
        tone="breached",
    ),
    "aside": QueueView(
        _("Waiting for an answer"),
        "wait",
        _("Nothing is set aside"),
        _("Tasks with an open question to their requester are here, and those that you have snoozed."),
    ),
    DONE: QueueView(
        _("Done today"),
        "done",
        _("Nothing decided yet"),
        _("What you decide today is listed here."),
    ),
}
