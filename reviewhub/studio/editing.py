"""A workflow's text on the way to its next version: checked, drawn, and told apart from what is published."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.reviews.models import Queue
from reviewhub.studio.drawing import Drawn, drawn_definition
from reviewhub.studio.states import State

WRITTEN_ID = re.compile(r"[-{,]\s*id:\s*[\"']?([\w-]+)")

STARTER = """\
workflow: {name}
title: {title}
owner: {owner}

# What comes in. It is also the form that starts a run by hand.
input:
  type: object
  required: [subject]
  properties:
    subject: {{type: string, title: What it is about}}

steps:
  # One person of the queue decides, within eight hours.
  - id: decision
    review:
      title: "${{ input.subject }}"
      outcomes: [approve, reject]
      assign: {{queue: {queue}}}
      sla: {{due: 8h}}

  - id: outcome
    switch:
      - when: ${{ steps.decision.outcome == 'approve' }}
        steps:
          - end: approved
      - otherwise: true
        steps:
          - end: rejected
"""


def starter(name: str, title: str, person: Person) -> str:
    """A small text that has no faults, to begin a workflow from."""
    queue = Queue.objects.order_by("title").values_list("slug", flat=True).first() or "reviews"
    return STARTER.format(
        name=name, title=json.dumps(title, ensure_ascii=False), owner=json.dumps(person.username), queue=queue
    )


@dataclass(frozen=True, slots=True)
class Marked:
    """A fault as the editor shows it."""

    line: int
    column: int
    message: str
    path: str
    tone: str

    @property
    def level(self) -> str:
        return "Fault" if self.tone == "breached" else "Advice"


@dataclass(frozen=True, slots=True)
class Tests:
    """What the tests beside a text came to."""

    all: tuple[api.Rehearsed, ...]

    @property
    def failed(self) -> int:
        return sum(not test.passed for test in self.all)

    @property
    def state(self) -> State:
        if not self.all:
            return State(_("No tests ran"))
        if self.failed:
            said = _("%(failed)s of %(n)s tests failed") % {"failed": self.failed, "n": len(self.all)}
            return State(said, "breached", "alert")
        passed = ngettext("The test passed", "All %(n)s tests passed", len(self.all)) % {"n": len(self.all)}
        return State(passed, "calm", "check")


class CheckedText:
    """What the check says of a text that is meant for the workflow `name`."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        checked = self._checked = api.check_workflow(text)
        self.canonical: Any = checked.canonical
        self.marks = [_marked(fault) for fault in checked.faults]
        named = self.canonical["workflow"] if self.canonical else name
        if named != name:
            self.canonical = None
            said = _(
                "This text is of the workflow %(other)s. It has to stay %(name)s; make a new workflow for another."
            )
            message = said % {"other": named, "name": name}
            self.marks.insert(0, Marked(_line_of_name(text), 1, message, "workflow", "breached"))

    @property
    def rehearsed(self) -> Tests:
        return Tests(api.rehearse_tests(self._checked) if self.valid else ())

    @property
    def valid(self) -> bool:
        return self.canonical is not None

    @property
    def faults(self) -> int:
        return sum(mark.tone == "breached" for mark in self.marks)

    @property
    def state(self) -> State:
        if self.valid:
            return State(_("Valid"), "calm", "check")
        return State(ngettext("%(n)s fault", "%(n)s faults", self.faults) % {"n": self.faults}, "breached", "alert")

    @property
    def blocks(self) -> tuple[Drawn, ...]:
        return drawn_definition(api.compile_definition(self.canonical), lines_of(self.text)) if self.valid else ()


def lines_of(text: str) -> dict[str, int]:
    """The line on which each step's id is written, by the id."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        for written in WRITTEN_ID.findall(line):
            found.setdefault(written, number)
    return found


def _line_of_name(text: str) -> int:
    lines = enumerate(text.splitlines(), start=1)
    return next((number for number, line in lines if line.startswith("workflow:")), 1)


def _marked(fault: Any) -> Marked:
    tone = "breached" if fault.level == "error" else "warning"
    return Marked(fault.line, fault.column, fault.message, fault.path, tone)
