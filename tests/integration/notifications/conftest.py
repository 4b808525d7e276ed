"""The desk's people and clock."""

from tests.integration.reviews.conftest import clock, desk, people

__all__ = ["clock", "desk", "people"]
