"""People, their roles and absences in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axes.models import AccessFailureLog
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from orchestration import api
from reviewhub.accounts.auditing import AnyForm, AuditedAdmin, TabularInline
from reviewhub.accounts.models import Absence, GroupMembership, PeopleGroup, Person, RoleGrant, Skill

admin.site.unregister(Group)  # roles are granted, and what they allow is one table
admin.site.unregister(AccessFailureLog)  # is not kept: a failed attempt is counted, and that is enough
admin.site.site_header = admin.site.site_title = _("ReviewHub settings")
admin.site.index_title = _("People, roles and settings")
admin.site.login = login_required(admin.site.login)  # type: ignore[method-assign]  # one way to sign in, and its limits


if TYPE_CHECKING:
    CreationForm = BaseUserCreationForm[Person]
    ChangeForm = UserChangeForm[Person]
    PeopleAdmin = UserAdmin[Person]
else:
    CreationForm, ChangeForm, PeopleAdmin = BaseUserCreationForm, UserChangeForm, UserAdmin


class NewPersonForm(CreationForm):
    class Meta:
        model = Person
        fields = ("email", "username", "display_name")


class PersonForm(ChangeForm):
    class Meta:
        model = Person
        fields = "__all__"
        field_classes: dict[str, type[forms.Field]] = {}


class RoleGrantForm(AnyForm):
    class Meta:
        model = RoleGrant
        fields = ("role", "workflow")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(each.name, each.title) for each in api.workflows()]
        known = {name for name, _ in named}
        if self.instance.workflow and self.instance.workflow not in known:
            named.append((self.instance.workflow, self.instance.workflow))
        self.fields["workflow"] = forms.ChoiceField(choices=[("", "---------"), *named], required=False)


class RoleGrantInline(TabularInline):
    model = RoleGrant
    form = RoleGrantForm
    extra = 0
    readonly_fields = ("granted_at", "granted_by")


class AbsenceInline(TabularInline):
    model = Absence
    fk_name = "person"
    extra = 0
    autocomplete_fields = ("delegate",)


class SkillInline(TabularInline):
    model = Skill
    extra = 0


@admin.register(Person)
class PersonAdmin(AuditedAdmin, PeopleAdmin):
    kind = "person"
    secret_fields = frozenset({"password", "password1", "password2"})
    form = PersonForm
    add_form = NewPersonForm
    inlines = (RoleGrantInline, SkillInline, AbsenceInline)
    list_display = ("display_name", "email", "roles", "manager", "zone", "is_active")
    list_filter = ("is_active", "grants__role")
    search_fields = ("display_name", "email", "username")
    ordering = ("display_name",)
    autocomplete_fields = ("manager",)
    readonly_fields = ("last_login", "joined_at")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("display_name", "email", "email_verified_at", "username", "password", "is_active")}),
        (_("Where they are"), {"fields": ("zone", "locale", "manager")}),
        (_("When they are reminded"), {"fields": ("reached_from", "reached_until", "reached_on")}),
        (_("Known since"), {"fields": ("joined_at", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("display_name", "email", "username", "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("manager").prefetch_related("grants")

    def chain_of(self, obj: Person) -> str:
        return f"person:{obj.username}"

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is RoleGrant:
            for row in formset.forms:
                row.instance.granted_by = row.instance.granted_by or str(request.user)
        super().save_formset(request, form, formset, change)

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """People stay: what they decided refers to them. They can be kept from signing in."""
        return False

    @admin.display(description="roles")
    def roles(self, person: Person) -> str:
        return ", ".join(str(grant) for grant in person.grants.all())


class GroupMembershipInline(TabularInline):
    model = GroupMembership
    extra = 0
    autocomplete_fields = ("person",)


@admin.register(PeopleGroup)
class PeopleGroupAdmin(AuditedAdmin):
    kind = "group"
    inlines = (GroupMembershipInline,)
    list_display = ("title", "name")
    search_fields = ("title", "name")
    prepopulated_fields = {"name": ("title",)}

    def chain_of(self, obj: PeopleGroup) -> str:
        return f"group:{obj.name}"
