"""What a benchmark says: one JSON object a line."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence


def report(
    benchmark: str,
    measure: str,
    value: float,
    unit: str,
    *,
    floor: float | None = None,
    peer: float | None = None,
    bar: float | None = None,
    at_least: float | None = None,
) -> None:
    """`floor` is what the bare machine takes for the least that has to be done, `peer` what another engine does in the
    same run, both in the same unit.

    The promise is `bar`, which the value may reach and not pass, or `at_least`, which it has to reach.
    """
    said: dict[str, object] = {"benchmark": benchmark, "measure": measure, "value": _short(value), "unit": unit}
    if floor is not None:
        said |= {"floor": _short(floor), "ratio": _short(value / floor)}
    if peer is not None:
        said |= {"peer": _short(peer), "ratio": _short(value / peer)}
    if bar is not None:
        said |= {"bar": _short(bar), "holds": value <= bar}
    if at_least is not None:
        said |= {"bar": _short(at_least), "holds": value >= at_least}
    print(json.dumps(said), flush=True)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _short(value: float) -> float:
    return round(value, 3 if value < 10 else 1)
