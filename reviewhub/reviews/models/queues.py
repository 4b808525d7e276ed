"""Queues of work and the people who belong to them."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Queue(models.Model):
    """Where review tasks wait. Named by workflows with its slug."""

    INCIDENTS = "incidents"  # the slug of the queue that failed steps come to; made when the first one does

    class Giving(models.TextChoices):
        PULL = "pull", _("Nobody is given anything: people take")
        ROUND_ROBIN = "round_robin", _("In turn")
        LEAST_LOADED = "least_loaded", _("To whoever has the least to do")

    class Wakes(models.TextChoices):
        NEVER = "never", _("Nothing: reminders wait for people's own hours")
        URGENT = "urgent", _("What is critical or urgent")
        ALWAYS = "always", _("Everything: somebody is always on duty")

    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=150)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="manages"
    )
    backup = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="backs_up"
    )
    lease_minutes = models.PositiveSmallIntegerField(
        default=15,
        validators=(MinValueValidator(1), MaxValueValidator(480)),
        help_text=_("How long a claim holds before the task is anybody's again."),
    )
    undo_seconds = models.PositiveSmallIntegerField(
        default=10,
        validators=(MaxValueValidator(300),),
        help_text=_("How long a decision can be taken back, unless the workflow says otherwise."),
    )
    agreement_percent = models.PositiveSmallIntegerField(
        "agreements asked about",
        default=0,
        validators=(MaxValueValidator(100),),
        help_text=_("Of a hundred decisions that agree with the AI, after how many the reviewer is asked why."),
    )
    wakes = models.CharField(
        "wakes people",
        max_length=6,
        choices=Wakes,
        default=Wakes.URGENT,
        help_text=_("Which reminders by mail and push come outside of people's own hours."),
    )
    nudge_minutes = models.PositiveSmallIntegerField(
        "minutes between reminders",
        default=60,
        db_default=60,
        validators=(MinValueValidator(5), MaxValueValidator(10_080)),
        help_text=_("Whoever waits for a task may remind the person who has it; this often at most."),
    )
    asking_stops_clock = models.BooleanField(
        "asking stops the clock", default=True, help_text=_("While a question to the requester is open.")
    )
    snoozing_stops_clock = models.BooleanField(
        "snoozing stops the clock", default=False, help_text=_("Without it a task can be snoozed up to its deadline.")
    )
    answer_days = models.PositiveSmallIntegerField(
        "days for an answer",
        default=7,
        validators=(MinValueValidator(1), MaxValueValidator(90)),
        help_text=_("How long the requester can answer a question, and a task waits for it."),
    )
    giving = models.CharField(
        max_length=12,
        choices=Giving,
        default=Giving.PULL,
        help_text=_("How what nobody has finds somebody."),
    )
    cap = models.PositiveSmallIntegerField(
        default=10,
        validators=(MinValueValidator(1), MaxValueValidator(500)),
        help_text=_("Nobody is given more of this queue's tasks than this at a time."),
    )
    given_minutes = models.PositiveSmallIntegerField(
        "minutes a given task is kept",
        default=240,
        validators=(MinValueValidator(5), MaxValueValidator(10_080)),
        help_text=_("For whoever it was given to; after that it is given to somebody else."),
    )
    skills = models.JSONField(
        default=list,
        blank=True,
        help_text=_("What whoever is given its tasks must know, beside what the workflow asks."),
    )
    pull_only = models.BooleanField(
        "nobody picks",
        default=False,
        help_text=_("“Start reviewing” gives the most urgent; only leads pick others from the list."),
    )
    held_at = models.DateTimeField(null=True, blank=True, editable=False)  # process time; none: work goes on
    held_by = models.CharField(max_length=150, blank=True, editable=False)  # the label of who did it, as it was then
    hold_reason = models.CharField(max_length=300, blank=True, editable=False)
    hidden_share = models.PositiveSmallIntegerField(
        _("AI’s answer hidden, %"),
        default=0,
        db_default=0,
        validators=(MaxValueValidator(100),),
        help_text=_("Of its tasks, drawn by lot, show what the AI recommends only after a first answer."),
    )
    second_share = models.PositiveSmallIntegerField(
        _("second reviews, %"),
        default=0,
        validators=(MaxValueValidator(100),),
        help_text=_("Of its decisions, drawn by lot, put before somebody else as a task like any other."),
    )
    known_share = models.PositiveSmallIntegerField(
        _("known answers, %"),
        default=0,
        validators=(MaxValueValidator(100),),
        help_text=_("For so many of its decisions, a case whose answer is known is put before somebody."),
    )
    looks_by = models.ForeignKey(
        "accounts.PeopleGroup",
        verbose_name=_("second looks by a group"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("These people are asked by name; without it everybody of the queue takes them."),
    )
    looks_in = models.ForeignKey(
        "self",
        verbose_name=_("second looks in another queue"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Its people take them, among its own tasks; they read the cases."),
    )
    looks_drawn_until = models.DateTimeField(null=True, blank=True, editable=False)  # process time
    clocks_stopped_at = models.DateTimeField(null=True, blank=True, editable=False)  # process time; none: they run
    clocks_stopped_by = models.CharField(max_length=150, blank=True, editable=False)
    clocks_stopped_for = models.CharField(max_length=300, blank=True, editable=False)  # the reason
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="reviews.QueueMembership", related_name="review_queues"
    )

    class Meta:
        ordering = ("title",)
        constraints = (
            models.CheckConstraint(
                condition=Q(held_at__isnull=True, hold_reason="") | (Q(held_at__isnull=False) & ~Q(hold_reason="")),
                name="queue_held_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(looks_by__isnull=True) | Q(looks_in__isnull=True),
                name="queue_looks_one_way",
                violation_error_message=_("Second looks go to a group or to another queue, not to both."),
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def gives(self) -> bool:
        """Whether tasks of it are given to people just now."""
        return self.giving != self.Giving.PULL and self.held_at is None


class QueueMembership(models.Model):
    """Somebody works a queue, as a reviewer or as its lead."""

    class Role(models.TextChoices):
        REVIEWER = "reviewer", _("Reviewer")
        LEAD = "lead", _("Lead")

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role, default=Role.REVIEWER)
    is_given_tasks = models.BooleanField(default=True, help_text=_("Without it they only take."))
    given_at = models.DateTimeField(null=True, blank=True, editable=False)  # system time: when it was last their turn

    class Meta:
        ordering = ("queue", "role", "person")
        verbose_name = "member"
        constraints = (models.UniqueConstraint(fields=("queue", "person"), name="queue_member_once"),)

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display().lower()}"
