"""What of a task is compared: the values of its case, without what the AI says of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewhub.reviews.hidden import without_the_ai


@dataclass(frozen=True, slots=True)
class Content:
    """`fields`: name to (label, value). `highlights`: label to value. `steps`: what each step gave, by its id."""

    title: str
    fields: Mapping[str, tuple[str, Any]]
    highlights: Mapping[str, Any]
    input: Any
    steps: Mapping[str, Any]


def content_of(task: Any) -> Content:
    context = without_the_ai(task.context)
    return Content(
        title=task.title,
        fields={str(each["name"]): (str(each.get("label") or ""), each.get("value")) for each in task.fields},
        highlights={str(each["label"]): each["value"] for each in task.highlights},
        input=context.get("input"),
        steps=context.get("steps") or {},
    )


def content_hash(task: Any) -> str:
    """The same for two tasks that show the same case."""
    content = content_of(task)
    values = [content.title, content.fields, content.highlights, content.input, content.steps]
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
