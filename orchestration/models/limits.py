"""What tools and connections bear, and what is under way. A subject is `tool:<name>` or `connection:<name>`."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models

from orchestration.models.connections import Connection
from orchestration.models.secrets import SecretField

ONE = MinValueValidator(1)


class LimitSetting(models.Model):
    """Limits set by a person. They take the place of those that the tool declares."""

    subject = models.CharField(max_length=120, unique=True)
    calls = models.PositiveIntegerField(null=True, blank=True, validators=[ONE])  # in any span of `seconds`
    seconds = models.FloatField(default=1.0, validators=[MinValueValidator(0.001)])
    concurrency = models.PositiveIntegerField(null=True, blank=True, validators=[ONE])
    adaptive = models.BooleanField(default=False)
    failures = models.PositiveIntegerField(null=True, blank=True, validators=[ONE])  # in a row, that open the breaker
    cool_down = models.FloatField(default=30.0, validators=[MinValueValidator(0.001)])  # seconds

    class Meta:
        ordering = ("subject",)

    def __str__(self) -> str:
        return self.subject


class LimitState(models.Model):
    """Where a subject stands. Its row's lock orders all admissions; it is taken after every run's lock."""

    subject = models.CharField(max_length=120, primary_key=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    open_until = models.DateTimeField(null=True, blank=True)  # system time; the breaker is not closed while it is set
    cool_down = models.FloatField(default=0.0)
    rests_until = models.DateTimeField(null=True, blank=True)  # system time; what the other side asked for (429)
    concurrency = models.FloatField(null=True, blank=True)  # the present one, where it adapts
    mean_seconds = models.FloatField(null=True, blank=True)
    lowered_at = models.DateTimeField(null=True, blank=True)
    admitted = models.PositiveBigIntegerField(default=0)
    deferred = models.PositiveBigIntegerField(default=0)
    succeeded = models.PositiveBigIntegerField(default=0)
    failed = models.PositiveBigIntegerField(default=0)
    opened = models.PositiveBigIntegerField(default=0)  # times that the breaker opened

    def __str__(self) -> str:
        return self.subject


class LimitSlot(models.Model):
    """A call under way. One whose worker died is free again when the lease has run out."""

    subject = models.CharField(max_length=120)
    run_id = models.UUIDField()
    path = models.CharField(max_length=255)
    expires_at = models.DateTimeField()  # system time

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subject", "run_id", "path"), name="limit_slot_once"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.path}"


class LimitUse(models.Model):
    """One admission, kept for as long as it counts in the rate."""

    subject = models.CharField(max_length=120)
    at = models.DateTimeField()  # system time

    class Meta:
        indexes = (models.Index(fields=("subject", "at"), name="limit_use_recent"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.at}"


class LimitWaiter(models.Model):
    """A step that has to wait for its turn, in the order of the rows. Its run has a timer as well."""

    class Because(models.TextChoices):
        RATE = "rate"  # its timer is its turn
        CONCURRENCY = "concurrency"  # whoever ends a call wakes it; the timer is for when nobody does
        BREAKER = "breaker"  # whoever closes the breaker wakes it, or the timer
        RESTS = "rests"  # the other side asked for patience

    subject = models.CharField(max_length=120)
    run_id = models.UUIDField()
    path = models.CharField(max_length=255)
    because = models.CharField(max_length=12, choices=Because)
    since = models.DateTimeField()  # system time
    due_at = models.DateTimeField()  # system time; of its timer
    woken_until = models.DateTimeField(null=True, blank=True)  # a free place is kept for it until then

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("run_id", "path", "subject"), name="limit_waiter_once"),)
        indexes = (models.Index(fields=("subject", "id"), name="limit_waiter_queue"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.path}"


class ConnectionCredential(models.Model):
    """One of several secrets of a connection, shared out by which is least in use. They replace its own secret."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="credentials")
    label = models.CharField(max_length=100)
    secret = SecretField()
    enabled = models.BooleanField(default=True)
    used_at = models.DateTimeField(null=True, blank=True, editable=False)  # system time
    rests_until = models.DateTimeField(null=True, blank=True, editable=False)  # system time
    rests_because = models.CharField(max_length=60, blank=True, editable=False)  # the code of the refusal

    class Meta:
        ordering = ("connection", "label")
        constraints = (models.UniqueConstraint(fields=("connection", "label"), name="credential_label_once"),)

    def __str__(self) -> str:
        return f"{self.connection}: {self.label}"
