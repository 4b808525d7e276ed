"""Every kind of event that the core records in the story of a run, as its own code says it."""

from __future__ import annotations

import re
from pathlib import Path

CORE = Path(__file__).parents[3] / "orchestration" / "core"
SUBJECTS = "run|step|attempt|review|timer|incident|wait|event|child|deadline|undo"
RECORDED = frozenset(
    kind for path in CORE.glob("*.py") for kind in re.findall(rf'"((?:{SUBJECTS})\.[a-z_]+)"', path.read_text())
)
