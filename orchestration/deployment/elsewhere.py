"""Another installation, by its API and a token with the scopes workflows:read and workflows:deploy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from orchestration.core.language.check import Fault
from orchestration.deployment.places import Published, Refused

TIMEOUT = 30.0  # seconds


class Elsewhere:
    """`target` is the address of the installation, such as https://reviews.example.com."""

    def __init__(self, target: str, token: str) -> None:
        self._api = target.rstrip("/") + "/api/v1/"
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def names(self) -> list[str]:
        names: list[str] = []
        query: dict[str, str] = {}
        while True:
            page = self._asked("GET", "workflows/", params=query).json()
            names += [row["name"] for row in page["items"] if row["current"] is not None]
            if not page.get("next"):
                return names
            query = dict(httpx.URL(page["next"]).params)

    def current(self, name: str) -> Published | None:
        answer = self._asked("GET", f"workflows/{name}/", known=(404,))
        return _published(answer.json()) if answer.status_code != 404 else None

    def publish(self, name: str, text: str, note: str, *, skip_tests: bool) -> Published:
        body = {"text": text, "note": note, "skip_tests": skip_tests}
        answer = self._asked("PUT", f"workflows/{name}/", json=body)
        published = _published(answer.json())
        if published is None:
            raise Refused("The server took the text and names no version of it.")
        return published

    def _asked(self, method: str, path: str, known: tuple[int, ...] = (), **more: Any) -> httpx.Response:
        try:
            answer = httpx.request(method, self._api + path, headers=self._headers, timeout=TIMEOUT, **more)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Refused(f"{self._api} cannot be reached: {error}") from error
        if answer.is_success or answer.status_code in known:
            return answer
        raise _refusal(answer)


def _published(workflow: Mapping[str, Any]) -> Published | None:
    version = workflow["current"]
    if version is None:
        return None
    return Published(workflow["name"], version["number"], version["text"], version["content_hash"])


def _refusal(answer: httpx.Response) -> Refused:
    """What the server's problem+json says."""
    try:
        problem = answer.json()
        faults = [Fault(**fault) for fault in problem.get("faults", ())]
        said = problem.get("detail") or problem.get("title")
    except (ValueError, TypeError, AttributeError):
        return Refused(f"The server answered {answer.status_code}.")
    return Refused(f"The server answered {answer.status_code}: {said}", faults)
