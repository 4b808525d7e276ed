"""Which task the lot falls on, drawn by a keyed hash: nobody can tell beforehand, and it is the same however often."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from reviewhub.reviews.models import ReviewTask

HUNDRED = 100


def is_drawn(kind: str, task: ReviewTask, share: int) -> bool:
    """`share` in percent. The key is the installation's."""
    digest = salted_hmac(f"reviewhub.looks.{kind}", str(task.pk), algorithm="sha256").digest()
    return int.from_bytes(digest[:8], "big") * HUNDRED < share << 64
