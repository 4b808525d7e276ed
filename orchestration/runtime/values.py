"""Values that are kept apart because they are large: written once a run, read where somebody needs them whole."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from orchestration.core import large
from orchestration.exceptions import NotFound
from orchestration.models import LargeValue

KEPT = 4  # values that a process keeps to decide by
KEPT_BELOW = 1_000_000  # bytes of such a value's JSON

_lock = threading.Lock()
_kept: dict[tuple[Any, str], Any] = {}  # by run and digest, the oldest first


def keep(kept: Iterable[tuple[Any, Mapping[str, str]]]) -> None:
    """Values of several runs, each as JSON by its digest. One that is there already stays."""
    rows = [
        LargeValue(run_id=run_id, digest=digest, body=body) for run_id, apart in kept for digest, body in apart.items()
    ]
    if rows:
        LargeValue.objects.bulk_create(rows, ignore_conflicts=True)


def load(run_id: Any, digests: Collection[str]) -> dict[str, Any]:
    """By digest. One that was erased is null, as erased values are everywhere."""
    found: dict[str, Any] = dict.fromkeys(digests)
    rows = LargeValue.objects.filter(run_id=run_id, digest__in=digests)
    return found | {digest: json.loads(body) for digest, body in rows.values_list("digest", "body")}


def load_to_decide(run_id: Any, digests: Collection[str]) -> dict[str, Any]:
    """As `load`, of an open run: what a loop goes through is wanted for every item, and read once a process."""
    with _lock:
        found = {digest: _kept[run_id, digest] for digest in digests if (run_id, digest) in _kept}
    loaded = load(run_id, left) if (left := set(digests) - found.keys()) else {}
    for digest, value in loaded.items():
        if value is not None and large.text_if_large(value, KEPT_BELOW) is None:
            _keep_here((run_id, digest), value)
    return found | loaded


def _keep_here(key: tuple[Any, str], value: Any) -> None:
    with _lock:
        _kept[key] = value
        while len(_kept) > KEPT:
            del _kept[next(iter(_kept))]


def whole(run_id: Any, value: Any) -> Any:
    """A value as a run's row or event has it, as it is."""
    return load(run_id, [value[large.OF]])[value[large.OF]] if large.is_reference(value) else value


def are_erased(run_id: Any, values: Iterable[Any]) -> bool:
    wanted = {value[large.OF] for value in values if large.is_reference(value)}
    return LargeValue.objects.filter(run_id=run_id, digest__in=wanted).count() < len(wanted)


def text_of(run_id: Any, digest: str) -> str:
    """The canonical JSON of a large value. Raises `NotFound`, also where it was erased."""
    row = LargeValue.objects.filter(run_id=run_id, digest=digest).first()
    if row is None:
        raise NotFound(f"The run {run_id} has no value {digest}.")
    return row.body


def altered() -> Iterator[tuple[str, str]]:
    """Run and digest of values that are not what the audit trail names."""
    for row in LargeValue.objects.order_by("id").iterator(chunk_size=100):
        if hashlib.sha256(row.body.encode()).hexdigest() != row.digest:
            yield str(row.run_id), row.digest
