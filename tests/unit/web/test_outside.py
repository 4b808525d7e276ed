"""Which texts of a case become links, and where those say that they lead."""

from __future__ import annotations

import pytest

from reviewhub.web.presenters.outside import outside_of


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://shop.example/photos/17?size=large#top", "shop.example"),
        ("http://shop.example:8080/", "shop.example:8080"),
        ("HTTPS://SHOP.example/", "shop.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ],
)
def test_an_address_leads_where_it_says(address: str, host: str) -> None:
    found = outside_of(address)
    assert found is not None
    assert (found.href, found.host) == (address, host)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        " https://shop.example/",
        "java\nscript:alert(1)",
        "data:text/html,hello",
        "//shop.example/",
        "/sign-out/",
        "https:///nowhere",
        "https://bank.example@evil.example/",  # reads like the bank
        "https:\\\\evil.example",
        "https://shop.example/ and more words",
        "https://bücher.example/",  # what looks like a letter may be another
        "https://shop.example:port/",
        "https://[::1",
        "https://shop.example/" + "a" * 2_000,
        "",
        17,
        None,
        ["https://shop.example/"],
    ],
)
def test_all_else_stays_text(text: object) -> None:
    assert outside_of(text) is None
