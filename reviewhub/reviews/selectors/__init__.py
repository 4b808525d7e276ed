"""What can be read at the desk."""

from reviewhub.reviews.selectors.breaches import (
    breaches,
    breaches_for,
    by_state,
    late_runs,
    near_runs,
    near_tasks,
    newest,
)
from reviewhub.reviews.selectors.changes import (
    Changes,
    changes_before,
    changes_from,
    changes_seen,
    changes_since,
    how_far_seen,
    mark_of,
    seen_among,
    tasks_before,
)
from reviewhub.reviews.selectors.criteria import Criteria
from reviewhub.reviews.selectors.detail import TaskDetail, read_task, task_detail
from reviewhub.reviews.selectors.future import FutureEntry, future_of
from reviewhub.reviews.selectors.history import HistoryEntry, history_of
from reviewhub.reviews.selectors.mentioning import mentionable
from reviewhub.reviews.selectors.orders import ORDERS, page_in_order
from reviewhub.reviews.selectors.paging import Cursor, Page, cursor_of, page_of
from reviewhub.reviews.selectors.precedents import Precedent, precedents_of
from reviewhub.reviews.selectors.queues import held_queues_of, queues_of
from reviewhub.reviews.selectors.reasons import ReasonGroup, reason_groups
from reviewhub.reviews.selectors.runs import (
    require_answered,
    tells_its_run,
    visible_run,
    visible_runs,
    visible_runs_in_parts,
)
from reviewhub.reviews.selectors.saved import count_in, saved_filters
from reviewhub.reviews.selectors.views import COUNTED_UP_TO, VIEWS, counts, first_rows, next_to_decide, task_of, view

__all__ = [
    "COUNTED_UP_TO",
    "ORDERS",
    "VIEWS",
    "Changes",
    "Criteria",
    "Cursor",
    "FutureEntry",
    "HistoryEntry",
    "Page",
    "Precedent",
    "ReasonGroup",
    "TaskDetail",
    "breaches",
    "breaches_for",
    "by_state",
    "changes_before",
    "changes_from",
    "changes_seen",
    "changes_since",
    "count_in",
    "counts",
    "cursor_of",
    "first_rows",
    "future_of",
    "held_queues_of",
    "history_of",
    "how_far_seen",
    "late_runs",
    "mark_of",
    "mentionable",
    "near_runs",
    "near_tasks",
    "newest",
    "next_to_decide",
    "page_in_order",
    "page_of",
    "precedents_of",
    "queues_of",
    "read_task",
    "reason_groups",
    "require_answered",
    "saved_filters",
    "seen_among",
    "task_detail",
    "task_of",
    "tasks_before",
    "tells_its_run",
    "view",
    "visible_run",
    "visible_runs",
    "visible_runs_in_parts",
]
