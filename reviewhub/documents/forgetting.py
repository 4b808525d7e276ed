"""What nobody has named goes, and what was drawn of it with it."""

from __future__ import annotations

from django.core.files.storage import default_storage

from orchestration import api


def forget_unnamed() -> None:
    """A chore of the sweeper's."""
    for digest in api.forget_unnamed_documents():
        folder = f"shown/{digest[:2]}"
        _, names = default_storage.listdir(folder) if default_storage.exists(folder) else ((), ())
        for name in names:
            if name.startswith(digest):
                default_storage.delete(f"{folder}/{name}")
