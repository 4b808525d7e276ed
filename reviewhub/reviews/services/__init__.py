"""What can be done at the desk. Every service is a verb, names its actor and owns its transaction.

Locks are taken in one order: the run, then the review task, then its assignments.
"""

from reviewhub.reviews.services.claims import claim_next_task, claim_task, release_task
from reviewhub.reviews.services.comments import comment_on_task
from reviewhub.reviews.services.decisions import decide_task
from reviewhub.reviews.services.past_decisions import PastCase, import_past_decisions
from reviewhub.reviews.services.taking_back import take_back_decision

__all__ = [
    "PastCase",
    "claim_next_task",
    "claim_task",
    "comment_on_task",
    "decide_task",
    "import_past_decisions",
    "release_task",
    "take_back_decision",
]
