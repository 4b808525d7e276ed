"""Which sequence a step run and a timer stand in, so that a run can be read in part.

It takes the place of the iteration, which nothing read. Only open runs are read in part, so only theirs are filled in.
"""

from __future__ import annotations

from django.db import migrations, models

OPEN = "run_id IN (SELECT id FROM orchestration_run WHERE status IN ('running', 'ending'))"


def _before_the_last(mark: str, text: str) -> str:
    """In the SQL of both databases; empty where the mark is not in the text."""
    return f"rtrim(rtrim({text}, replace({text}, '{mark}', '')), '{mark}')"


SUBJECT = _before_the_last(":", "name")  # the key of an incident ends with !2, and no sequence ends like that
FILL_STEPS = f"UPDATE orchestration_steprun SET within = {_before_the_last('/', 'path')} WHERE {OPEN}"  # noqa: S608
FILL_TIMERS = f"UPDATE orchestration_timer SET within = {_before_the_last('/', SUBJECT)} WHERE {OPEN}"  # noqa: S608
BY_BYTES = ("uuid_ops", "varchar_pattern_ops")


def _within() -> models.CharField[str | None, str | None]:
    return models.CharField(blank=True, max_length=255, null=True)


class Migration(migrations.Migration):
    dependencies = (("orchestration", "0014_kept_answers"),)

    operations = (
        migrations.AddField(model_name="steprun", name="within", field=_within()),
        migrations.AddField(model_name="timer", name="within", field=_within()),
        migrations.RunSQL(FILL_STEPS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL_TIMERS, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="steprun", name="iteration"),
        migrations.RemoveField(model_name="timer", name="iteration"),
        migrations.AddIndex(
            model_name="steprun",
            index=models.Index(fields=["run", "within"], name="step_run_within", opclasses=BY_BYTES),
        ),
        migrations.AddIndex(
            model_name="timer", index=models.Index(fields=["run", "within"], name="timer_within", opclasses=BY_BYTES)
        ),
    )
