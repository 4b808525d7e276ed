"""What a view of the queue can be narrowed by, and another order of it: the same in an address and a saved filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from django.db.models import Q, Value
from django.db.models.functions import StrIndex, Upper
from django.db.models.lookups import GreaterThan

from reviewhub.numbers import number_in
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.models.querysets import ReviewTaskQuerySet
from reviewhub.reviews.selectors.orders import ORDERS, ordered

LONGEST = 200
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Criteria:
    """Empty values leave everything in. Percentages are of the AI's confidence, 0 to 100."""

    q: str = ""  # words of the title, the requester or the workflow's title
    workflow: str = ""
    priority: str = ""
    outcome: str = ""  # that the AI recommends
    sure_from: int | None = None
    sure_below: int | None = None
    order: str = ""  # one of ORDERS; by urgency, where it is empty

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Criteria:
        """What cannot be understood leaves everything in, like what is not there."""
        priority = values.get("priority", "")
        return cls(
            q=values.get("q", "").strip()[:LONGEST],
            workflow=values.get("workflow", "").strip()[:LONGEST],
            priority=priority if priority in ReviewTask.Priority.values else "",
            outcome=values.get("outcome", "").strip()[:LONGEST],
            sure_from=_percent(values.get("sure_from", "")),
            sure_below=_percent(values.get("sure_below", "")),
            order=values["order"] if values.get("order") in ORDERS else "",
        )

    @property
    def given(self) -> dict[str, str]:
        """Only what narrows."""
        return {name: str(value) for name, value in asdict(self).items() if value not in ("", None)}

    @property
    def query(self) -> str:
        """As an address says it, always in the same order."""
        return urlencode(self.given)

    def sort(self, tasks: ReviewTaskQuerySet) -> ReviewTaskQuerySet:
        return ordered(tasks, self.order) if self.order else tasks.urgent_first()

    def narrow(self, tasks: ReviewTaskQuerySet) -> ReviewTaskQuerySet:
        for word in self.q.split():
            tasks = tasks.filter(_says("title", word) | _says("requester", word) | _says("workflow_title", word))
        same = {"workflow": self.workflow, "priority": self.priority, "ai_outcome": self.outcome}
        tasks = tasks.filter(**{name: value for name, value in same.items() if value})
        if self.sure_from is not None:
            tasks = tasks.filter(ai_confidence__gte=self.sure_from / PERCENT)
        if self.sure_below is not None:
            tasks = tasks.filter(ai_confidence__lt=self.sure_below / PERCENT)
        return tasks


def _says(field: str, word: str) -> Q:
    """As `icontains`, of which PostgreSQL expects next to no finds: it would read and sort all that waits, where the
    first page of a common word is full after a few rows in the order of urgency."""
    return Q(GreaterThan(StrIndex(Upper(field), Upper(Value(word))), 0))


def _percent(text: str) -> int | None:
    number = number_in(text)
    return number if number is not None and number <= PERCENT else None
