"""Commenting on a task: in words, to people who are named, with files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from orchestration import api, ports
from orchestration.exceptions import InvalidDocument, InvalidInput
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import allows, require
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.exceptions import InvalidComment
from reviewhub.reviews.models import Comment, ReviewTask
from reviewhub.reviews.services.holding import hold_task, is_excluded
from reviewhub.reviews.services.seeing import know_own_comment

LONGEST = 4000
MOST_FILES = 5
MOST_NAMED = 10
_NAMED = re.compile(r"(?<![\w@.])@([\w.+-]{1,150})")


@dataclass(frozen=True, slots=True)
class File:
    """What somebody attaches, as their browser names it."""

    name: str
    media_type: str
    data: bytes


def comment_on_task(
    *,
    task_id: UUID | str,
    actor: Person,
    text: str,
    files: Sequence[File] = (),
    documents: Sequence[Mapping[str, Any]] = (),
) -> Comment:
    """Add a comment, in any state of the task. `@name` tells whoever may see it, and who is not excluded. `documents`
    were sent before, by the same person.

    Raises PermissionDenied, InvalidComment, TaskNotFound.
    """
    text = text.strip()
    _check(text, [*files, *documents])
    with transaction.atomic():
        task = hold_task(task_id)
        require(actor, "task.comment", task)
        attached = [*_kept(files, actor), *map(dict, documents)]
        _name(attached, actor)
        return _keep(task, actor, text, attached)


def _name(attached: Sequence[Mapping[str, Any]], actor: Person) -> None:
    try:
        api.name_documents(attached, actor=actor_of(actor))
    except InvalidInput as refused:
        faults = [
            {"path": f"/documents{each['path']}", "code": "unsent", "message": each["message"]}
            for each in refused.faults
        ]
        raise InvalidComment(faults) from refused


def _keep(task: ReviewTask, actor: Person, text: str, documents: list[dict[str, Any]]) -> Comment:
    people = named_in(text, task, actor)
    now = ports.clock().process_now()
    names = [person.username for person in people]
    comment = Comment.objects.create(
        task=task, by=actor, text=text, mentioned=names, documents=documents, created_at=now
    )
    task.added += 1
    task.save(update_fields=("added",))
    know_own_comment(task, comment)
    api.record_run_event(
        run_id=task.run_id,
        kind="desk.commented",
        data={"key": task.key, "comment": comment.pk, **({"mentioned": names} if names else {})},
        actor=actor_of(actor),
        values={"text": text, **({"documents": documents} if documents else {})},
    )
    announce(Fact("commented", task, now, by=actor, people=people))
    return comment


def named_in(text: str, task: ReviewTask, by: Person) -> tuple[Person, ...]:
    """Whom the text names, if they may see the task; not whoever writes it."""
    names = list(dict.fromkeys(name.rstrip(".-") for name in _NAMED.findall(text)))[:MOST_NAMED]
    if not names:
        return ()
    found = Person.objects.filter(username__in=names, is_active=True).exclude(pk=by.pk).order_by("pk")
    return tuple(person for person in found if allows(person, "task.read", task) and not is_excluded(task, person))


def _check(text: str, files: Sequence[Any]) -> None:
    if not text and not files:
        raise InvalidComment([{"path": "/text", "code": "missing", "message": _("The comment is empty.")}])
    if len(text) > LONGEST:
        too_long = _("The comment has %(count)s characters; at most %(most)s fit.") % {
            "count": len(text),
            "most": LONGEST,
        }
        raise InvalidComment([{"path": "/text", "code": "too_long", "message": too_long}])
    if len(files) > MOST_FILES:
        too_many = _("There are %(count)s files; at most %(most)s go with a comment.") % {
            "count": len(files),
            "most": MOST_FILES,
        }
        raise InvalidComment([{"path": "/files", "code": "too_many", "message": too_many}])


def _kept(files: Sequence[File], actor: Person) -> list[dict[str, Any]]:
    kept = []
    for file in files:
        try:
            kept.append(api.keep_document(file.data, name=file.name, media_type=file.media_type, by=actor_of(actor)))
        except InvalidDocument as error:
            said = _("“%(name)s” was not taken. %(error)s") % {"name": file.name[:80], "error": error}
            raise InvalidComment([{"path": "/files", "code": "refused", "message": said}]) from error
    return kept
