"""A text that is stored encrypted. The key is derived from SECRET_KEY; older keys go on being read."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField


def cipher() -> MultiFernet:
    """The first key writes; all of them read, so that a key can be rotated."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"reviewhub.secrets:" + key.encode()).digest())


class SecretField(TextField):
    """Encrypts on the way in and decrypts on the way out. The empty text stays the empty text."""

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return cipher().decrypt(value.encode()).decode() if value else value

    def get_prep_value(self, value: Any) -> Any:
        return cipher().encrypt(str(value).encode()).decode() if value else value
