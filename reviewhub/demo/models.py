"""The data of the demo's other systems, its clock, and the events that its buttons sent."""

from __future__ import annotations

from django.db import models


class Loading(models.Model):
    """Which edition of the demo's people, settings and cases this database holds."""

    edition = models.PositiveIntegerField()
    at = models.DateTimeField()  # system time

    def __str__(self) -> str:
        return f"edition {self.edition}"


class ClockAnchor(models.Model):
    """One row: from where, and since when, process time runs. See reviewhub.demo.clock."""

    process_at = models.DateTimeField()  # process time at `system_at`
    system_at = models.DateTimeField()
    alive_until = models.DateTimeField()  # system time; beyond it the clock stands still
    speed = models.FloatField()  # process seconds in one system second; 0 until somebody opens the demo

    def __str__(self) -> str:
        return f"{self.process_at:%d %b %Y %H:%M}"


class Order(models.Model):
    """An order in the ERP. The key makes sending it twice harmless; nothing else does."""

    class Status(models.TextChoices):
        PLACED = "placed", "Placed"
        CANCELLED = "cancelled", "Cancelled"  # final

    idempotency_key = models.CharField(max_length=300, unique=True)
    request_id = models.CharField(max_length=100, db_index=True)
    supplier = models.CharField(max_length=200)
    amount = models.FloatField()
    cost_center = models.CharField(max_length=40, db_index=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.PLACED)
    placed_at = models.DateTimeField()  # process time

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.number} {self.supplier}"

    @property
    def number(self) -> str:
        return f"PO-{10_000 + self.pk}"


class ErpCall(models.Model):
    """One call for an order, and how the ERP answered."""

    idempotency_key = models.CharField(max_length=300, db_index=True)
    answer = models.CharField(max_length=20)  # see reviewhub.demo.systems.moods
    at = models.DateTimeField()  # process time

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.answer} {self.idempotency_key}"


class ErpSwitch(models.Model):
    """One row: whether the ERP is down."""

    down = models.BooleanField(default=False)

    def __str__(self) -> str:
        return "down" if self.down else "up"


class Mail(models.Model):
    """A mail that reached the demo's mailbox. The key makes sending it twice harmless."""

    idempotency_key = models.CharField(max_length=300, unique=True)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    received_at = models.DateTimeField()  # process time

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"


class SentEvent(models.Model):
    """A signed webhook that a button of the demo sent, and what was answered."""

    event_id = models.CharField(max_length=100)
    path = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    body = models.TextField()  # the very bytes that were signed
    status = models.PositiveSmallIntegerField()  # of the HTTP answer
    run_id = models.CharField(max_length=40, blank=True)
    sent_at = models.DateTimeField()  # process time

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title
