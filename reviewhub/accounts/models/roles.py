"""Roles that are granted. The reviewer's and the lead's come from membership of a queue instead."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviewhub.accounts.models.people import Person


class RoleGrant(models.Model):
    """Somebody holds a role: everywhere, or as process owner of one workflow."""

    class Role(models.TextChoices):
        PROCESS_OWNER = "process_owner", _("Process owner")
        ENGINEER = "engineer", _("Engineer")
        OPERATOR = "operator", _("Operator")
        AUDITOR = "auditor", _("Auditor")
        ADMINISTRATOR = "administrator", _("Administrator")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16, choices=Role)
    workflow = models.CharField(
        max_length=100, blank=True, help_text=_("The workflow's name; for process owners only.")
    )
    granted_at = models.DateTimeField(default=timezone.now, editable=False)
    granted_by = models.CharField(max_length=150, editable=False)  # the label of who did it, as it was then

    class Meta:
        ordering = ("person", "role", "workflow")
        constraints = (
            models.UniqueConstraint(fields=("person", "role", "workflow"), name="role_granted_once"),
            models.CheckConstraint(
                condition=Q(role="process_owner", workflow__gt="") | (~Q(role="process_owner") & Q(workflow="")),
                name="role_workflow_of_owner_only",
                violation_error_message=_("A process owner's grant names a workflow; no other role does."),
            ),
        )
        indexes = (models.Index(fields=("workflow", "role"), name="role_by_workflow"),)

    def __str__(self) -> str:
        return f"{self.get_role_display()} of {self.workflow}" if self.workflow else self.get_role_display()
