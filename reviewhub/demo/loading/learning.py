"""Brings along the past decisions and lets the recommender learn from them, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime

from django.conf import settings

from orchestration.ports import Actor
from reviewhub.demo.history.messages import past_replies, past_topics
from reviewhub.demo.history.purchases import past_purchases
from reviewhub.reviews.services import import_past_decisions

LONGEST = 120  # seconds


def load_past_decisions(until: datetime, actor: Actor) -> int:
    """Returns how many there were to bring."""
    sources = (
        ("purchase-assessment", past_purchases),
        ("message-topic", past_topics),
        ("message-reply", past_replies),
    )
    return sum(
        import_past_decisions(decision_point=point, cases=source(until), actor=actor) for point, source in sources
    )


def train() -> None:
    """Raises `CalledProcessError`. The libraries it takes never enter this process."""
    command = [sys.executable, "-m", "django", "recommenders", "train"]
    surroundings = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(  # noqa: S603 - the program is ours
        command,
        check=True,
        cwd=settings.BASE_DIR,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=LONGEST,
    )
