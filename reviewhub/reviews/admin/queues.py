"""Queues and their members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reviewhub.accounts.auditing import AnyForm, AuditedAdmin, TabularInline
from reviewhub.reviews.models import Queue, QueueMembership


class WordsField(forms.CharField):
    """A list of words, written with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return sorted({word.strip().lower() for word in (value or "").split(",")} - {""})


class QueueForm(AnyForm):
    skills = WordsField(
        required=False,
        help_text=_("What whoever is given its tasks must know, beside what the workflow asks: german, imports"),
    )

    class Meta:
        model = Queue
        fields = "__all__"


class MembershipInline(TabularInline):
    model = QueueMembership
    extra = 0
    autocomplete_fields = ("person",)


@admin.register(Queue)
class QueueAdmin(AuditedAdmin):
    kind = "queue"
    form = QueueForm
    inlines = (MembershipInline,)
    list_display = ("title", "slug", "manager", "backup", "member_count", "waiting", "lease_minutes", "undo_seconds")
    list_select_related = ("manager", "backup")
    search_fields = ("title", "slug")
    autocomplete_fields = ("manager", "backup")
    prepopulated_fields = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "slug")}),
        ("Escalation", {"fields": ("manager", "backup", "wakes", "nudge_minutes")}),
        ("Working", {"fields": ("lease_minutes", "undo_seconds", "agreement_percent")}),
        ("Giving", {"fields": ("giving", "cap", "given_minutes", "skills", "pull_only")}),
        ("Quality", {"fields": ("hidden_share", "second_share", "known_share", "looks_by", "looks_in")}),
        ("Pauses", {"fields": ("asking_stops_clock", "snoozing_stops_clock", "answer_days")}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        waiting = Count(
            "tasks",
            filter=Q(tasks__decided_at__isnull=True, tasks__closed_at__isnull=True, tasks__isnull=False),
            distinct=True,
        )
        return super().get_queryset(request).annotate(people=Count("memberships", distinct=True), tasks_open=waiting)

    def get_readonly_fields(self, request: HttpRequest, obj: Queue | None = None) -> tuple[str, ...]:
        """Workflows name the slug, so it stays."""
        return ("slug",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Queue | None = None) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)

    def has_delete_permission(self, request: HttpRequest, obj: Queue | None = None) -> bool:
        used = obj is not None and obj.tasks.exists()
        return not used and super().has_delete_permission(request, obj)

    def chain_of(self, obj: Queue) -> str:
        return f"queue:{obj.slug}"

    @admin.display(description="members", ordering="people")
    def member_count(self, queue: Any) -> int:
        return int(queue.people)

    @admin.display(description="waiting", ordering="tasks_open")
    def waiting(self, queue: Any) -> int:
        return int(queue.tasks_open)
