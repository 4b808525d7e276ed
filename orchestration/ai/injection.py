"""Finds texts in the facts that address the AI instead of describing the case.

A find is a remark for a person, not proof. The list of phrases cannot be complete, which is why a model never acts
and its answer is checked in any case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.ai.facts import Fact, flatten, label

_ASIDE = r"\b(?:ignore|disregard|forget|override|bypass|do not follow|don't follow)\b[^.\n]{0,40}"
_WHOSE = r"\b(?:previous|prior|above|earlier|all|any|your|the|these|those|system)\b[^.\n]{0,30}"
_TARGETS = r"\b(?:instructions?|prompts?|rules?|directions?|guidelines?|guardrails?|training|context|messages?)\b"
_AI = r"(?:ai|llm|chatbot|language model|gpt|assistant|model)"
_SHOW = r"\b(?:reveal|print|repeat|show|output)\b[^.\n]{0,30}"
_GIVE = r"\b(?:answer|respond|reply|output|return|set)\b[^.\n]{0,30}[\"'“]?"
_PHRASES = (
    ("asks to set instructions aside", _ASIDE + _WHOSE + _TARGETS),
    ("gives the AI a role", r"\b(?:you are now|from now on,? you)\b"),
    ("gives the AI a role", rf"\bact as (?:an?|the)\b[^.\n]{{0,30}}\b{_AI}\b"),
    ("speaks to the AI", rf"\b(?:dear|hey|attention|(?:note|instructions?) (?:for|to)(?: the)?)[ ,:]+{_AI}\b"),
    ("speaks to the AI", r"\bas an? (?:ai|llm|language model)\b"),
    ("speaks to the AI", r"\b(?:ai|llm|gpt)(?: model)?s?[ ,:]+(?:must|should|please|approve|reject|answer|respond)\b"),
    ("asks for the prompt", _SHOW + r"\b(?:system|hidden|initial)\s+" + _TARGETS),
    ("dictates the answer", _GIVE + r"(?:outcome|confidence|recommendation)[\"'”]?\s*(?:[:=]|to\b|is\b|with\b)"),
    ("dictates the answer", r"[\"']outcome[\"']\s*:\s*[\"']"),
    ("imitates a conversation", r"<\|?\s*(?:im_start|im_end|system|assistant|endoftext)\b|\[/?INST\]|<<SYS>>"),
    ("imitates a conversation", r"^\s*#{0,3}\s*(?:system|assistant)\s*(?:prompt|message)?\s*:"),
)
_PATTERNS = tuple((why, re.compile(pattern, re.IGNORECASE | re.MULTILINE)) for why, pattern in _PHRASES)
# Format characters that hide words from readers; marks that scripts and emoji need are not among them.
_HIDDEN = re.compile("[\u00ad\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
_MANY_HIDDEN = 3
LONGEST_QUOTE = 120


@dataclass(frozen=True, slots=True)
class Instruction:
    """A passage that speaks to the AI, and where it stands."""

    source: str
    quote: str
    why: str

    @property
    def concern(self) -> str:
        return f"A text in this case {self.why} ({label(self.source)}): “{self.quote}”"

    def to_json(self) -> dict[str, str]:
        return {"source": self.source, "quote": self.quote, "why": self.why}


def instructions_in(facts: Mapping[str, Any]) -> tuple[Instruction, ...]:
    """At most one for each fact."""
    found = (_instruction(fact) for fact in flatten(facts) if isinstance(fact.value, str))
    return tuple(instruction for instruction in found if instruction)


def _instruction(fact: Fact) -> Instruction | None:
    text = str(fact.value)
    hidden = len(_HIDDEN.findall(text))
    plain = unicodedata.normalize("NFKC", _HIDDEN.sub("", text))
    for why, pattern in _PATTERNS:
        if match := pattern.search(plain):
            return Instruction(fact.path, _around(plain, match), why)
    if hidden >= _MANY_HIDDEN:
        return Instruction(
            fact.path, " ".join(plain.split())[:LONGEST_QUOTE], "holds characters that readers cannot see"
        )
    return None


def _around(text: str, match: re.Match[str]) -> str:
    begin = max(0, match.start() - 20)
    return " ".join(text[begin : max(match.end(), begin + LONGEST_QUOTE)][:LONGEST_QUOTE].split())
