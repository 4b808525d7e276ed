"""A document of a task: which one an address names, and whether whoever asks may see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.documents.bounded import Unreadable, bounded
from reviewhub.documents.keeping import bytes_of, reading_of
from reviewhub.documents.kinds import Kind, is_what_it_says, kind_of
from reviewhub.reviews.exceptions import TaskNotFound
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors import read_task
from reviewhub.reviews.selectors.documents import documents_of_task

DEEPEST = 3  # mails within mails that are opened
ADDRESS = re.compile(rf"(?P<digest>[0-9a-f]{{64}})(?P<parts>(\.[1-9][0-9]?){{0,{DEEPEST}}})")


@dataclass(frozen=True, slots=True)
class Document:
    """A document, or what is attached to a mail, with its bytes."""

    task: ReviewTask
    address: str  # its digest, and the numbers of the parts on the way to it
    path: str  # of the value that names it
    name: str
    media_type: str
    data: bytes

    @property
    def kind(self) -> Kind:
        return kind_of(self.media_type, self.name)

    def check(self) -> None:
        """Raises `Unreadable` where the bytes are not what is said of them."""
        if not is_what_it_says(self.kind, self.data):
            raise Unreadable("other")


def document_or_404(task_id: UUID, address: str, person: Person) -> Document:
    """Raises PermissionDenied where the task may not be read, and Http404 where it names no such document.

    Raises `Unreadable` where the task names it, and its bytes are not there.
    """
    found = ADDRESS.fullmatch(address)
    try:
        task = read_task(task_id, person)
    except TaskNotFound as error:
        raise Http404(str(error)) from error
    said = found and next(
        (each for each in documents_of_task(task) if each[1][api.DOCUMENT_DIGEST] == found["digest"]),
        None,
    )
    if not found or not said:
        raise Http404("The task names no such document.")
    path, value = said
    document = Document(
        task, found["digest"], path, str(value["name"]), str(value["media_type"]), bytes_of(found["digest"])
    )
    for number in found["parts"].split(".")[1:]:
        document = _part(document, int(number))
    return document


def _part(mail: Document, number: int) -> Document:
    if mail.kind is not Kind.MAIL:
        raise Http404("Only a mail has parts.")
    parts = reading_of("mail", mail.data)["parts"]
    if number > len(parts):
        raise Http404("The mail has no such part.")
    part = parts[number - 1]
    data = bounded("mail-part", mail.data, number)
    return Document(mail.task, f"{mail.address}.{number}", mail.path, part["name"], part["media_type"], data)
