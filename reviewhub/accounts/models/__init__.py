"""The tables of people, roles and absences."""

from reviewhub.accounts.models.absences import Absence
from reviewhub.accounts.models.codes import OneTimeCode
from reviewhub.accounts.models.groups import GroupMembership, PeopleGroup
from reviewhub.accounts.models.people import Person
from reviewhub.accounts.models.roles import RoleGrant
from reviewhub.accounts.models.skills import Skill

__all__ = ["Absence", "GroupMembership", "OneTimeCode", "PeopleGroup", "Person", "RoleGrant", "Skill"]
