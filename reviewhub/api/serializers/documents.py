"""Documents, as programs name them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from orchestration import api
from reviewhub.api.fields import Shown, Strict


class DocumentQuery(Strict):
    name = serializers.CharField(max_length=200, help_text="The file's name, such as quotation.pdf.")


class DocumentNamed(serializers.DictField):
    """What the answer to sending a document says, as it is."""

    def to_internal_value(self, data: Any) -> Any:
        if not api.is_document(data):
            raise serializers.ValidationError("This is not what the answer to sending a document says.")
        return dict(data)


class DocumentsOfTask(Shown):
    results = serializers.ListField(
        child=serializers.DictField(), help_text="$document, name, media_type, bytes; and path: what names it."
    )


class DocumentShown(Shown):
    """What names the document in an input, an event or a result. It is passed on as it is."""

    media_type = serializers.CharField()
    name = serializers.CharField()
    bytes = serializers.IntegerField()

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        digest = serializers.CharField(help_text="SHA-256 of the bytes.", source="*")
        return {"$document": digest, **super().get_fields()}
