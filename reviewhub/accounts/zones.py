"""In which zone somebody is told a time whom we know by their mail address alone."""

from __future__ import annotations

from datetime import tzinfo

from django.utils import timezone

from reviewhub.accounts.models import Person


def zone_of(address: str) -> tzinfo:
    """That of the account with this address, else the installation's; whoever says a time names it."""
    known = Person.objects.filter(email__iexact=address, is_active=True).first()
    return known.timezone if known else timezone.get_default_timezone()
