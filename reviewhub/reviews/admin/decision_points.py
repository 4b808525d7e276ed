"""Decision points: the question, who is asked it, and what has been learned. A new wording makes the next version."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from jsonschema import Draft202012Validator, SchemaError

from orchestration import api
from reviewhub.accounts.auditing import AnyForm, AuditedAdmin, actor_behind

DecisionPoint: Any = api.decision_points().model

_SAID_ANYWAY = frozenset({"outcome", "confidence", "reasons", "evidence", "would_change", "text", "fields"})
_ID = re.compile(r"[a-z][a-z0-9_]{0,99}")


class DecisionPointForm(AnyForm):
    prompt = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 12}),
        required=False,
        help_text=_lazy(
            "What a model is told to judge, and by what. The case itself is added after it, marked as data."
        ),
    )
    outcomes = forms.JSONField(
        required=False,
        help_text=_lazy('A list like [{"id": "approve", "label": "Approve"}]; empty for a text that has none.'),
    )
    answer_schema = forms.JSONField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_lazy(
            "What a model answers beside the outcome, as the properties of a JSON Schema: "
            '{"properties": {"risk": {"type": "string", "enum": ["low", "high"]}}}. Empty: nothing more.'
        ),
    )

    read_fields = forms.JSONField(
        label=_lazy("Fields that are read"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_lazy(
            "What is read out of the case and its documents, as a JSON Schema by name; `labels` are what stands "
            'beside it in a document: {"amount": {"type": "number", "labels": ["Total", "Sum"]}}. Empty: nothing is.'
        ),
    )

    class Meta:
        model = DecisionPoint
        fields = ("name", "title", "purpose", "kind", "connection")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        servers = api.connections().filter(kind="model")
        self.fields["connection"].queryset = servers  # type: ignore[attr-defined]
        self.fields["connection"].help_text = _("A model server. Without one only what was learned answers.")
        if current := self.instance.current:
            self.initial.update(
                prompt=current.prompt, outcomes=current.outcomes, answer_schema=current.answer_schema or None
            )
            self.initial["read_fields"] = current.fields or None

    def clean_outcomes(self) -> list[dict[str, str]]:
        given = self.cleaned_data["outcomes"] or []
        if not isinstance(given, list) or not all(_is_outcome(outcome) for outcome in given):
            raise ValidationError(_('Give a list of {"id", "label"}; an id has small letters, digits and underscores.'))
        if len({outcome["id"] for outcome in given}) < len(given):
            raise ValidationError(_("Two outcomes have the same id."))
        return given

    def clean_read_fields(self) -> dict[str, Any]:
        given = self.cleaned_data["read_fields"] or {}
        if not isinstance(given, dict) or not all(_is_field(name, schema) for name, schema in given.items()):
            raise ValidationError(_("Give {name: schema}; a name has small letters, digits and underscores."))
        try:
            Draft202012Validator.check_schema({"type": "object", "properties": given})
        except SchemaError as error:
            raise ValidationError(_("This is not a JSON Schema: %(message)s") % {"message": error.message}) from error
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind = given.get("kind") or self.instance.kind
        if kind == DecisionPoint.Kind.EXTRACT and not given.get("read_fields") and "read_fields" not in self.errors:
            self.add_error("read_fields", _("Say what is read: without a field there is nothing to extract."))
        return given

    def clean_answer_schema(self) -> dict[str, Any]:
        given = self.cleaned_data["answer_schema"] or {}
        if (
            not isinstance(given, dict)
            or set(given) - {"type", "properties"}
            or given.get("type", "object") != "object"
        ):
            raise ValidationError(_('Give an object that has "properties" and nothing else.'))
        own = given.get("properties", {})
        if not isinstance(own, dict):
            raise ValidationError(_("The properties are an object: a name, and what stands there."))
        if taken := sorted(_SAID_ANYWAY & set(own)):
            raise ValidationError(_("Every answer has these already: %(names)s.") % {"names": ", ".join(taken)})
        try:
            Draft202012Validator.check_schema({"type": "object", "properties": own})
        except SchemaError as error:
            raise ValidationError(_("This is not a JSON Schema: %(message)s") % {"message": error.message}) from error
        return {"properties": own} if own else {}


def _is_field(name: str, schema: object) -> bool:
    labels = schema.get("labels", []) if isinstance(schema, dict) else None
    listed = isinstance(labels, list) and all(isinstance(label, str) for label in labels)
    return listed and _ID.fullmatch(name) is not None


def _is_outcome(outcome: object) -> bool:
    if not isinstance(outcome, dict) or set(outcome) != {"id", "label"}:
        return False
    texts = all(isinstance(value, str) and value for value in outcome.values())
    return texts and _ID.fullmatch(outcome["id"]) is not None


_VERSIONED = frozenset({"prompt", "outcomes", "answer_schema", "read_fields"})  # a change makes the next version


@admin.register(DecisionPoint)
class DecisionPointAdmin(AuditedAdmin):
    kind = "decision_point"
    form = DecisionPointForm
    list_display = ("title", "name", "kind", "connection", "version", "learned")
    list_filter = ("kind",)
    search_fields = ("name", "title")
    list_select_related = ("current", "connection")
    fields = (
        "name",
        "title",
        "purpose",
        "kind",
        "connection",
        "prompt",
        "outcomes",
        "answer_schema",
        "read_fields",
        "version",
        "learned",
    )

    def chain_of(self, obj: Any) -> str:
        return f"decision_point:{obj.name}"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        shown = ("version", "learned")
        return ("name", "kind", *shown) if obj else shown

    def save_model(self, request: HttpRequest, obj: Any, form: AnyForm, change: bool) -> None:
        given = form.cleaned_data
        server = given["connection"]
        api.save_decision_point(
            name=obj.name,
            title=given["title"],
            kind=obj.kind,
            purpose=given["purpose"],
            prompt=given["prompt"],
            outcomes=given["outcomes"],
            answer_schema=given["answer_schema"],
            fields=given["read_fields"],
            connection=server.name if server else None,
            actor=actor_behind(request),
        )
        obj.pk = DecisionPoint.objects.get(name=obj.name).pk
        settings = {name: value for name, value in self._values(form).items() if name not in _VERSIONED}
        if change and settings:
            self.record(request, obj, "changed", settings)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Recommendations and workflows refer to it."""
        return False

    @admin.display(description="version")
    def version(self, point: Any) -> str:
        return str(point.current.number) if point.current else "none yet"

    @admin.display(description="learned from")
    def learned(self, point: Any) -> str:
        newest = point.learned.filter(current=True).first()
        if newest is None:
            return "nothing yet"
        if why := newest.metrics.get("unlearnable"):
            return f"nothing: {why}"
        agreement = newest.metrics.get("agreement")
        told = _("%(labels)s decisions, version %(number)s") % {"labels": newest.labels, "number": newest.number}
        return told if agreement is None else f"{told}, agrees with people in {agreement:.0%}"
