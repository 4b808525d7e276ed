"""Publishes the demo's two workflows, unless somebody has published one of that name already."""

from __future__ import annotations

from pathlib import Path

from orchestration import api
from orchestration.ports import Actor

TEXTS = Path(__file__).resolve().parents[1] / "workflows"


def load_workflows(actor: Actor) -> None:
    published = set(api.workflows().filter(current__isnull=False).values_list("name", flat=True))
    for path in sorted(TEXTS.glob("*.yaml")):
        if path.stem not in published:
            api.publish_workflow(text=path.read_text(encoding="utf-8"), note="As the demo brings it", actor=actor)
