"""What somebody knows or is allowed to do, beyond belonging to a queue."""

from __future__ import annotations

from typing import Any

from django.db import models

from reviewhub.accounts.models.people import Person


class Skill(models.Model):
    """A word that queues and workflows ask for, such as `german`; in lower case, the same for everybody."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="skills")
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ("person", "name")
        constraints = (models.UniqueConstraint(fields=("person", "name"), name="skill_once"),)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        self.name = self.name.strip().lower()
