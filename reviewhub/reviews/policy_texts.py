"""Reading the text of a policy. The workflow language itself checks it, wrapped in the smallest workflow there is,
so that what may be written in the settings is exactly what may be written in a workflow."""

from __future__ import annotations

from textwrap import indent
from typing import Any

from django.utils.translation import gettext as _

from orchestration import api
from reviewhub.reviews.models import Queue

_FRAME = """\
workflow: policy
title: Policy
owner: policy
input: {{type: object}}
steps:
  - id: review
    review:
      title: Policy
      outcomes: [approve, reject]
      assign: {{queue: {queue}}}
      {clause}:
"""


class InvalidPolicy(ValueError):
    """The policy's text has faults. `faults` are (line, message), with the lines of the text itself."""

    def __init__(self, faults: list[tuple[int, str]]) -> None:
        self.faults = faults
        super().__init__(
            " ".join(_("Line %(line)s: %(message)s") % {"line": line, "message": message} for line, message in faults)
        )


def read_escalation(text: str) -> list[dict[str, Any]]:
    """The canonical levels of `- {after: 24h, to: {backup_of: queue}}` and so on. Raises InvalidPolicy."""
    levels: list[dict[str, Any]] = _read("escalate", text)
    return levels


def read_sla(text: str) -> dict[str, Any]:
    """The canonical form of `due: 8h`, `calendar: …`, `critical: …`. Raises InvalidPolicy."""
    sla: dict[str, Any] = _read("sla", text)
    return sla


def _read(clause: str, text: str) -> Any:
    queue = Queue.objects.values_list("slug", flat=True).first()
    if queue is None:
        raise InvalidPolicy([(1, _("Make a queue first: a policy is about the tasks of one."))])
    frame = _FRAME.format(queue=queue, clause=clause)
    before = frame.count("\n")
    checked = api.check_workflow(frame + indent(text.strip("\n"), " " * 8) + "\n")
    last = text.strip("\n").count("\n") + 1
    faults = [
        (min(max(fault.line - before, 1), last), fault.message) for fault in checked.faults if fault.level == "error"
    ]
    if faults or checked.canonical is None:
        raise InvalidPolicy(faults or [(1, _("This could not be read."))])
    step = _step(checked.canonical)
    if clause not in step:
        raise InvalidPolicy([(1, _("It says nothing."))])
    return step[clause]


def _step(canonical: Any) -> Any:
    """The review step's canonical content."""
    step = canonical["steps"][0]
    return step.get("review", step)
