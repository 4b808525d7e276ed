"""The task's page, whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.requested import WORKFLOW
from reviewhub.reviews.selectors import HistoryEntry, TaskDetail, tells_its_run
from reviewhub.reviews.selectors.documents import documents_of_case
from reviewhub.web.presenters.acts import Act, Panel, acts_of, split
from reviewhub.web.presenters.advice import Advice, advice_of
from reviewhub.web.presenters.approvers import Approvers, approvers_of
from reviewhub.web.presenters.asking import Ask, ask_of
from reviewhub.web.presenters.called import called_in
from reviewhub.web.presenters.changes import ChangesShown, changes_shown
from reviewhub.web.presenters.deadlines import Deadline, deadline_of
from reviewhub.web.presenters.documents import DocumentLink, links_of
from reviewhub.web.presenters.evidence import Marks, quotes_of
from reviewhub.web.presenters.fields import Field, corrections_shown, fields_of
from reviewhub.web.presenters.future import Step, steps_of
from reviewhub.web.presenters.incidents import Incident, incident_of
from reviewhub.web.presenters.information import Information, Question, information_of, question_of
from reviewhub.web.presenters.looked import LookedShown, looked_shown
from reviewhub.web.presenters.outcomes import MAIN, OutcomeButton, outcome_buttons
from reviewhub.web.presenters.reasons_shown import Why, why_of
from reviewhub.web.presenters.rows import as_of
from reviewhub.web.presenters.sections import Section, sections_of
from reviewhub.web.presenters.standing import Happened, happened_to, state_of
from reviewhub.web.presenters.values import shown
from reviewhub.web.sent import Sent

FIELD = "/fields/"


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class TaskPage:
    id: str
    title: str
    href: str
    version: int
    stage: str  # changes when what can be done changes
    as_of: str
    evidence_hash: str
    key: str  # of idempotency, for this showing of the form
    opened: str
    origin: str
    run_href: str
    state: str
    claim: str  # "claim", "release" or ""
    deadline: Deadline | None
    future: tuple[Step, ...]
    happened: Happened | None
    approvals: Approvers | None
    looked: LookedShown | None
    why: Why | None
    incident: Incident | None
    facts: tuple[Fact, ...]
    documents: tuple[DocumentLink, ...]  # files, which are fetched when they are looked at
    sections: tuple[Section, ...]
    fields: tuple[Field, ...]
    fields_title: str
    advice: Advice | None
    hides_advice: bool  # until the viewer has answered first
    history: tuple[HistoryEntry, ...]
    mark: str  # how far it is shown
    seen_all: bool  # so far the viewer has seen it
    changes: ChangesShown | None  # since the viewer last saw the case
    before: ChangesShown | None  # since the case's task before
    may_comment: bool
    outcomes: tuple[OutcomeButton, ...]
    closed_note: str
    undo_note: str
    acts: tuple[Act, ...] = ()  # in the bar
    more: tuple[Act, ...] = ()
    wakes: str = ""  # what taking it up again is called, where it is set aside
    delegates: str = ""  # to whom the viewer has given it
    question: Question | None = None
    information: tuple[Information, ...] = ()
    panel: Panel | None = None
    ask: Ask | None = None
    refusal: Happened | None = None
    typed_comment: str = ""
    comment_fault: str = ""

    @property
    def main_outcomes(self) -> int:
        return sum(outcome.main for outcome in self.outcomes)

    @property
    def unsure(self) -> int:
        """How many fields are to be looked at first."""
        return sum(bool(field.read and field.read.low) for field in self.fields)

    @property
    def narrow_fields(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if not field.wide)

    @property
    def wide_fields(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.wide)


def page_of_task(
    detail: TaskDetail, viewer: Person, view: str, *, sent: Sent | None = None, faults: Mapping[str, str] | None = None
) -> TaskPage:
    """`sent` and `faults` (by path) are of a decision that was not taken; what was typed is shown again."""
    task, clock = detail.task, ports.clock()
    now, system_now = clock.process_now(), clock.system_now()
    sent, faults = sent or Sent(), faults or {}
    marks = Marks(quotes_of(task.fields, detail.recommendation))
    changes = changes_shown(detail.changes, task)
    changed = changes.names if changes else {}
    labels = {str(field["name"]): str(field.get("label") or field["name"]) for field in task.fields}
    holder = task.holder_id(system_now)
    can_decide = task.is_waiting and detail.may["task.decide"] and holder in (None, viewer.pk)
    outcomes = outcome_buttons(task) if can_decide else ()
    others = len(outcomes) - MAIN + bool(_wakes(detail))
    acts, more = split(acts_of(detail, viewer, view, holder), others)
    wrong = {path.removeprefix(FIELD): said for path, said in faults.items() if path.startswith(FIELD)}
    return TaskPage(
        id=str(task.pk),
        title=task.title,
        href=f"{reverse('web:task', args=[task.pk])}?view={view}",
        version=task.version,
        stage=f"{task.status}-{holder or ''}",
        as_of=as_of(task),
        evidence_hash=task.evidence_hash,
        key=sent.key or uuid4().hex,
        opened=sent.opened or system_now.isoformat(timespec="seconds"),
        origin=_("%(workflow)s, version %(n)d") % {"workflow": task.workflow_title, "n": task.workflow_version},
        run_href=_run_href(task, viewer),
        state=state_of(task, viewer, now, system_now),
        claim=_claim(detail, holder, viewer),
        deadline=deadline_of(task, now) if task.is_waiting else None,
        future=steps_of(task, detail.future, viewer, now),
        happened=happened_to(task, detail.decision, viewer, now),
        approvals=approvers_of(detail.approvals, task, viewer, now),
        looked=looked_shown(detail.looked, task, viewer),
        why=why_of(task),
        incident=incident_of(task),
        facts=_facts(task),
        documents=links_of(task, changes.documents if changes else frozenset()),
        sections=sections_of(task.context, labels, marks, changed, links=task.workflow == WORKFLOW),
        fields=fields_of(task, marks, sent.corrections, wrong, changed, may_edit=can_decide),
        fields_title=_("Input of the step") if task.incident else _("Fields"),
        advice=advice_of(task, marks, [path for path, _value in documents_of_case(task)], called_in(task)),
        hides_advice=task.ai_hidden and task.is_waiting and task.recommendation is None,
        history=tuple(detail.history),
        mark=detail.mark,
        seen_all=detail.seen_all,
        changes=changes,
        before=changes_shown(detail.before, task),
        may_comment=detail.may["task.comment"],
        outcomes=outcomes,
        acts=acts,
        more=more,
        wakes=_wakes(detail),
        delegates=delegates_of(detail, viewer),
        question=question_of(detail.question, viewer, now),
        information=information_of(task),
        closed_note=_closed_note(detail, holder, can_decide),
        undo_note=_("Held for %(n)d s, then it counts") % {"n": round(task.undo_seconds)} if task.undo_seconds else "",
    )


def _facts(task: ReviewTask) -> tuple[Fact, ...]:
    """What the workflow says in short, and which skills it asks for."""
    skills = (Fact(_("Skills asked for"), ", ".join(task.skills)),) if task.skills else ()
    return tuple(Fact(str(each["label"]), shown(each["value"])) for each in task.highlights) + skills


def asking(page: TaskPage, task: ReviewTask, sent: Sent, faults: Mapping[str, str], *, reasons: bool) -> TaskPage:
    """The same page with the desk's question open."""
    return replace(page, ask=ask_of(task, sent, faults, corrections_shown(page.fields), reasons=reasons))


def _wakes(detail: TaskDetail) -> str:
    match detail.task.status:
        case "asked" if detail.may["task.ask"]:
            return _("Go on without an answer")
        case "snoozed" if detail.may["task.snooze"]:
            return _("Take it up now")
        case _:
            return ""


def delegates_of(detail: TaskDetail, viewer: Person) -> str:
    given = [each.person.display_name for each in detail.assignments if each.asked_by_id == viewer.pk]
    return ", ".join(given) if detail.task.is_waiting else ""


def _run_href(task: ReviewTask, viewer: Person) -> str:
    if not tells_its_run(task, viewer):
        return ""
    try:
        return reverse("studio:run", args=[task.run_id])
    except NoReverseMatch:  # a deployment without these pages
        return ""


def _claim(detail: TaskDetail, holder: int | None, viewer: Person) -> str:
    if not detail.task.is_waiting or detail.task.is_paused:
        return ""
    if holder == viewer.pk or (holder and detail.may["task.release"]):
        return "release"
    return "claim" if holder is None and detail.may["task.claim"] else ""


def _closed_note(detail: TaskDetail, holder: int | None, can_decide: bool) -> str:
    task = detail.task
    if can_decide:
        return ""
    if not task.is_waiting:
        return _("Nothing is left to decide here.")
    if detail.voted:
        return _("You have decided. Others are needed before it counts.")
    if detail.excluded:
        return _("You are excluded here: nobody decides their own request.")
    if detail.not_picked:
        return detail.not_picked
    if not detail.may["task.decide"]:
        return _("You may read this task; deciding is for the people of %(queue)s.") % {"queue": task.queue.title}
    name = task.claimed_by.display_name if task.claimed_by and holder else ""
    return _("%(name)s has claimed it.") % {"name": name}
