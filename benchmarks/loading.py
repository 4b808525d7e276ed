"""What a browser loads with its first page, as it travels: static files as production compresses them."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urljoin

import httpx

STATIC = "/static/"
_NAMED = (
    r"""(?:href|src)="([^"#?${]+)["#?]""",
    r"""@import\s+(?:url\()?["']([^"']+)""",
    r"""url\(["']?([^"')#]+)""",
    r"""(?:from|import)\s*\(?["'](\.[^"']+)""",
)


def first_load(url: str, path: str, cookies: dict[str, str]) -> dict[str, int]:
    """Bytes by address: the page, and whatever it names, file by file, as far as it lies among the static files."""
    with httpx.Client(base_url=url, cookies=cookies, headers={"Accept-Encoding": "gzip"}) as client:
        with client.stream("GET", path) as page:
            travelled = sum(len(piece) for piece in page.iter_raw())
        sizes = {path: travelled}
        waiting = _named_in(client.get(path).text, f"{url}{path}")
        while waiting:
            address = waiting.pop()
            if address in sizes:
                continue
            content = client.get(address).raise_for_status().content
            sizes[address] = len(gzip.compress(content, 9))
            if address.endswith((".css", ".js")):
                waiting += _named_in(content.decode(), f"{url}{address}")
        return sizes


def _named_in(text: str, base: str) -> list[str]:
    found = [urljoin(base, name) for pattern in _NAMED for name in re.findall(pattern, text)]
    return ["/" + address.split("/", 3)[3] for address in found if address.count("/") > 2 and STATIC in address]
