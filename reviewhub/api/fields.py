"""Serializer parts that the whole API shares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db.models import Model
from rest_framework import serializers

# Comments instead of docstrings here and below: the schema would show a base's docstring as everybody's description.


# What comes in: a field that is not known is a fault, and not overlooked.
class Strict(serializers.Serializer[Any]):
    def to_internal_value(self, data: Any) -> Any:
        names = data if isinstance(data, Mapping) else ()
        faults: dict[str, Any] = {name: ["There is no such field."] for name in names if name not in self.fields}
        try:
            read = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError(faults | dict(error.detail)) from None  # type: ignore[arg-type]
        if faults:
            raise serializers.ValidationError(faults)
        return read


# What goes out.
class Shown(serializers.Serializer[Any]):
    pass


# Something of the installation's, by its slug. What can be no slug is not asked of the database, which takes no NUL.
class BySlug(serializers.SlugRelatedField[Model]):
    def to_internal_value(self, data: Any) -> Any:
        try:
            validate_slug(data)
        except ValidationError:
            self.fail("does_not_exist", slug_name=self.slug_field, value=data)
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """What is written as a text; a number is not taken for one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Identifier(serializers.UUIDField):
    """A UUID as its text; a number is not taken for one."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return UUID(str(super().to_internal_value(data)))


class Instant(serializers.DateTimeField):
    """RFC 3339 in UTC, whatever zone the viewer is in."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class PersonShown(Shown):
    username = serializers.CharField()
    name = serializers.CharField(source="display_name")
