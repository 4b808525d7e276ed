"""The API's own tables."""

from reviewhub.api.models.answers import IdempotentAnswer
from reviewhub.api.models.tokens import ApiToken

__all__ = ["ApiToken", "IdempotentAnswer"]
