"""Python's collector of cycles, told what will never be garbage."""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 20_000, 20, 50  # allocations until a look at the young, looks until the next older


def settle() -> None:
    """After everything is loaded: modules, models and templates are left out of every later look."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
