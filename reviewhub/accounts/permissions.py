"""The one table of roles and verbs. Checks, pages, the API and docs/roles.md all read it.

A role is held everywhere (a grant), on one thing (a queue's members, a task's assignees, a workflow's owner),
or by anybody who is signed in. What roles a person holds on a thing is answered by whoever owns the thing:
see `roles_on`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeGuard

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from reviewhub.accounts.models import Person


class Role(StrEnum):
    """Whoever holds it, and where it comes from."""

    PERSON = "person"
    REVIEWER = "reviewer"
    LEAD = "lead"
    ASSIGNEE = "assignee"
    MENDER = "mender"
    WAITING = "waiting"
    PROCESS_OWNER = "process_owner"
    ENGINEER = "engineer"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SERVICE = "service"


ROLES: Mapping[Role, str] = {
    Role.PERSON: "anybody who is signed in",
    Role.REVIEWER: "a member of the task's queue",
    Role.LEAD: "a lead of the task's queue; of a queue itself also its manager",
    Role.ASSIGNEE: "somebody an escalation level or a colleague has asked",
    Role.MENDER: "an engineer, an operator or the workflow's process owner, on incidents",
    Role.WAITING: "whoever waits for the task: its requester, its queue's manager, a colleague who has delegated it",
    Role.PROCESS_OWNER: "the process owner of the workflow; of a queue, of a workflow whose tasks have come to it",
    Role.ENGINEER: "engineers, everywhere",
    Role.OPERATOR: "operators, everywhere",
    Role.AUDITOR: "auditors, everywhere: reads all and changes nothing",
    Role.ADMINISTRATOR: "administrators, everywhere: people and settings; decides nothing by this role",
    Role.SERVICE: "a token that belongs to a system and not to a person: starts and reads, never decides",
}


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that can be done, as it reads after "may not", and the roles that may."""

    says: str | Promise
    roles: frozenset[Role]


def _verb(says: str | Promise, *roles: Role) -> Verb:
    return Verb(says, frozenset(roles))


_DECIDERS = (Role.REVIEWER, Role.LEAD, Role.ASSIGNEE, Role.MENDER)
_MAKERS = (Role.PROCESS_OWNER, Role.ENGINEER, Role.ADMINISTRATOR)

VERBS: Mapping[str, Verb] = {
    "task.read": _verb(
        _lazy("read this task"), *_DECIDERS, Role.PROCESS_OWNER, Role.OPERATOR, Role.AUDITOR, Role.SERVICE
    ),
    "task.claim": _verb(_lazy("claim this task"), *_DECIDERS),
    "task.decide": _verb(_lazy("decide this task"), *_DECIDERS),
    "task.ask": _verb(_lazy("ask for information on this task"), *_DECIDERS),
    "task.snooze": _verb(_lazy("snooze this task"), *_DECIDERS),
    "task.delegate": _verb(_lazy("delegate this task"), *_DECIDERS),
    "task.escalate": _verb(_lazy("escalate this task"), *_DECIDERS, Role.PROCESS_OWNER),
    "task.nudge": _verb(_lazy("remind whoever has this task"), Role.LEAD, Role.WAITING, Role.PROCESS_OWNER),
    "task.decline": _verb(_lazy("decline this task"), *_DECIDERS),
    "task.comment": _verb(_lazy("comment on this task"), *_DECIDERS, Role.PROCESS_OWNER),
    "task.release": _verb(_lazy("release a task that somebody else has claimed"), Role.LEAD),
    "breach.read": _verb(
        _lazy("see this missed due time"), Role.LEAD, Role.PROCESS_OWNER, Role.OPERATOR, Role.AUDITOR, Role.SERVICE
    ),
    "override.export": _verb(_lazy("export decisions"), Role.PROCESS_OWNER, Role.AUDITOR),
    "queue.read": _verb(
        _lazy("see how this queue does"),
        Role.LEAD,
        Role.PROCESS_OWNER,
        Role.OPERATOR,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
    ),
    "queue.lead": _verb(_lazy("lead this queue"), Role.LEAD, Role.PROCESS_OWNER, Role.ADMINISTRATOR),
    "absence.enter": _verb(_lazy("enter an absence for somebody of this queue"), Role.LEAD, Role.ADMINISTRATOR),
    "quality.read": _verb(_lazy("read how alike a queue decides"), Role.LEAD, Role.AUDITOR),
    "quality.mark": _verb(_lazy("stand for the known answer of a case"), Role.LEAD, Role.PROCESS_OWNER),
    "run.read": _verb(
        _lazy("read this run"),
        Role.REVIEWER,
        Role.LEAD,
        Role.ASSIGNEE,
        Role.PROCESS_OWNER,
        Role.ENGINEER,
        Role.OPERATOR,
        Role.AUDITOR,
        Role.SERVICE,
    ),
    "run.start": _verb(_lazy("start a run"), Role.PROCESS_OWNER, Role.ENGINEER, Role.OPERATOR, Role.SERVICE),
    "run.again": _verb(_lazy("run this case again"), Role.PROCESS_OWNER, Role.ENGINEER, Role.OPERATOR),
    "run.pause": _verb(_lazy("pause a run or let it go on"), Role.PROCESS_OWNER, Role.OPERATOR),
    "run.migrate": _verb(_lazy("move a run to another version"), Role.PROCESS_OWNER, Role.ENGINEER, Role.OPERATOR),
    "run.cancel": _verb(_lazy("cancel a run"), Role.PROCESS_OWNER, Role.OPERATOR),
    "review.ask": _verb(
        _lazy("ask for a review without a workflow"), Role.PROCESS_OWNER, Role.ENGINEER, Role.OPERATOR, Role.SERVICE
    ),
    "event.send": _verb(_lazy("send events to runs"), Role.ENGINEER, Role.OPERATOR, Role.SERVICE),
    "stuck.read": _verb(_lazy("see what is stuck"), Role.ENGINEER, Role.OPERATOR, Role.AUDITOR),
    "message.handle": _verb(_lazy("send or drop messages and events that are stuck"), Role.ENGINEER, Role.OPERATOR),
    "workflow.read": _verb(_lazy("read workflows"), Role.PERSON, Role.SERVICE),
    "workflow.edit": _verb(_lazy("edit this workflow"), *_MAKERS),
    "workflow.publish": _verb(_lazy("publish this workflow"), *_MAKERS),
    "workflow.pause": _verb(_lazy("pause this workflow or let it go on"), Role.PROCESS_OWNER, Role.OPERATOR),
    "config.read": _verb(_lazy("read the settings"), Role.AUDITOR, Role.ADMINISTRATOR),
    "config.edit": _verb(_lazy("change the settings"), Role.ADMINISTRATOR),
    "audit.read": _verb(_lazy("read the audit trail"), Role.AUDITOR, Role.ADMINISTRATOR),
    "token.create": _verb(_lazy("make a token of one's own"), Role.PERSON),
    "service_token.create": _verb(_lazy("make a token for a system"), Role.ENGINEER, Role.ADMINISTRATOR),
}


class PermissionDenied(DjangoPermissionDenied):
    """This is not allowed."""

    def __init__(self, message: str, *, verb: str = "") -> None:
        self.verb = verb
        super().__init__(message)


def allows(person: Person | AnonymousUser | None, verb: str, subject: object = None) -> bool:
    """Whether `person` may do `verb` to `subject`: a model instance, a workflow's name, or nothing in particular.

    An unknown verb is a KeyError: a check that names nothing must not pass for a refusal.
    """
    roles = VERBS[verb].roles
    return bool(roles & roles_of(person, subject))


def allows_somewhere(person: Person | AnonymousUser | None, verb: str) -> bool:
    """Whether a grant of `person` allows `verb` for anything at all. For menus, never for a check."""
    if _may_sign_in(person):
        granted = {Role(role) for role, _ in person.granted}
        return bool(VERBS[verb].roles & (granted | {Role.PERSON}))
    return False


def require(person: Person | AnonymousUser | None, verb: str, subject: object = None) -> None:
    """Raise PermissionDenied, in words for people, unless `allows`."""
    if not allows(person, verb, subject):
        who = getattr(person, "display_name", "") or _("Somebody who is not signed in")
        raise PermissionDenied(_("%(who)s may not %(says)s.") % {"who": who, "says": VERBS[verb].says}, verb=verb)


def service_allows(verb: str) -> bool:
    """Whether a token that belongs to a system may do `verb`, its scopes permitting."""
    return Role.SERVICE in VERBS[verb].roles


def roles_of(person: Person | AnonymousUser | None, subject: object = None) -> frozenset[Role]:
    """Every role that `person` holds on `subject`."""
    if _may_sign_in(person):
        everywhere = {Role(role) for role, workflow in person.granted if not workflow}
        return frozenset({Role.PERSON} | everywhere | _roles_on_subject(person, subject))
    return frozenset()


def owns_workflow(person: Person, workflow: str, owner: str = "") -> bool:
    """A process owner holds the grant for the workflow, or is the one it names as its owner."""
    granted = (Role.PROCESS_OWNER.value, workflow) in person.granted
    return granted or bool(owner and owner == person.username)


def _may_sign_in(person: Person | AnonymousUser | None) -> TypeGuard[Person]:
    return person is not None and person.is_authenticated and person.is_active


# ---- who knows the roles on a thing ------------------------------------------------------------

RolesOn = Callable[[Any, Any], set[Role]]  # (person, subject)
_resolvers: dict[str, RolesOn] = {}


def roles_on(label: str, resolver: RolesOn) -> None:
    """Let `resolver` say what roles a person holds on instances of the model `label` ("reviews.ReviewTask")."""
    _resolvers[label] = resolver


def _roles_on_subject(person: Person, subject: object) -> set[Role]:
    if subject is None:
        return set()
    if isinstance(subject, str):
        return {Role.PROCESS_OWNER} if owns_workflow(person, subject) else set()
    if not isinstance(subject, Model):
        raise TypeError(f"There are no roles on a {type(subject).__name__}.")
    return _resolvers[type(subject)._meta.label](person, subject)  # noqa: SLF001 - Django's documented name


def _on_workflow(person: Person, workflow: Any) -> set[Role]:
    return {Role.PROCESS_OWNER} if owns_workflow(person, workflow.name, workflow.owner) else set()


roles_on("orchestration.Workflow", _on_workflow)
roles_on("orchestration.WorkflowVersion", lambda person, version: _on_workflow(person, version.workflow))
