"""DBOS, measured beside us: in an environment of its own under the machine's temporary folder, kept between runs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

DBOS = "dbos==3.4.0"
PROGRAM = Path(__file__).parent / "peers/dbos_steps.py"


@dataclass(frozen=True, slots=True)
class Peer:
    """What DBOS did on the same machine and database server, by the best of its documented ways."""

    step_p50_ms: float
    steps_per_s: float = 0.0


def dbos(database_url: str, *, rates: bool = True) -> Peer | None:
    """None, and said on standard error, where DBOS cannot be had or does not run. Without `rates` only one run after
    another is measured."""
    try:
        program = [str(_environment()), str(PROGRAM), database_url, *(() if rates else ("alone",))]
        said = subprocess.run(program, capture_output=True, text=True, check=True, timeout=180).stdout
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError) as error:
        told = getattr(error, "stderr", None) or str(error)
        print(f"DBOS was not measured: {str(told).strip()[-500:]}", file=sys.stderr)
        return None
    found = json.loads(said.splitlines()[-1])
    print(f"DBOS: {found}", file=sys.stderr)
    return Peer(found["step_p50_ms"], found.get("steps_per_s", 0.0))


def _environment() -> Path:
    place = Path(tempfile.gettempdir()) / "reviewhub-benchmarks" / DBOS
    python = place / "bin/python"
    if not (place / "ready").exists():
        venv.create(place, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", DBOS]
        subprocess.run(install, capture_output=True, text=True, check=True, timeout=300)
        (place / "ready").touch()
    return python
