"""A person is an account; one verified address belongs to one person."""

from __future__ import annotations

from datetime import time
from functools import cached_property, lru_cache
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reviewhub.compiled import NUMBER, Statement, planned_once


def validate_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("There is no time zone “%(zone)s”; write it like Europe/Helsinki.") % {"zone": value})


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = ",".join(DAYS)


def validate_days(value: str) -> None:
    days = value.split(",")
    if not set(days) <= set(DAYS) or len(days) != len(set(days)):
        raise ValidationError(_("Days are written like %(every_day)s, one at least.") % {"every_day": EVERY_DAY})


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=email.strip().lower(), **fields)
        person.username = person.username or person.email.partition("@")[0]
        person.display_name = person.display_name or person.username
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """The first administrator of an installation, made on the command line."""
        person = self.create_user(email, password, email_verified_at=timezone.now(), **fields)
        person.grants.create(role="administrator", granted_by="command line")
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=(username or "").strip())


class Person(AbstractBaseUser):
    """Somebody who signs in. What they may do is in `reviewhub.accounts.permissions`, never in a flag here."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _lazy("As the device says")
        LIGHT = "light", _lazy("Light")
        DARK = "dark", _lazy("Dark")

    username = models.SlugField(max_length=100, unique=True)  # the name that workflows use: {user: carol}
    email = models.EmailField(max_length=254, unique=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    display_name = models.CharField(max_length=150)
    zone = models.CharField(max_length=60, default="UTC", validators=(validate_zone,))
    locale = models.CharField(max_length=12, default="en")
    reached_from = models.TimeField(
        default=time(7), help_text=_lazy("Reminders by mail and push that come earlier wait until then, in their zone.")
    )
    reached_until = models.TimeField(
        default=time(21), help_text=_lazy("Reminders that come later wait for the next day.")
    )
    reached_on = models.CharField(
        "days",
        max_length=27,
        default=EVERY_DAY,
        validators=(validate_days,),
        help_text=_lazy("Such as mon,tue,wed,thu,fri."),
    )
    theme = models.CharField(max_length=8, choices=Theme, default=Theme.SYSTEM)
    manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    is_active = models.BooleanField("may sign in", default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["username", "display_name"]

    class Meta:
        ordering = ("display_name", "id")
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = (
            models.UniqueConstraint(Lower("email"), name="person_email_once"),
            models.CheckConstraint(condition=~Q(manager=F("id")), name="person_not_own_manager"),
        )

    def __str__(self) -> str:
        return self.display_name

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def initials(self) -> str:
        words = self.display_name.split() or [self.username]
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    @cached_property
    def granted(self) -> frozenset[tuple[str, str]]:
        """(role, workflow) of every grant; read once for each loaded person."""
        return frozenset(_held("grants", ("role", "workflow"), connection.vendor).rows(self.pk))

    @cached_property
    def queue_roles(self) -> frozenset[tuple[int, str]]:
        """(queue, role) of every queue that the person works in; read once for each loaded person."""
        return frozenset((queue, role) for queue, role, _ in self._memberships)

    @property
    def held_queues(self) -> frozenset[int]:
        """Those of the person's queues that are held, as of the same moment."""
        return frozenset(queue for queue, _, held_at in self._memberships if held_at is not None)

    @cached_property
    def _memberships(self) -> list[tuple[Any, ...]]:
        return _held("memberships", ("queue", "role", "queue__held_at"), connection.vendor).rows(self.pk)

    # What Django's admin asks, answered from the table of roles and verbs.

    @property
    def is_staff(self) -> bool:
        return self.has_module_perms("")

    @property
    def is_superuser(self) -> bool:
        return False

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        from reviewhub.accounts.permissions import allows

        reads = perm.partition(".")[2].startswith("view_")
        return allows(self, "config.read" if reads else "config.edit")

    def has_perms(self, perm_list: list[str], obj: object | None = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        from reviewhub.accounts.permissions import allows

        return allows(self, "config.read")


@lru_cache(maxsize=4)
def _held(relation: str, columns: tuple[str, ...], vendor: str) -> Statement:
    """Columns of what belongs to a person. Every request asks, and so it is put together once."""
    return planned_once(getattr(Person(pk=NUMBER), relation).order_by().values_list(*columns), NUMBER)
