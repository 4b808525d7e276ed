"""A stylesheet is answered with all that it imports."""

from __future__ import annotations

import pytest

from reviewhub.stylesheets import joined


def of(files: dict[str, str]) -> str:
    return joined("/css/app.css", files.__getitem__).content.decode()


def test_what_is_imported_stands_where_it_was_imported() -> None:
    files = {
        "/css/app.css": '@layer a, b;\n@import url("parts/one.css");\n@import "two.css";\n.end {}',
        "/css/parts/one.css": "@import url('../deep.css');\n.one {}",
        "/css/two.css": ".two {}",
        "/css/deep.css": ".deep {}",
    }
    assert of(files) == "@layer a, b;\n.deep {}\n.one {}\n.two {}\n.end {}"


def test_a_circle_is_named() -> None:
    files = {"/css/app.css": '@import "one.css";', "/css/one.css": '@import "app.css";'}
    with pytest.raises(ValueError, match=r"/css/app.css → /css/one.css"):
        of(files)


def test_an_address_that_would_mean_another_file_is_refused() -> None:
    files = {"/css/app.css": '@import "parts/one.css";', "/css/parts/one.css": '.one { background: url("dot.svg") }'}
    with pytest.raises(ValueError, match=r"one.css is joined with others"):
        of(files)


def test_addresses_that_mean_the_same_everywhere_stay() -> None:
    text = '.one { background: url("data:image/svg+xml,x"); mask: url(#m); cursor: url(/static/x.svg) }'
    assert of({"/css/app.css": '@import "one.css";', "/css/one.css": text}) == text
