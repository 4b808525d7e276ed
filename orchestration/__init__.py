"""The engine: workflows carried through by decisions that survive whatever dies."""

import sys

# httpx does without its command line where that cannot be imported; its packages are 4 MB of every process.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
