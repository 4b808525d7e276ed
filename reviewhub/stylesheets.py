"""A stylesheet with all that it imports, as one answer: a browser shows nothing before it has the last of them.

The files stay as they are written, one a component; what is joined is made on first use and kept.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass

IMPORT = re.compile(r"""@import\s+(?:url\()?["']([^"']+)["']\)?\s*;""")
RELATIVE = re.compile(r"""url\(\s*(?!["']?(?:[a-z]+:|/|#))""", re.IGNORECASE)

Read = Callable[[str], str]  # the text behind an address


@dataclass(frozen=True, slots=True)
class Stylesheet:
    content: bytes
    compressed: bytes
    etag: str


def joined(address: str, read: Read) -> Stylesheet:
    content = _with_imports(address, read, ()).encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    return Stylesheet(content, gzip.compress(content, mtime=0), etag)


def _with_imports(address: str, read: Read, above: tuple[str, ...]) -> str:
    """Raises ValueError for a circle, and for a relative address that would mean another file in its new place."""
    if address in above:
        raise ValueError(f"{address} imports itself: {' → '.join((*above, address))}")
    text, here = read(address), posixpath.dirname(address)
    if above and RELATIVE.search(IMPORT.sub("", text)):
        raise ValueError(f"{address} is joined with others, so what it names has to begin with a slash.")

    def imported(found: re.Match[str]) -> str:
        return _with_imports(posixpath.normpath(posixpath.join(here, found[1])), read, (*above, address))

    return IMPORT.sub(imported, text)
