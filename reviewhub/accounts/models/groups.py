"""People who are asked together by a name of their own: a board, a crisis team, whoever knows customs."""

from __future__ import annotations

from django.db import models

from reviewhub.accounts.models.people import Person


class PeopleGroup(models.Model):
    """Whom `{group: NAME}` of a workflow asks. It decides nothing about who may do what: roles and queues do."""

    name = models.SlugField(max_length=100, unique=True)  # the name that workflows use
    title = models.CharField(max_length=150)
    people = models.ManyToManyField(Person, through="GroupMembership", related_name="people_groups")

    class Meta:
        ordering = ("title",)
        verbose_name = "group"

    def __str__(self) -> str:
        return self.title


class GroupMembership(models.Model):
    group = models.ForeignKey(PeopleGroup, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="group_memberships")

    class Meta:
        ordering = ("group", "person")
        constraints = (models.UniqueConstraint(fields=("group", "person"), name="group_member_once"),)

    def __str__(self) -> str:
        return f"{self.person} in {self.group}"
