"""`manage.py runs pause|resume|cancel|again|migrate|replay|stuck` and others: control of runs. Exit status 0 or 1."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from orchestration import api
from orchestration.exceptions import OrchestrationError


class Command(BaseCommand):
    help = "Pauses, resumes, cancels, starts again, migrates and replays runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        pause = acts.add_parser("pause", help="start no new step of these runs, and let their clocks stand still")
        resume = acts.add_parser("resume", help="let paused runs go on")
        cancel = acts.add_parser("cancel", help="end open runs now")
        for act in (pause, resume, cancel):
            act.add_argument("ids", nargs="+", type=UUID, metavar="ID")
        for act in (pause, cancel):
            act.add_argument("--reason", required=True, help="why; it stays with the run")
        hold = acts.add_parser("pause-workflow", help="keep new runs at their start, and let the open ones stand still")
        hold.add_argument("name", metavar="WORKFLOW")
        hold.add_argument("--reason", required=True, help="why; it stays with the workflow")
        hold.add_argument("--new-only", action="store_true", help="open runs go on to their ends")
        acts.add_parser("resume-workflow", help="let a paused workflow go on").add_argument("name", metavar="WORKFLOW")
        again = acts.add_parser("again", help="start new runs from these: with the same input, from a step or an event")
        again.add_argument("ids", nargs="+", type=UUID, metavar="ID")
        begin = again.add_mutually_exclusive_group()
        begin.add_argument("--step", metavar="PATH", help="of ended runs: this step and what comes after it")
        begin.add_argument("--after", type=int, metavar="N", help="go on from where they stood after event N")
        migrate = acts.add_parser("migrate", help="move open runs to another version of their workflow")
        migrate.add_argument("ids", nargs="+", type=UUID, metavar="ID")
        migrate.add_argument("--to", type=int, required=True, metavar="N", help="the version's number")
        migrate.add_argument("--map", nargs="*", default=[], metavar="OLD=NEW", help="new step ids; others stay")
        migrate.add_argument("--dry-run", action="store_true", help="only say what would happen")
        replay = acts.add_parser("replay", help="fold the audit events; status 1 where they do not tell what is stored")
        replay.add_argument("ids", nargs="*", type=UUID, metavar="ID")
        replay.add_argument("--all", action="store_true", help="every run")
        replay.add_argument("--at", type=int, metavar="N", help="print the state after event N, as JSON")

        stuck = acts.add_parser("stuck", help="everything that is stuck and why; status 1 where there is anything")
        stuck.add_argument("--json", action="store_true", help="one JSON object, for machines")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if not getattr(self, f"_{act.replace('-', '_')}")(options):
            raise SystemExit(1)

    def _pause(self, options: Any) -> bool:
        return self._each(options["ids"], partial(api.pause_run, reason=options["reason"]), "paused")

    def _pause_workflow(self, options: Any) -> bool:
        given = {"reason": options["reason"], "holds_open": not options["new_only"]}
        return self._of_workflow(partial(api.pause_workflow, **given), options["name"], "paused")

    def _resume_workflow(self, options: Any) -> bool:
        return self._of_workflow(api.resume_workflow, options["name"], "goes on")

    def _of_workflow(self, act: Callable[..., None], name: str, done: str) -> bool:
        try:
            act(workflow=name, actor=api.COMMAND_LINE)
        except OrchestrationError as error:
            raise CommandError(str(error), returncode=1) from error
        self.stdout.write(f"{name}: {done}")
        return True

    def _resume(self, options: Any) -> bool:
        return self._each(options["ids"], api.resume_run, "goes on")

    def _cancel(self, options: Any) -> bool:
        return self._each(options["ids"], partial(api.cancel_run, reason=options["reason"]), "cancelled")

    def _again(self, options: Any) -> bool:
        if options["step"]:
            act: Callable[..., Any] = partial(api.retry, path=options["step"])
        elif options["after"]:
            act = partial(api.fork, sequence=options["after"])
        else:
            act = api.rerun
        return self._each(options["ids"], act, "goes on as")

    def _migrate(self, options: Any) -> bool:
        wanted = {"to": options["to"], "step_map": dict(self._pair(text) for text in options["map"])}
        if not options["dry_run"]:
            return self._each(options["ids"], partial(self._migrated, **wanted), f"is on version {options['to']}")
        return not sum(not self._planned(run_id, **wanted) for run_id in options["ids"])

    def _migrated(self, **wanted: Any) -> None:
        api.migrate_run(**wanted)

    def _planned(self, run_id: UUID, **wanted: Any) -> bool:
        try:
            plan = api.plan_migration(run_id=run_id, **wanted)
        except OrchestrationError as error:
            raise CommandError(str(error), returncode=1) from error
        anew = [f"{path} begins anew." for path in plan.anew]
        anew += [f"{path} begins anew as {place}." for path, place in plan.renamed.items()]
        anew += [f"{path} goes on as {place}." for path, place in plan.carried.items()]
        for line in [*plan.faults, *anew, *plan.notes]:
            self.stdout.write(f"{run_id}: {line}")
        self.stdout.write(f"{run_id}: {'would be refused' if plan.faults else 'would be moved'}")
        return not plan.faults

    def _pair(self, text: str) -> tuple[str, str]:
        old, sign, new = text.partition("=")
        if not sign or not old or not new:
            raise CommandError(f"{text!r} is not OLD=NEW.", returncode=2)
        return old, new

    def _each(self, ids: Iterable[UUID], act: Callable[..., Any], done: str) -> bool:
        """Does what can be done, and says of each run what became of it."""
        refused = 0
        for run_id in ids:
            try:
                made = act(run_id=run_id, actor=api.COMMAND_LINE)
            except OrchestrationError as error:
                refused += 1
                self.stderr.write(f"{run_id}: {error}")
            else:
                self.stdout.write(f"{run_id}: {done}{f' {made.run_id}' if made else ''}")
        return not refused

    # ---- stuck ---------------------------------------------------------------------------------

    def _stuck(self, options: Any) -> bool:
        found = [row for kind in api.STUCK_KINDS for row in api.stuck(kind, limit=1000)]
        if options["json"]:
            rows = [asdict(row) for row in found]
            self.stdout.write(
                json.dumps({"counts": api.stuck_counts(), "items": rows}, cls=DjangoJSONEncoder, indent=2)
            )
            return not found
        for row in found:
            since = f", since {row.since:%Y-%m-%d %H:%M}" if row.since else ""
            self.stdout.write(f"{row.kind} {row.run_id or row.id}: {row.what}: {row.why.rstrip('.')}{since}")
        self.stdout.write(f"{len(found)} stuck." if found else "Nothing is stuck.")
        return not found

    # ---- replay --------------------------------------------------------------------------------

    def _replay(self, options: Any) -> bool:
        ids = self._wanted(options)
        if options["at"] is not None:
            return self._told_at(ids, options["at"])
        wrong = sum(not self._proven(run_id) for run_id in ids)
        self.stdout.write(f"{wrong} of the runs differ." if wrong else "Every run is as its events tell it.")
        return not wrong

    def _wanted(self, options: Any) -> Iterable[UUID]:
        if options["all"] == bool(options["ids"]):
            raise CommandError("Name runs, or --all of them.", returncode=2)
        if options["all"]:
            return api.runs().order_by("id").values_list("id", flat=True).iterator(chunk_size=1000)
        return list(options["ids"])

    def _proven(self, run_id: UUID) -> bool:
        try:
            found = api.replay(run_id)
        except OrchestrationError as error:
            raise CommandError(str(error), returncode=1) from error
        for difference in found.differences:
            self.stderr.write(f"{run_id}: {difference}")
        if found.ok:
            note = ", their structure: values were erased" if found.erased else ""
            self.stdout.write(f"{run_id}: {found.events} events{note}, as stored")
        return found.ok

    def _told_at(self, ids: Iterable[UUID], sequence: int) -> bool:
        for run_id in ids:
            try:
                state = api.state_at(run_id, sequence)
            except OrchestrationError as error:
                raise CommandError(str(error), returncode=1) from error
            self.stdout.write(json.dumps(asdict(state), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
        return True
