"""Runs from before the row had the first event's instant were begun some milliseconds later by their events."""

from __future__ import annotations

from typing import Any

from django.db import migrations

AT_ONCE = 500


def take_the_first_events_instant(apps: Any, schema_editor: Any) -> None:
    run_model, event = apps.get_model("orchestration", "Run"), apps.get_model("orchestration", "AuditEvent")
    rows = run_model.objects.order_by("pk").values_list("pk", "started_at")
    some = list(rows[:AT_ONCE])
    while some:
        known = {f"run:{pk}": (pk, started_at) for pk, started_at in some}
        first = event.objects.filter(chain__in=known, sequence=1, kind="run.started").values_list("chain", "at")
        differ = [(known[chain][0], at) for chain, at in first if known[chain][1] != at]
        run_model.objects.bulk_update([run_model(pk=pk, started_at=at) for pk, at in differ], ["started_at"])
        some = list(rows.filter(pk__gt=some[-1][0])[:AT_ONCE])


class Migration(migrations.Migration):
    dependencies = [("orchestration", "0021_fields_that_are_read")]

    operations = [migrations.RunPython(take_the_first_events_instant, migrations.RunPython.noop)]
