"""The desk's people and clock."""

from tests.integration.reviews.conftest import clock, people

__all__ = ["clock", "people"]
