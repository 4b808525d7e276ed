"""What somebody was told."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orchestration.api import SecretField


class Notice(models.Model):
    """One thing told to one person, in the application; a mail says the same. It is about a task, or about a run."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("You are asked")  # an escalation level has reached the person
        HALF = "half", _("Half of the time is gone")
        THREE_QUARTERS = "three_quarters", _("Three quarters of the time are gone")
        BREACH = "breach", _("The time is over")
        RELEASED = "released", _("Released by somebody else")
        ANSWERED = "answered", _("Your question was answered")
        BACK = "back", _("Back from waiting")  # the time for an answer, or of snoozing, is over
        DECLINED = "declined", _("Given back to you")
        DECIDED = "decided", _("Decided by somebody else")
        NUDGED = "nudged", _("You are reminded")
        MENTIONED = "mentioned", _("You are named")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        AT_RISK = "at_risk", _("May be late")  # a run or a step of it: three quarters of its time are gone
        LATE = "late", _("Is late")

    OVER = frozenset(
        {Kind.RELEASED, Kind.DECIDED, Kind.WITHDRAWN, Kind.MENTIONED}
    )  # worth knowing when it is settled too

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    task = models.ForeignKey(
        "reviews.ReviewTask", null=True, blank=True, on_delete=models.CASCADE, related_name="notices"
    )
    run = models.ForeignKey(
        "orchestration.Run", null=True, blank=True, on_delete=models.CASCADE, related_name="notices"
    )
    path = models.CharField(max_length=255, blank=True, default="")  # the step of the run; empty: the run itself
    due_at = models.DateTimeField(null=True, blank=True)  # process time; of the run or the step
    kind = models.CharField(max_length=14, choices=Kind)
    key = models.CharField(max_length=340)  # what it is about: the same is told to the same person once
    subject = models.CharField(max_length=300)
    text = models.CharField(max_length=500)
    at = models.DateTimeField()  # process time
    in_digest = models.BooleanField(default=False, db_default=False)  # it waits to be mailed with others
    read_at = models.DateTimeField(null=True, blank=True)  # system time

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("person", "key"), name="notice_told_once"),
            models.CheckConstraint(
                condition=Q(task__isnull=False, run__isnull=True) | Q(task__isnull=True, run__isnull=False),
                name="notice_is_about_one_thing",
            ),
        )
        indexes = (
            models.Index(fields=("person", "-at"), name="notice_of_person"),
            models.Index(fields=("person",), condition=Q(read_at__isnull=True), name="notice_unread"),
        )

    def __str__(self) -> str:
        return self.subject

    @property
    def due(self) -> datetime | None:
        """When what it is about is due, as far as it still is."""
        if self.task is None:
            return self.due_at
        return self.task.due_at if self.task.is_waiting else None

    @property
    def still_tells(self) -> bool:
        """It has not been read, and what it asks for has not been done."""
        if self.read_at is not None:
            return False
        if self.kind in self.OVER:
            return True
        return self.task.is_waiting if self.task is not None else self.run is None or self.run.ended_at is None

    @property
    def address(self) -> str:
        """Where it can be looked at."""
        if self.task_id is not None:
            return reverse("web:task", args=[self.task_id])
        step = f"?{urlencode({'step': self.path})}" if self.path else ""
        return f"{reverse('studio:run', args=[self.run_id])}{step}"


class TellingChoice(models.Model):
    """How somebody wants to be told, where it differs from the usual ways: see reviewhub.notifications.ways."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="telling_choice"
    )
    mail_after = models.PositiveSmallIntegerField()  # minutes
    digest_hours = models.JSONField()  # of the person's zone
    chosen = models.JSONField()  # {channel: {kind: way}}

    def __str__(self) -> str:
        return f"How {self.person} is told"


class ChatIdentity(models.Model):
    """Who somebody is in the chat, as they or an administrator have linked them."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chat_identity")
    member = models.CharField(
        "member ID", max_length=40, unique=True, help_text=_("In Slack: U012AB3CD, of the profile.")
    )

    class Meta:
        verbose_name = "chat identity"
        verbose_name_plural = "chat identities"

    def __str__(self) -> str:
        return f"{self.person} as {self.member}"


class Delivery(models.Model):
    """That a notice has left over a channel, and where it stands there, if it can be changed."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=20)  # a reviewhub.notifications.channels.port.Channel's name
    address = models.CharField(max_length=100, blank=True)  # what the channel knows the person by
    place = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()  # system time

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = (models.UniqueConstraint(fields=("notice", "channel", "address"), name="notice_delivered_once"),)

    def __str__(self) -> str:
        return f"{self.notice} by {self.channel}"


class PushDevice(models.Model):
    """A browser that somebody wants to be told on, at the address that its push service gave it."""

    LONGEST = 1000

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_devices")
    digest = models.CharField(max_length=64, unique=True)  # of the address: one device is one row
    endpoint = SecretField()  # whoever knows it could speak to the device
    p256dh = models.CharField(max_length=100)
    auth = SecretField()
    label = models.CharField(max_length=60)
    added_at = models.DateTimeField()  # system time, as all here
    told_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=200, blank=True)  # why the last one did not arrive

    class Meta:
        ordering = ("-added_at",)

    def __str__(self) -> str:
        return self.label


class PushIdentity(models.Model):
    """The installation's own key pair for push services. There is one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    private_key = SecretField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="push_identity_is_one"),)

    def __str__(self) -> str:
        return "Push identity"
