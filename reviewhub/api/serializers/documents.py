"""Documents, as programs name them."""

from __future__ import annotations

from rest_framework import serializers

from reviewhub.api.fields import Shown, Strict


class DocumentQuery(Strict):
    name = serializers.CharField(max_length=200, help_text="The file's name, such as quotation.pdf.")


class DocumentShown(Shown):
    """What names the document in an input, an event or a result. It is passed on as it is."""

    media_type = serializers.CharField()
    name = serializers.CharField()
    bytes = serializers.IntegerField()

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        digest = serializers.CharField(help_text="SHA-256 of the bytes.", source="*")
        return {"$document": digest, **super().get_fields()}
