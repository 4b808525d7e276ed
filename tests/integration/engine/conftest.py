"""The workbench as a fixture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.engine.texts import PURCHASE_TOOLS
from tests.support.bench import Bench, bench


@pytest.fixture
def engine(db: None) -> Iterator[Bench]:
    with bench(*PURCHASE_TOOLS) as made:
        made.tools["finance.budget"].result = {"remaining": 500}
        made.tools["suppliers.history"].result = {"orders": 12}
        made.tools["erp.order"].result = {"id": "PO-1"}
        yield made
