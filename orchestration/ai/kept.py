"""How far readings of a field may be believed: how many like it people left as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from orchestration.ports import KeptReading, Reading

FEWEST = 20  # readings that people have judged, before there is a number
MOST = 100  # the latest of them
ALIKE = 0.1  # difference in the reader's own word


def fitted(readings: Mapping[str, Reading], history: Sequence[KeptReading]) -> dict[str, Reading]:
    """`history`: the newest first."""
    return {
        name: _fitted(reading, [each for each in history if each.field == name]) for name, reading in readings.items()
    }


def _fitted(reading: Reading, history: Sequence[KeptReading]) -> Reading:
    if reading.value is None or reading.own_confidence is None:
        return reading
    own = reading.own_confidence
    alike = [each.kept for each in history if abs(each.own_confidence - own) <= ALIKE + 1e-9][:MOST]
    if len(alike) < FEWEST:
        return reading
    return replace(reading, confidence=sum(alike) / len(alike), agreed=sum(alike), sample=len(alike))
