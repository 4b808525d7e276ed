"""What the desk asks before it takes a decision: a reason, or one deliberate confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviewhub.reviews.models import OverrideReason, ReviewTask
from reviewhub.reviews.selectors import ReasonGroup, reason_groups
from reviewhub.web.presenters.fields import Correction
from reviewhub.web.sent import Sent

KEYS = 9  # as many reasons have a digit


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    key: str
    chosen: bool
    needs_note: bool = False
    details: tuple[Choice, ...] = ()  # the second level, which may be left out
    feeds: str = ""  # what becomes of it


@dataclass(frozen=True, slots=True)
class Ask:
    outcome: str
    title: str
    text: str
    label: str  # of the button that goes on
    fault: str
    confirm: bool
    against_ai: bool
    reasons: tuple[Choice, ...]
    answers: tuple[Choice, ...]
    severities: tuple[Choice, ...]
    note: str
    corrections: tuple[Correction, ...]


def ask_of(
    task: ReviewTask, sent: Sent, faults: Mapping[str, str], corrections: tuple[Correction, ...], *, reasons: bool
) -> Ask:
    """`faults` by path. `reasons`: whether they are asked for; if not, only the confirmation is."""
    label = task.label_of(sent.outcome)
    against_ai = bool(task.ai_outcome) and task.ai_outcome != sent.outcome
    confirm = "/confirmed" in faults or sent.confirmed
    return Ask(
        outcome=sent.outcome,
        title=_title(task, label, against_ai, corrections) if reasons else _("%(outcome)s?") % {"outcome": label},
        text=_text(faults, confirm) if reasons else _deliberate(task, sent.outcome),
        label=_("%(outcome)s with this reason") % {"outcome": label}
        if reasons
        else _("Yes, %(outcome)s") % {"outcome": label.lower()},
        fault=_fault(sent, faults) if sent.asked else "",
        confirm=confirm,
        against_ai=against_ai,
        reasons=_choices(task, sent) if reasons else (),
        answers=_answers(sent),
        severities=_severities(sent),
        note=sent.note,
        corrections=corrections,
    )


def _deliberate(task: ReviewTask, outcome: str) -> str:
    """What is confirmed. Of a failed step it is its end that cannot be taken back, whatever the risk."""
    if task.kind != "incident":
        return _("A high risk: it counts at once and cannot be taken back.")
    counts = _("It counts at once and cannot be taken back.")
    if outcome != "fail":
        return counts
    follows = _("What the workflow says for errors follows; where the run fails by it, what can be undone is undone.")
    return f"{follows} {counts}"


def _title(task: ReviewTask, label: str, against_ai: bool, corrections: tuple[Correction, ...]) -> str:
    if against_ai:
        return _("You say “%(yours)s”, the AI said “%(its)s”. Why?") % {"yours": label, "its": task.ai_label}
    if corrections:
        return _("You corrected what was there. Why?")
    return _("Why “%(outcome)s”?") % {"outcome": label}


def _text(faults: Mapping[str, str], confirm: bool) -> str:
    if confirm:
        return _("One tap is enough. A high risk: it counts at once and cannot be taken back.")
    return _("One tap is enough.") if "/reasons" in faults else _("One tap, or go on without.")


def _fault(sent: Sent, faults: Mapping[str, str]) -> str:
    return " ".join(faults[path] for path in ("/reasons", "/note") if path in faults)


def _choices(task: ReviewTask, sent: Sent) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            group.reason.code,
            group.reason.label,
            str(number) if number <= KEYS else "0" if number == KEYS + 1 else "",
            sent.reason == group.reason.code,
            group.reason.needs_note,
            _details(group, sent),
            _feeds(group.reason),
        )
        for number, group in enumerate(reason_groups(task.workflow), start=1)
    )


def _details(group: ReasonGroup, sent: Sent) -> tuple[Choice, ...]:
    return tuple(
        Choice(reason.code, reason.label, f"Shift+{number}" if number <= KEYS else "", sent.detail == reason.code)
        for number, reason in enumerate(group.details, start=1)
    )


def _feeds(reason: OverrideReason) -> str:
    said = _FEEDS[OverrideReason.Feeds(reason.feeds)]
    learns = reason.feeds == OverrideReason.Feeds.RECOMMENDER
    return str(said) if reason.trains or learns else _("%(said)s; trains no model") % {"said": said}


_FEEDS = {
    OverrideReason.Feeds.RECOMMENDER: gettext_lazy("The recommender learns from it"),
    OverrideReason.Feeds.PROCESS_OWNER: gettext_lazy("Goes to the process owner"),
    OverrideReason.Feeds.INTEGRATION: gettext_lazy("Goes to whoever owns the integration"),
    OverrideReason.Feeds.DATA_OWNER: gettext_lazy("Goes to whoever owns the data"),
    OverrideReason.Feeds.SAFETY: gettext_lazy("Suspends deciding alone"),
    OverrideReason.Feeds.NOBODY: gettext_lazy("Is counted and goes no further"),
}


def _answers(sent: Sent) -> tuple[Choice, ...]:
    offered = (("yes", _("Yes"), "y"), ("no", _("No"), "n"), ("unsure", _("Cannot say"), "s"))
    return tuple(Choice(value, label, key, sent.ai_right == value) for value, label, key in offered)


def _severities(sent: Sent) -> tuple[Choice, ...]:
    offered = (("minor", _("Minor"), "m"), ("moderate", _("Moderate"), "o"), ("severe", _("Severe"), "v"))
    return tuple(Choice(value, label, key, sent.severity == value) for value, label, key in offered)
