"""What a workflow of an installation may name. None: not checked, as on a machine without the installation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

ToolShape = tuple[Mapping[str, Any], Mapping[str, Any], bool]  # input schema, output schema, idempotent


@dataclass(frozen=True)
class Catalogue:
    """`tools` by reference, such as `erp.create_order@2`."""

    tools: Mapping[str, ToolShape] | None = None
    lookups: Collection[str] | None = None  # references of tools that change nothing
    decision_points: Collection[str] | None = None
    queues: Collection[str] | None = None
    groups: Collection[str] | None = None  # of people
    calendars: Collection[str] | None = None
    escalation_policies: Collection[str] | None = None
    sla_policies: Collection[str] | None = None
    connections: Collection[str] | None = None
    workflows: Mapping[str, Mapping[str, Any]] | None = None  # the input schemas of those that are published
    built_in: Collection[str] = frozenset()  # what no workflow and no step may be called
