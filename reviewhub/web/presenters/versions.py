"""Two versions of a document: what the words of one say otherwise than those of the other, and the way to both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from orchestration import api
from reviewhub.documents.texts import DocumentTexts
from reviewhub.reviews.differences import Change, Piece, words_between

if TYPE_CHECKING:
    from reviewhub.reviews.models import ReviewTask

ELIDED = 240  # characters of what stayed the same that are shown around a difference


@dataclass(frozen=True, slots=True)
class Version:
    label: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Versions:
    """`said`: that there are no words to compare, or none that differ."""

    name: str
    pieces: tuple[Piece, ...]
    said: str
    both: tuple[Version, Version]


def versions_of(change: Change, task: ReviewTask, earlier: ReviewTask) -> Versions:
    was, now = _words(change.was), _words(change.now)
    pieces = tuple(elided(words_between(was, now))) if was and now and was != now else ()
    return Versions(
        name=str(change.now["name"]),
        pieces=pieces,
        said="" if pieces else _("Its words are the same.") if was and was == now else _("It has no words to compare."),
        both=(_version(_("Before"), change.was, earlier), _version(_("Now"), change.now, task)),
    )


def _version(label: str, document: Mapping[str, Any], task: ReviewTask) -> Version:
    return Version(label, str(document["name"]), reverse("web:document", args=[task.pk, document[api.DOCUMENT_DIGEST]]))


def _words(document: Mapping[str, Any]) -> str:
    """All that the document says, as its viewer shows it."""
    return "\n".join(text for _part, text in DocumentTexts().text_of(document).parts)


def elided(pieces: tuple[Piece, ...]) -> Iterator[Piece]:
    """What stayed the same is shown as far as it stands beside a difference."""
    for piece in pieces:
        if piece.how == "same" and len(piece.text) > 2 * ELIDED:
            yield Piece(f"{piece.text[:ELIDED]} … {piece.text[-ELIDED:]}", "same")
        else:
            yield piece
