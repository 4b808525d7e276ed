"""`python -m benchmarks [NAME]`: all of them, or one, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

OF_THE_HARNESS = {
    *("__init__", "__main__", "beside", "embedded_steps", "filling", "floors", "lighthouse", "listening"),
    *("load", "loading", "measures", "place", "plans", "report", "sending", "trivial"),
}


def main(chosen: list[str]) -> int:
    known = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in OF_THE_HARNESS)
    unknown = set(chosen) - set(known)
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}.", file=sys.stderr)
        return 2
    statuses = [
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode for name in chosen or known
    ]
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
