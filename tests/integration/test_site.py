"""What the web server sends with every page and file."""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.support.installation import ROOT
from tests.support.live_site import LiveSite


def test_pages_carry_a_policy_that_allows_nothing_from_elsewhere(live_site: LiveSite) -> None:
    policy = httpx.get(f"{live_site.url}/", follow_redirects=True).headers["content-security-policy"]
    said = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert said["default-src"] == said["script-src"] == said["style-src"] == said["connect-src"] == "'self'"
    assert said["frame-ancestors"] == said["object-src"] == "'none'"


def test_static_files_are_served_without_collecting_them(live_site: LiveSite) -> None:
    answer = httpx.get(f"{live_site.url}/static/css/app.css")
    assert answer.status_code == httpx.codes.OK
    assert answer.text == Path(ROOT / "static/css/app.css").read_text()


def test_a_file_that_the_browser_has_is_not_sent_again(live_site: LiveSite) -> None:
    first = httpx.get(f"{live_site.url}/static/css/app.css")
    again = httpx.get(f"{live_site.url}/static/css/app.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (httpx.codes.NOT_MODIFIED, b"")
    assert first.headers["x-content-type-options"] == "nosniff"


def test_nothing_beside_the_static_files_is_served(live_site: LiveSite) -> None:
    answer = httpx.get(f"{live_site.url}/static/../manage.py")
    assert answer.status_code == httpx.codes.NOT_FOUND
