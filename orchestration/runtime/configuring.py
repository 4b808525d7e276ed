"""Connections and decision points, as people set them up. Every change is in the audit trail; a secret never is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from orchestration.models import Connection, DecisionPoint, DecisionPointVersion
from orchestration.ports import Actor, clock
from orchestration.runtime.audit import record_change


@transaction.atomic
def save_connection(
    *, name: str, kind: str, actor: Actor, base_url: str = "", model: str = "", secret: str | None = None
) -> Connection:
    """Makes the connection, or sets it to what is given. No secret given: the stored one stays."""
    known = Connection.objects.select_for_update().filter(name=name).first()
    connection = known or Connection(name=name)
    given = {"kind": kind, "base_url": base_url, "model": model}
    if secret is not None:
        given["secret"] = secret
    changed = [field for field, value in given.items() if known is None or getattr(connection, field) != value]
    for field, value in given.items():
        setattr(connection, field, value)
    connection.save()
    if changed:
        data: dict[str, Any] = {field: given[field] for field in changed if field not in Connection.SECRET_FIELDS}
        if "secret" in changed:
            data["secret_changed"] = True
        record_change(chain=f"connection:{name}", kind="connection.changed", data=data, actor=actor)
    return connection


@transaction.atomic
def save_decision_point(
    *,
    name: str,
    title: str,
    kind: str,
    prompt: str,
    actor: Actor,
    purpose: str = "",
    outcomes: Sequence[Mapping[str, str]] = (),
    connection: str | None = None,
    answer_schema: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
) -> DecisionPointVersion:
    """Makes the question's next version, or leaves it where prompt, outcomes, fields and answer schema are the current
    ones.

    `outcomes` are `{"id", "label"}`; `connection` names a model server, without one only what was learned answers.
    `answer_schema` is a JSON Schema for what a model answers beside the outcome; empty asks for nothing more.
    `fields` are read out of the case: a JSON Schema by name, with `labels` (what stands beside the value in a text).
    """
    schema, read = dict(answer_schema or {}), dict(fields or {})
    server = Connection.objects.get(name=connection) if connection else None
    defaults = {"title": title, "kind": kind, "purpose": purpose, "connection": server}
    DecisionPoint.objects.update_or_create(name=name, defaults=defaults)
    point = DecisionPoint.objects.select_for_update().get(name=name)
    current = point.current
    if current is not None and _same(current, prompt, outcomes, schema, read):
        return current
    version = DecisionPointVersion.objects.create(
        point=point,
        number=current.number + 1 if current else 1,
        prompt=prompt,
        outcomes=[dict(outcome) for outcome in outcomes],
        answer_schema=schema,
        fields=read,
        published_at=clock().system_now(),
    )
    point.current = version
    point.save(update_fields=("current",))
    data: dict[str, Any] = {"version": version.number, "outcomes": version.outcomes}
    if schema:
        data["answer_schema"] = schema
    if read:
        data["fields"] = read
    record_change(chain=f"decision_point:{name}", kind="decision_point.published", data=data, actor=actor)
    return version


def _same(
    version: DecisionPointVersion,
    prompt: str,
    outcomes: Sequence[Mapping[str, str]],
    schema: Mapping[str, Any],
    fields: Mapping[str, Any],
) -> bool:
    same_schemas = version.answer_schema == schema and version.fields == fields
    return same_schemas and version.prompt == prompt and version.outcomes == [dict(outcome) for outcome in outcomes]
