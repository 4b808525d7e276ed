"""The desk's settings in the admin."""

from reviewhub.reviews.admin import calendars, connections, decision_points, limits, policies, queues, reasons

__all__ = ["calendars", "connections", "decision_points", "limits", "policies", "queues", "reasons"]
