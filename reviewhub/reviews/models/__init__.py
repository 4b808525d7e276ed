"""The desk's tables."""

from reviewhub.reviews.models.agreements import Agreement
from reviewhub.reviews.models.assignments import Assignment
from reviewhub.reviews.models.breaches import Breach
from reviewhub.reviews.models.calendars import BusinessCalendar, BusinessCalendarVersion
from reviewhub.reviews.models.comments import Comment
from reviewhub.reviews.models.decisions import Decision, Override
from reviewhub.reviews.models.filters import SavedFilter
from reviewhub.reviews.models.first_answers import FirstAnswer
from reviewhub.reviews.models.handling import HandlingTime
from reviewhub.reviews.models.information import InformationRequest
from reviewhub.reviews.models.looks import KnownAnswer, SecondLook
from reviewhub.reviews.models.nudges import Nudge
from reviewhub.reviews.models.past_decisions import PastDecision
from reviewhub.reviews.models.policies import (
    EscalationPolicy,
    EscalationPolicyVersion,
    SlaPolicy,
    SlaPolicyVersion,
)
from reviewhub.reviews.models.queues import Queue, QueueMembership
from reviewhub.reviews.models.reasons import OverrideReason
from reviewhub.reviews.models.seen import CaseSeen
from reviewhub.reviews.models.tasks import ReviewTask

__all__ = [
    "Agreement",
    "Assignment",
    "Breach",
    "BusinessCalendar",
    "BusinessCalendarVersion",
    "CaseSeen",
    "Comment",
    "Decision",
    "EscalationPolicy",
    "EscalationPolicyVersion",
    "FirstAnswer",
    "HandlingTime",
    "InformationRequest",
    "KnownAnswer",
    "Nudge",
    "Override",
    "OverrideReason",
    "PastDecision",
    "Queue",
    "QueueMembership",
    "ReviewTask",
    "SavedFilter",
    "SecondLook",
    "SlaPolicy",
    "SlaPolicyVersion",
]
