"""Reads a model's reply: out of its wrapping, by the schema, or with a plain word on what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator

from orchestration.ai.openai.calling import Reply
from orchestration.ai.openai.faults import Unanswered

LONGEST_ANSWER = 200_000  # characters
LONGEST_SENTENCE = 400
LONGEST_QUOTE = 1_000
LONGEST_TEXT = 20_000
MOST_REASONS = 6
MOST_QUOTES = 10
MOST_FAULTS = 5
OPTIONAL = ("confidence", "would_change", "text", "evidence", "fields")
WITHOUT_OUTCOMES = {"write": "written", "extract": "extracted"}

_FENCE = re.compile(r"\A\s*```[a-zA-Z]*\s*\n(?P<inside>.*?)\n?\s*```\s*\Z", re.DOTALL)


class Invalid(Exception):
    """The reply is no answer; the message says what is wrong, for the model to repair and for people to read."""


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """An answer that has the right form. Whether it is held up by the facts is another question."""

    outcome: str | None
    own_confidence: float | None
    reasons: tuple[str, ...]
    quotes: tuple[Mapping[str, str], ...]
    would_change: str
    text: str | None
    fields: Mapping[str, Mapping[str, Any]]  # {name: {"value", "confidence", "source", "quote"}}
    more: Mapping[str, Any]  # what the decision point's own schema asked for beside


def answer_schema(
    outcomes: Sequence[str], kind: str, own: Mapping[str, Any], fields: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    """The schema of an answer, with the properties that a decision point's version adds, and the fields it reads."""
    quote = {
        "type": "object",
        "properties": {"source": {"type": "string"}, "quote": {"type": "string"}},
        "required": ["source", "quote"],
        "additionalProperties": False,
    }
    properties = {
        **own.get("properties", {}),
        "outcome": {
            "type": ["string", "null"],
            "enum": [*(outcomes or (WITHOUT_OUTCOMES.get(kind, "written"),)), None],
        },
        "confidence": {"type": ["number", "null"]},
        "reasons": {"type": "array", "items": {"type": "string"}},
        "evidence": {"type": "array", "items": quote},
        "would_change": {"type": "string"},
        "text": {"type": "string" if kind == "write" else ["string", "null"]},
        **({"fields": _closed({name: _field(schema) for name, schema in fields.items()})} if fields else {}),
    }
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _field(schema: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: said for name, said in schema.items() if name not in ("labels", "title")}
    text = {"type": ["string", "null"]}
    value = {"anyOf": [known or {"type": "string"}, {"type": "null"}]}
    return _closed({"value": value, "confidence": {"type": ["number", "null"]}, "source": text, "quote": text})


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def read(reply: Reply, schema: Mapping[str, Any]) -> ModelAnswer:
    """Raises `Invalid` for what a model can repair, and `Unanswered` for what it will not say."""
    if reply.refusal:
        raise Unanswered("refused", "The model refused to answer")
    if reply.finish == "content_filter":
        raise Unanswered("filtered", "The model server's content filter cut the answer")
    if reply.finish == "length":
        raise Invalid("the answer was cut off before its end; answer more briefly")
    body = _json(reply.content or "")
    faults = list(islice(_validator(schema).iter_errors(body), MOST_FAULTS))
    if faults:
        raise Invalid("; ".join(_fault(list(fault.path), fault.message) for fault in faults))
    if len(body.get("text") or "") > LONGEST_TEXT:
        raise Invalid("text: it is far too long")
    return _answer(body, schema)


def _validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """More than was asked for does no harm, and neither does an optional part left out."""
    needed = [name for name in schema["required"] if name not in OPTIONAL]
    if schema["properties"]["text"]["type"] == "string":
        needed.append("text")
    return Draft202012Validator({**schema, "required": needed, "additionalProperties": True})


def _fault(path: Sequence[Any], message: str) -> str:
    return f"{'.'.join(map(str, path)) or 'the answer'}: {message[:200]}"


def _json(content: str) -> dict[str, Any]:
    if len(content) > LONGEST_ANSWER:
        raise Invalid("the answer is far too long")
    fenced = _FENCE.match(content)
    text = fenced["inside"] if fenced else content
    begin, end = text.find("{"), text.rfind("}")
    if begin < 0 or end < begin:
        raise Invalid("the answer holds no JSON object")
    try:
        body = json.loads(text[begin : end + 1], parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"the answer is not valid JSON ({type(error).__name__})") from None
    if not isinstance(body, dict):
        raise Invalid("the answer is not a JSON object")
    return body


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _answer(body: Mapping[str, Any], schema: Mapping[str, Any]) -> ModelAnswer:
    own = body.get("confidence")
    ours = ("outcome", "confidence", "reasons", "evidence", "would_change", "text", "fields")
    return ModelAnswer(
        outcome=body["outcome"],
        own_confidence=None if own is None else float(max(0, min(1, own))),
        reasons=tuple(reason.strip()[:LONGEST_SENTENCE] for reason in body["reasons"] if reason.strip())[:MOST_REASONS],
        quotes=tuple(_quote(quote) for quote in (body.get("evidence") or ())[:MOST_QUOTES]),
        would_change=(body.get("would_change") or "").strip()[:LONGEST_SENTENCE],
        text=body.get("text"),
        fields=body.get("fields") or {},
        more={name: body[name] for name in schema["properties"] if name not in ours and name in body},
    )


def _quote(given: Mapping[str, str]) -> Mapping[str, str]:
    """No longer than is needed to find it."""
    return {"source": given["source"][:200], "quote": given["quote"][:LONGEST_QUOTE]}
