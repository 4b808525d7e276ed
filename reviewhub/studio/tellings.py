"""What each kind of audit event says: one function a kind, from the names and the fact to a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reviewhub.studio import tellings_of_reviews, tellings_of_runs, tellings_of_steps
from reviewhub.studio.facts import Fact, Names

TELLINGS: Mapping[str, Callable[[Names, Fact], str]] = {
    **tellings_of_runs.TELLINGS,
    **tellings_of_steps.TELLINGS,
    **tellings_of_reviews.TELLINGS,
}
