"""What the web server sends with every page and file."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from tests.support.installation import ROOT
from tests.support.live_site import LiveSite


def test_pages_carry_a_policy_that_allows_nothing_from_elsewhere(live_site: LiveSite) -> None:
    policy = httpx.get(f"{live_site.url}/", follow_redirects=True).headers["content-security-policy"]
    said = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert said["default-src"] == said["script-src"] == said["style-src"] == said["connect-src"] == "'self'"
    assert said["frame-ancestors"] == said["object-src"] == "'none'"


def test_static_files_are_served_without_collecting_them(live_site: LiveSite) -> None:
    answer = httpx.get(f"{live_site.url}/static/js/app.js")
    assert answer.status_code == httpx.codes.OK
    assert answer.text == Path(ROOT / "static/js/app.js").read_text()


@pytest.mark.parametrize("name", ["app", "demo", "process"])
def test_a_stylesheet_comes_with_all_that_it_imports(live_site: LiveSite, name: str) -> None:
    answer = httpx.get(f"{live_site.url}/static/css/{name}.css")
    assert (answer.status_code, answer.headers["content-encoding"]) == (httpx.codes.OK, "gzip")
    assert answer.headers["content-type"].startswith("text/css")
    assert "@import" not in answer.text
    for imported in re.findall(r'@import url\("([^"]+)"\)', (ROOT / f"static/css/{name}.css").read_text()):
        own = re.sub(r"@import[^;]+;", "", (ROOT / "static/css" / imported).read_text())
        assert own.strip()[-40:] in answer.text, imported
    plain = httpx.get(f"{live_site.url}/static/css/{name}.css", headers={"Accept-Encoding": "identity"})
    assert plain.text == answer.text


def test_a_file_that_the_browser_has_is_not_sent_again(live_site: LiveSite) -> None:
    first = httpx.get(f"{live_site.url}/static/css/app.css")
    again = httpx.get(f"{live_site.url}/static/css/app.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (httpx.codes.NOT_MODIFIED, b"")
    assert first.headers["x-content-type-options"] == "nosniff"


def test_nothing_beside_the_static_files_is_served(live_site: LiveSite) -> None:
    answer = httpx.get(f"{live_site.url}/static/../manage.py")
    assert answer.status_code == httpx.codes.NOT_FOUND
