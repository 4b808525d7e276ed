"""The night in which clocks are put back, as it is said on the server and in the browser.

Each is a zone, the moment, an instant and what is said of it. Seen from an afternoon before, or from long before.
"""

from __future__ import annotations

from datetime import UTC, datetime

AFTERNOON = datetime(2026, 10, 24, 14, 0, tzinfo=UTC)
OTHER = datetime(2026, 10, 31, 14, 0, tzinfo=UTC)
APRIL = datetime(2026, 4, 4, 8, 0, tzinfo=UTC)

Said = tuple[str, datetime, datetime, str]

REPEATED: tuple[Said, ...] = (
    ("Europe/Stockholm", AFTERNOON, datetime(2026, 10, 24, 23, 59, tzinfo=UTC), "Sun 01:59"),
    ("Europe/Stockholm", AFTERNOON, datetime(2026, 10, 25, 0, 0, tzinfo=UTC), "Sun 02:00 UTC+2"),
    ("Europe/Stockholm", AFTERNOON, datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC), "Sun 02:59 UTC+2"),
    ("Europe/Stockholm", AFTERNOON, datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "Sun 02:00 UTC+1"),
    ("Europe/Stockholm", AFTERNOON, datetime(2026, 10, 25, 1, 59, 59, tzinfo=UTC), "Sun 02:59 UTC+1"),
    ("Europe/Stockholm", AFTERNOON, datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "Sun 03:00"),
    (
        "Europe/Stockholm",
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        "02:30 UTC+1",
    ),
    (
        "Europe/Stockholm",
        datetime(2026, 9, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        "25 Oct 02:30 UTC+2",
    ),
    ("Europe/Stockholm", datetime(2025, 9, 1, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25 Oct 2026"),
    ("Europe/London", AFTERNOON, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Sun 01:30 UTC+1"),
    ("Europe/London", AFTERNOON, datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Sun 01:30 UTC+0"),
    ("America/St_Johns", OTHER, datetime(2026, 11, 1, 4, 15, tzinfo=UTC), "Sun 01:45 UTC-2:30"),
    ("America/St_Johns", OTHER, datetime(2026, 11, 1, 5, 15, tzinfo=UTC), "Sun 01:45 UTC-3:30"),
    ("Australia/Lord_Howe", APRIL, datetime(2026, 4, 4, 14, 45, tzinfo=UTC), "Sun 01:45 UTC+11"),
    ("Australia/Lord_Howe", APRIL, datetime(2026, 4, 4, 15, 15, tzinfo=UTC), "Sun 01:45 UTC+10:30"),
    ("Australia/Lord_Howe", APRIL, datetime(2026, 4, 4, 15, 30, tzinfo=UTC), "Sun 02:00"),
    ("Europe/Stockholm", datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "Sun 03:00"),
    ("Asia/Kolkata", AFTERNOON, datetime(2026, 10, 25, 0, 0, tzinfo=UTC), "Sun 05:30"),
    ("UTC", AFTERNOON, datetime(2026, 10, 25, 0, 0, tzinfo=UTC), "Sun 00:00"),
)
