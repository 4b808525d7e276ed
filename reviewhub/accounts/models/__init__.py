"""The tables of people, roles and absences."""

from reviewhub.accounts.models.absences import Absence
from reviewhub.accounts.models.people import Person
from reviewhub.accounts.models.roles import RoleGrant

__all__ = ["Absence", "Person", "RoleGrant"]
