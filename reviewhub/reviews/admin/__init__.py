"""The desk's settings in the admin."""

from reviewhub.reviews.admin import calendars, connections, decision_points, policies, queues, reasons

__all__ = ["calendars", "connections", "decision_points", "policies", "queues", "reasons"]
