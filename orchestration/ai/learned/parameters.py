"""A learned model as exported numbers, served in pure Python without the libraries that trained it."""

from __future__ import annotations

import base64
import json
import math
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.ai.learned.calibration import Calibration
from orchestration.ai.learned.customs import Customs
from orchestration.ai.learned.space import Space, Vector

FORM = 1  # of the stored parameters; another form is not read


@dataclass(frozen=True, slots=True)
class Parameters:
    """Weights stand feature by feature, one number for each outcome."""

    outcomes: tuple[str, ...]
    space: Space
    weights: array[float]
    intercepts: tuple[float, ...]
    calibration: Calibration
    customs: Customs

    def scores(self, *vectors: Vector) -> list[float]:
        """The log-odds of each outcome, before they are turned into shares."""
        width, weights = len(self.outcomes), self.weights
        found = list(self.intercepts)
        for vector in vectors:
            for feature, amount in vector.items():
                start = feature * width
                for place in range(width):
                    found[place] += weights[start + place] * amount
        return found

    def weight(self, feature: int, outcome: int) -> float:
        return self.weights[feature * len(self.outcomes) + outcome]


def shares(scores: Sequence[float]) -> list[float]:
    """Softmax."""
    highest = max(scores)
    raised = [math.exp(score - highest) for score in scores]
    total = sum(raised)
    return [value / total for value in raised]


def to_json(parameters: Parameters) -> dict[str, Any]:
    """The weights as base64 of little-endian 32-bit floats."""
    return {
        "form": FORM,
        "kind": "outcome",
        "outcomes": list(parameters.outcomes),
        "space": parameters.space.to_json(),
        "weights": base64.b64encode(_little_endian(parameters.weights).tobytes()).decode(),
        "intercepts": list(parameters.intercepts),
        "calibration": parameters.calibration.to_json(),
        "customs": parameters.customs.to_json(),
    }


def from_json(body: Mapping[str, Any]) -> Parameters:
    weights = array("f")
    weights.frombytes(base64.b64decode(body["weights"]))
    return Parameters(
        tuple(body["outcomes"]),
        Space.from_json(body["space"]),
        _little_endian(weights),
        tuple(body["intercepts"]),
        Calibration.from_json(body["calibration"]),
        Customs.from_json(body["customs"]),
    )


def compress(body: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(body, separators=(",", ":")).encode(), 6)


def decompress(stored: bytes) -> dict[str, Any]:
    """The stored body. Raises ValueError for a form that this version does not read."""
    body: dict[str, Any] = json.loads(zlib.decompress(stored))
    if body.get("form") != FORM:
        raise ValueError(f"Stored form {body.get('form')!r} is not form {FORM}; train again.")
    return body


def _little_endian(weights: array[float]) -> array[float]:
    if sys.byteorder == "little":
        return weights
    swapped = array("f", weights)
    swapped.byteswap()
    return swapped
