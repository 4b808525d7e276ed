"""Customers' messages that were sorted and answered before ReviewHub came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from reviewhub.demo.history.letters import NAMES, OWN_WORDS, PLANS, TOPICS, Topic
from reviewhub.reviews.services import PastCase

CASES = 180
SEED = 43
MISSORTED = 0.04
UNANSWERED = 0.05
REWORDED = 0.12


@dataclass(frozen=True, slots=True)
class Message:
    """One message, the topic that customer care gave it, and what was answered."""

    reference: str
    facts: dict[str, Any]
    topic: str
    answer: str
    decided_at: datetime


def past_topics(until: datetime) -> list[PastCase]:
    """How messages were sorted."""
    return [
        PastCase(
            message.reference,
            {name: message.facts[name] for name in ("subject", "text", "plan")},
            message.topic,
            message.decided_at,
        )
        for message in past_messages(until)
    ]


def past_replies(until: datetime) -> list[PastCase]:
    """How messages were answered."""
    return [
        PastCase(
            message.reference,
            {**message.facts, "topic": message.topic},
            "send" if message.answer else "no_reply",
            message.decided_at,
            text=message.answer,
        )
        for message in past_messages(until)
    ]


def past_messages(until: datetime) -> list[Message]:
    """The same messages every time, answered over the quarter before `until`."""
    random = Random(SEED)  # noqa: S311 - invents cases, protects nothing
    return [_message(random, number, until - timedelta(days=90) * (1 - number / CASES)) for number in range(CASES)]


def _message(random: Random, number: int, decided_at: datetime) -> Message:
    topic = random.choice(TOPICS)
    name = random.choice(NAMES)
    order = f"R-{40_000 + random.randrange(2000)}"
    facts = {
        "name": name,
        "subject": random.choice(topic.subjects),
        "text": f"Hello,\n\n{random.choice(topic.openings)} {random.choice(topic.middles)}\n\n{name}",
        "plan": random.choice(PLANS),
        "last_order": order,
    }
    answer = _answer(random, topic, name, order)
    return Message(f"MSG-{5000 + number}", facts, _sorted_as(random, topic), answer, decided_at)


def _sorted_as(random: Random, topic: Topic) -> str:
    return random.choice(TOPICS).name if random.random() < MISSORTED else topic.name


def _answer(random: Random, topic: Topic, name: str, order: str) -> str:
    """Mostly the usual words; now and then somebody found their own, or did not answer."""
    drawn = random.random()
    if drawn < UNANSWERED or not topic.answer:
        return ""
    wording = random.choice(OWN_WORDS) if drawn < UNANSWERED + REWORDED else topic.answer
    return wording.format(name=name.split(maxsplit=1)[0], order=order)
