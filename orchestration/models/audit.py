"""The audit trail: append-only, one hash chain per run and per configured object.

Events hold structure and the salted digest of their values; the values lie apart, so that they can be
erased while the chain still verifies. Texts are kept exactly as they were hashed.
"""

from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """One fact, chained to the one before it. The database itself refuses to change or remove it."""

    chain = models.CharField(max_length=120)  # run:<id>, workflow:<name>, role:<person>, connection:<name> …
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()  # process time
    recorded_at = models.DateTimeField()  # system time
    actor_kind = models.CharField(max_length=10)  # person | token | requester | system | ai
    actor_id = models.CharField(max_length=150)
    actor_label = models.CharField(max_length=150)
    data = models.TextField()  # canonical JSON: the structure
    digest = models.CharField(max_length=64, blank=True)  # of salt and values; empty without values
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("chain", "sequence")
        constraints = (models.UniqueConstraint(fields=("chain", "sequence"), name="audit_event_sequence_once"),)
        indexes = (models.Index(fields=("-recorded_at", "-id"), name="audit_event_newest_first"),)

    def __str__(self) -> str:
        return f"{self.chain} #{self.sequence} {self.kind}"


class AuditPayload(models.Model):
    """The values of one event. May be erased, never changed."""

    chain = models.CharField(max_length=120)
    sequence = models.PositiveIntegerField()
    salt = models.CharField(max_length=32)
    body = models.TextField()  # canonical JSON

    class Meta:
        constraints = (models.UniqueConstraint(fields=("chain", "sequence"), name="audit_payload_sequence_once"),)

    def __str__(self) -> str:
        return f"{self.chain} #{self.sequence}"


class AuditChain(models.Model):
    """The head of a configured object's chain; its row's lock orders the events. Runs keep their own head."""

    name = models.CharField(max_length=120, primary_key=True)
    sequence = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return self.name


class AuditCheckpoint(models.Model):
    """A signed note of all heads that moved since the last one, so that a missing chain shows too."""

    number = models.PositiveIntegerField(primary_key=True)
    at = models.DateTimeField()  # system time
    heads = models.TextField()  # canonical JSON: [[chain, sequence, hash], …]
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"Checkpoint {self.number}"
