"""Somebody who visits the demo by HTTP alone: follows links and fills in forms, as a browser without scripts would."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable

import httpx

FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
TASK = re.compile(r'<a[^>]*href="/tasks/([0-9a-f-]{36})/[^"]*"[^>]*>([^<]+)</a>')


class DemoVisitor:
    """Opens the demo; the product decides who that is."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, follow_redirects=True, timeout=20)
        self.page = self.open("/")

    def open(self, address: str) -> str:
        answer = self._client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        self.page = answer.text
        return self.page

    def become(self, username: str) -> None:
        assert self.post(f"/demo/people/{username}/").status_code == 200

    def send(self, case: str) -> str:
        """Presses a button of the tour; what the page says of it."""
        self.page = self.post("/demo/events/", case=case).text
        said = re.search(r'class="tour-sent".*?</p>', self.page, re.DOTALL)
        assert said, "the page says nothing of what was sent"
        return said.group()

    def switch_erp(self, *, down: bool) -> None:
        assert self.post("/demo/erp/", down="yes" if down else "no").status_code == 200

    def tasks(self, view: str = "team") -> dict[str, str]:
        """The waiting tasks of a view: title to id."""
        return {html.unescape(title).strip(): task for task, title in TASK.findall(self.open(f"/queue/{view}/"))}

    def task_named(self, part: str, view: str = "team", within: float = 20) -> str:
        return until(lambda: next((task for title, task in self.tasks(view).items() if part in title), ""), within)

    def wait_for(self, said: str, at: str, within: float = 15) -> None:
        until(lambda: said if said in self.open(at) else "", within)

    def decide(self, task: str, outcome: str, **more: str) -> httpx.Response:
        self.open(f"/tasks/{task}/")
        form = self.page[self.page.index('id="task-decide"') :]
        return self.post(f"/tasks/{task}/decision/", **dict(FIELD.findall(form)) | {"outcome": outcome, **more})

    def take_back(self, task: str) -> httpx.Response:
        return self.post(f"/tasks/{task}/decision/", _method="delete")

    def close(self) -> None:
        self._client.close()

    def post(self, address: str, **fields: str) -> httpx.Response:
        token = self._client.cookies.get("csrftoken") or ""
        return self._client.post(address, data=fields, headers={"X-CSRFToken": token})


def until(look: Callable[[], str], within: float) -> str:
    """What `look` sees as soon as it sees something."""
    end = time.monotonic() + within
    while not (seen := look()):
        assert time.monotonic() < end, f"nothing to be seen within {within:.0f} s"
        time.sleep(0.1)
    return seen
