"""Reads bodies: strict JSON, and workflow texts as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from orchestration.api import MalformedBody, read_json_object
from reviewhub.api.conf import BODY_MAX_BYTES
from reviewhub.api.problems import Problem


class StrictJSONParser(BaseParser):
    """A JSON object, with nothing that two readers could take two ways."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            return read_json_object(read_bounded(stream))
        except MalformedBody as error:
            raise ParseError(str(error)) from None


class TextParser(BaseParser):
    """A workflow's text, as `{"text": …}`."""

    media_type = "application/yaml"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            return {"text": read_bounded(stream).decode()}
        except UnicodeDecodeError as error:
            raise ParseError(f"The text is not UTF-8: byte {error.start} cannot be read.") from None


def read_bounded(stream: Any, limit: int = BODY_MAX_BYTES) -> bytes:
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise Problem("too-large", f"At most {limit} bytes are taken here.")
    return body
