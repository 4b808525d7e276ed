"""What the command line says of the tests beside a text: for people, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from orchestration.api import Rehearsed


def told_tests(path: Path, tests: Iterable[Rehearsed]) -> Iterator[str]:
    """A line a test; of a failed one also what was expected, what was found, and the trail."""
    count = failed = 0
    for test in tests:
        count += 1
        failed += not test.passed
        yield f"{path}:{test.line}: {'passed' if test.passed else 'FAILED'}: {test.name}"
        for failure in test.failures:
            yield f"  line {failure.line}: expected {failure.expected}"
            yield f"  {' ' * len(f'line {failure.line}')}  found {failure.found}"
        for told in test.trail if not test.passed else ():
            yield f"    {told.after:>8}  {told.what}"
    yield f"{path}: {count - failed} of {count} tests passed" if count else f"{path}: no tests"


def rehearsed_as_json(test: Rehearsed) -> dict[str, Any]:
    return {
        "name": test.name,
        "line": test.line,
        "ok": test.passed,
        "failures": [{"line": one.line, "expected": one.expected, "found": one.found} for one in test.failures],
        "trail": [{"after": told.after, "what": told.what} for told in test.trail],
    }
