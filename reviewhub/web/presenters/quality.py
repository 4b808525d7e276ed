"""How alike people decide, in words and figures. What is too little to say anything is said to be too little."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviewhub.reviews.looks.agreement import ENOUGH, Agreement, Share
from reviewhub.reviews.models import Queue
from reviewhub.reviews.selectors.quality import ENOUGH_TIMES, OwnQuality, QueueQuality, Timed
from reviewhub.web import moments

STRENGTHS = (
    (0.8, gettext_lazy("almost as one")),
    (0.6, gettext_lazy("well")),
    (0.4, gettext_lazy("fairly")),
    (0.2, gettext_lazy("a little")),
)


@dataclass(frozen=True, slots=True)
class Figure:
    value: str
    says: str


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class QualityShown:
    title: str
    slug: str
    second_share: int
    known_share: int
    waiting: int
    taken_by: str
    agreement: Figure
    known: Figure
    pairs: tuple[Line, ...]
    times: tuple[Line, ...]
    opened: tuple[Line, ...]
    known_answers: tuple[tuple[str, str, str, int], ...]  # task, title, answer, how often given


@dataclass(frozen=True, slots=True)
class OwnShown:
    looked_at: Figure
    known: Figure
    time: Figure
    opened: Figure


def quality_shown(found: QueueQuality) -> QualityShown:
    queue = found.queue
    return QualityShown(
        title=queue.title,
        slug=queue.slug,
        second_share=queue.second_share,
        known_share=queue.known_share,
        waiting=found.waiting,
        taken_by=_taken_by(queue),
        agreement=agreement_figure(found.agreement),
        known=share_figure(found.known),
        pairs=tuple(Line(" · ".join(pair.people), agreement_figure(pair.agreement)) for pair in found.pairs),
        times=tuple(Line(each.name, time_figure(each)) for each in found.times),
        opened=tuple(Line(each.name, opened_figure(each)) for each in found.times),
        known_answers=tuple(
            (str(each.task_id), each.task.title, each.task.label_of(each.outcome), each.given)  # type: ignore[attr-defined]
            for each in found.known_answers
        ),
    )


def _taken_by(queue: Queue) -> str:
    if queue.looks_by is not None:
        who = _("Taken by the people of “%(group)s”, who are asked by name.") % {"group": queue.looks_by.title}
    elif queue.looks_in is not None:
        who = _("Taken by the people of %(queue)s, among their own tasks.") % {"queue": queue.looks_in.title}
    else:
        who = _("Taken by anybody of the queue.")
    return f"{who} {_('Never by whoever decided first, nor by whoever stands for the answer.')}"


def own_shown(found: OwnQuality) -> OwnShown:
    return OwnShown(
        share_figure(found.looked_at), share_figure(found.known), time_figure(found.time), opened_figure(found.time)
    )


def agreement_figure(found: Agreement) -> Figure:
    same = _("%(same)d of %(pairs)d alike") % {"same": found.same, "pairs": found.pairs}
    if found.too_few:
        return Figure(_("Too few"), _("%(same)s; from %(n)d on a figure says something") % {"same": same, "n": ENOUGH})
    if found.kappa is None or found.low is None or found.high is None:
        return Figure("–", _("%(same)s; everybody always gave the same answer") % {"same": same})
    words = next((str(said) for bound, said in STRENGTHS if found.kappa >= bound), _("hardly more than by chance"))
    between = {"same": same, "low": f"{found.low:.2f}", "high": f"{found.high:.2f}", "words": words}
    return Figure(
        f"{found.kappa:.2f}", _("%(same)s; 95 %% between %(low)s and %(high)s: they agree %(words)s") % between
    )


def share_figure(found: Share) -> Figure:
    of = _("%(right)d of %(of)d") % {"right": found.right, "of": found.of}
    if found.low is None or found.high is None:
        return Figure(_("Too few"), _("%(of)s; from %(n)d on a figure says something") % {"of": of, "n": ENOUGH})
    between = {"of": of, "low": round(100 * found.low), "high": round(100 * found.high)}
    return Figure(
        f"{round(100 * found.right / found.of)} %", _("%(of)s; 95 %% between %(low)d and %(high)d %%") % between
    )


def opened_figure(found: Timed) -> Figure:
    """How often all of a case's evidence came into view first, and for how long any of it was."""
    share = share_figure(found.opened)
    if found.in_view is None:
        return share
    usually = _("usually in view for %(span)s") % {"span": moments.spoken(timedelta(seconds=found.in_view))}
    return Figure(share.value, f"{share.says}; {usually}")


def time_figure(found: Timed) -> Figure:
    if found.seconds is None:
        said = _("%(n)d timed; from %(enough)d on a figure says something")
        return Figure(_("Too few"), said % {"n": found.decisions, "enough": ENOUGH_TIMES})
    said = _("median of the latest %(n)d") % {"n": found.decisions}
    return Figure(moments.spoken(timedelta(seconds=found.seconds)), said)
