"""What can be done at the desk. Every service is a verb, names its actor and owns its transaction.

Locks are taken in one order: the run, then the review task, then its assignments.
"""

from reviewhub.reviews.services.agreements import has_said_why, is_asked_why, say_why_agreed
from reviewhub.reviews.services.claims import claim_next_task, claim_task, release_task
from reviewhub.reviews.services.comments import File, comment_on_task
from reviewhub.reviews.services.decisions import decide_task
from reviewhub.reviews.services.filters import remove_filter, save_filter
from reviewhub.reviews.services.handing_over import (
    decline_task,
    delegate_task,
    escalate_task,
    take_back_delegation,
)
from reviewhub.reviews.services.information import answer_information, ask_for_information
from reviewhub.reviews.services.known_answers import mark_known_answer, unmark_known_answer
from reviewhub.reviews.services.leading import (
    enter_absence,
    hold_queue,
    let_queue_go_on,
    remove_absence,
    set_pull_only,
)
from reviewhub.reviews.services.mass_handover import hand_over_tasks
from reviewhub.reviews.services.nudging import nudge_assignee, nudge_together
from reviewhub.reviews.services.outages import start_clocks, stop_clocks
from reviewhub.reviews.services.past_decisions import PastCase, import_past_decisions
from reviewhub.reviews.services.pauses import snooze_task, wake_task
from reviewhub.reviews.services.seeing import mark_seen, put_changes_away
from reviewhub.reviews.services.taking_back import take_back_decision
from reviewhub.reviews.services.together import decide_together

__all__ = [
    "File",
    "PastCase",
    "answer_information",
    "ask_for_information",
    "claim_next_task",
    "claim_task",
    "comment_on_task",
    "decide_task",
    "decide_together",
    "decline_task",
    "delegate_task",
    "enter_absence",
    "escalate_task",
    "hand_over_tasks",
    "has_said_why",
    "hold_queue",
    "import_past_decisions",
    "is_asked_why",
    "let_queue_go_on",
    "mark_known_answer",
    "mark_seen",
    "nudge_assignee",
    "nudge_together",
    "put_changes_away",
    "release_task",
    "remove_absence",
    "remove_filter",
    "save_filter",
    "say_why_agreed",
    "set_pull_only",
    "snooze_task",
    "start_clocks",
    "stop_clocks",
    "take_back_decision",
    "take_back_delegation",
    "unmark_known_answer",
    "wake_task",
]
