"""SLA and escalation policies kept in the settings, in versions that tasks pin."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Policy(models.Model):
    """A rule with a name that workflows refer to."""

    name = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=150)

    class Meta:
        abstract = True
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class PolicyVersion(models.Model):
    """One immutable text of a policy. `body` is the canonical form of the workflow language."""

    number = models.PositiveIntegerField()
    text = models.TextField()  # as the person wrote it
    body = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=150)

    class Meta:
        abstract = True


class SlaPolicy(Policy):
    """When a task is due, and when it is critical."""

    current = models.ForeignKey(
        "reviews.SlaPolicyVersion", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Policy.Meta):
        verbose_name = _("SLA policy")
        verbose_name_plural = _("SLA policies")


class SlaPolicyVersion(PolicyVersion):
    policy = models.ForeignKey(SlaPolicy, on_delete=models.CASCADE, related_name="versions")

    class Meta:
        ordering = ("policy", "-number")
        constraints = (models.UniqueConstraint(fields=("policy", "number"), name="sla_policy_version_once"),)

    def __str__(self) -> str:
        return f"{self.policy} version {self.number}"


class EscalationPolicy(Policy):
    """Who gets a task next, and when."""

    current = models.ForeignKey(
        "reviews.EscalationPolicyVersion", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Policy.Meta):
        verbose_name_plural = "escalation policies"


class EscalationPolicyVersion(PolicyVersion):
    policy = models.ForeignKey(EscalationPolicy, on_delete=models.CASCADE, related_name="versions")

    class Meta:
        ordering = ("policy", "-number")
        constraints = (models.UniqueConstraint(fields=("policy", "number"), name="escalation_policy_version_once"),)

    def __str__(self) -> str:
        return f"{self.policy} version {self.number}"
