"""Tokens, as their person sees them."""

from __future__ import annotations

from rest_framework import serializers

from orchestration.ports import clock
from reviewhub.api.fields import Instant, Shown, Strict
from reviewhub.api.models import ApiToken
from reviewhub.api.tokens.scopes import SCOPES
from reviewhub.api.tokens.services import DEFAULT_LIFETIME, LONGEST_LIFETIME


class TokenShown(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=ApiToken.Kind.values)
    hint = serializers.CharField(help_text="The first characters.")
    scopes = serializers.ListField(child=serializers.CharField())
    status = serializers.SerializerMethodField()
    created_at = Instant()
    expires_at = Instant()
    last_used_at = Instant(allow_null=True)

    def get_status(self, token: ApiToken) -> str:
        return token.status(clock().system_now())


class TokenMade(TokenShown):
    token = serializers.SerializerMethodField(help_text="Shown this once.")

    def get_token(self, token: ApiToken) -> str:
        return str(self.context["secret"])


class TokenWanted(Strict):
    name = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(choices=ApiToken.Kind.values, required=False, default="personal")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=tuple(SCOPES)), allow_empty=False, max_length=len(SCOPES)
    )
    days = serializers.IntegerField(
        required=False, default=DEFAULT_LIFETIME.days, min_value=1, max_value=LONGEST_LIFETIME.days
    )
