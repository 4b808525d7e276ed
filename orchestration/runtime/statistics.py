"""Telling PostgreSQL how large the engine's young tables have become.

A statement that was prepared while a table was empty would otherwise go on reading it whole, until the server looks at
the table by itself, which may be a minute and a hundred thousand rows later.
"""

from __future__ import annotations

from django.db import connection

FEWEST = 1000  # changed rows that are worth a look
_GROWN = """
SELECT relname FROM pg_stat_user_tables
WHERE relname LIKE 'orchestration\\_%%' AND n_mod_since_analyze > %s AND n_mod_since_analyze > n_live_tup / 2
ORDER BY relname
"""


def analyse_what_has_grown() -> list[str]:
    """Analyses each of the engine's tables that has doubled since it was last looked at. Returns their names."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_GROWN, [FEWEST])
        grown = [name for (name,) in cursor.fetchall()]
        for name in grown:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(name)}")
    return grown
