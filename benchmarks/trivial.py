"""Tools that do next to nothing, so that what is measured is the engine. The workers of a benchmark import this."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.load import NOTES
from orchestration.api import ToolCall, tool


@tool(name="bench.add", version=1, idempotent=True)
def add(given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
    return {"n": given["n"] + 1}


@tool(name="bench.note", version=1, idempotent=True)
def note(given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
    """Writes down when it was called, for which run."""
    at = time.time()
    with (Path(os.environ[NOTES]) / f"{os.getpid()}.txt").open("a") as notes:
        notes.write(f"{call.run_id} {at!r}\n")
    return {"n": given["n"] + 1}
