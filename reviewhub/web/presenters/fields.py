"""The fields of a case, some of which a reviewer may correct in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviewhub.direction import in_order
from reviewhub.web.presenters.evidence import Marks
from reviewhub.web.presenters.readings import Read, read_of
from reviewhub.web.presenters.values import is_long, shown, typed

if TYPE_CHECKING:
    from reviewhub.reviews.models import ReviewTask
    from reviewhub.web.presenters.changes import ChangeShown

PREFIX = "fields."
CODE = ("json", "object", "array")


@dataclass(frozen=True, slots=True)
class Field:
    number: int  # among those of its task, from 1
    name: str
    label: str
    shown: str
    value: str  # as an input holds it
    typed: str  # what the reviewer has put there
    editable: bool
    long: bool
    code: bool
    numeric: bool
    ref: int | None
    read: Read | None
    fault: str
    change: ChangeShown | None  # since the viewer last saw it

    @property
    def changed(self) -> bool:
        return self.typed != self.value

    @property
    def wide(self) -> bool:
        return self.long or self.code


@dataclass(frozen=True, slots=True)
class Correction:
    label: str
    was: str
    now: str
    fault: str


def fields_of(
    task: ReviewTask,
    marks: Marks,
    sent: Mapping[str, str],
    faults: Mapping[str, str],
    changes: Mapping[str, ChangeShown],
    *,
    may_edit: bool,
) -> tuple[Field, ...]:
    """`sent` has what was typed and `faults` what is wrong with it, both by field name; `changes` what is new, by where
    it stands in the case. What was read unsurely comes first."""
    made = (
        _field(number, each, marks, sent, faults, changes, may_edit=may_edit)
        for number, each in enumerate(task.fields, start=1)
    )
    return tuple(sorted(made, key=_is_sure))


def _is_sure(field: Field) -> bool:
    return not (field.read and field.read.low)


def _field(
    number: int,
    each: Mapping[str, Any],
    marks: Marks,
    sent: Mapping[str, str],
    faults: Mapping[str, str],
    changes: Mapping[str, ChangeShown],
    *,
    may_edit: bool,
) -> Field:
    name, value, kind = str(each["name"]), each.get("value"), str(each.get("type") or "string")
    held = typed(value, kind)
    return Field(
        number=number,
        name=name,
        label=str(each.get("label") or name),
        shown=shown(value),
        value=held,
        typed=sent.get(name, held),
        editable=bool(each.get("edit")) and may_edit,
        long=is_long(value),
        code=kind in CODE,
        numeric=kind in ("number", "integer"),
        ref=marks.ref_of_reading(each.get("read")) or marks.ref_of(name),
        read=read_of(each),
        fault=faults.get(name, ""),
        change=changes.get(f"fields.{name}"),
    )


def corrections_in(task: ReviewTask, data: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a posted form that hold something else than the task does."""
    changed = {}
    for each in task.fields:
        given = data.get(f"{PREFIX}{each['name']}")
        if given is None or not each.get("edit"):
            continue
        said = str(given).replace("\r\n", "\n")
        was = typed(each.get("value"), str(each.get("type") or "string"))
        if said not in (was, in_order(was)):  # as the page showed it
            changed[str(each["name"])] = said
    return changed


def corrections_shown(fields: tuple[Field, ...]) -> tuple[Correction, ...]:
    return tuple(Correction(field.label, field.shown, field.typed, field.fault) for field in fields if field.changed)
