"""The office of the API's tests, served so that another machine's command line can reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.api.office import Office

if TYPE_CHECKING:
    from tests.support.live_site import LiveSite


@pytest.fixture
def office(db: None) -> Office:
    return Office()


@pytest.fixture
def served_office(live_site: LiveSite, monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office()
    monkeypatch.setenv("DEPLOY_TOKEN", office.token(office.engineer, "workflows:read", "workflows:deploy")[1])
    monkeypatch.setenv("READ_TOKEN", office.token(office.mallory, "workflows:read")[1])
    return office
