"""`manage.py workflows validate|test|diff|deploy|export|schema`: workflows as code. Exit status 0 or 1."""

from __future__ import annotations

import difflib
import json
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from orchestration.api import check_offline, check_workflow, rehearse_offline, rehearse_tests
from orchestration.core.language.check import Fault
from orchestration.core.language.schema import json_schema
from orchestration.deployment.elsewhere import Elsewhere
from orchestration.deployment.files import WorkflowFile, found, read
from orchestration.deployment.here import Here
from orchestration.deployment.places import Place, Published, Refused
from orchestration.deployment.tellings import rehearsed_as_json, told_tests

NO_DATABASE = (
    "The database is not there, or not brought up to date (`manage.py migrate`). `validate` and `test` need none with "
    "--offline, the others none with --target."
)


class Command(BaseCommand):
    help = "Checks, compares, publishes and exports workflows."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        validate = acts.add_parser("validate", help="name every fault of the files")
        test = acts.add_parser("test", help="run the tests beside the texts; status 1 if one fails")
        diff = acts.add_parser("diff", help="show what differs from the published versions; status 1 if anything does")
        deploy = acts.add_parser("deploy", help="publish the files, all of them or, where one has faults, none")
        export = acts.add_parser("export", help="write the published workflows into a folder")
        acts.add_parser("schema", help="print the JSON Schema of the language, for editors")
        for act in (validate, test, diff, deploy):
            act.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder with .yaml, .yml and .json")
        export.add_argument("paths", nargs=1, metavar="FOLDER")
        for act in (validate, test):
            act.add_argument("--offline", action="store_true", help="without the names of an installation")
        deploy.add_argument("--note", default="", help="why, for the history")
        deploy.add_argument("--skip-tests", action="store_true", help="publish though tests fail")
        for act in (validate, test, diff, deploy, export):
            act.add_argument("--json", action="store_true", help="JSON, for machines")
        for act in (diff, deploy, export):
            act.add_argument("--target", metavar="URL", help="another installation, over its API; needs no database")
            act.add_argument("--token-env", metavar="NAME", default="REVIEWHUB_TOKEN", help="variable with the token")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act == "schema":
            self.stdout.write(json.dumps(json_schema(), indent=2, ensure_ascii=False))
            return
        try:
            report = list(getattr(self, f"_{act}")(options))
        except (Refused, OSError) as error:
            raise CommandError(str(error), returncode=1) from error
        except DatabaseError as error:
            raise CommandError(f"{NO_DATABASE} It said: {error}", returncode=1) from error
        if options["json"]:
            self.stdout.write(json.dumps({"ok": all(line["ok"] for line in report), "files": report}, indent=2))
        if not all(line["ok"] for line in report):
            raise SystemExit(1)

    def _validate(self, options: Any) -> Iterator[dict[str, Any]]:
        for file in self._files(options, offline=options["offline"]):
            yield self._said(options, file, "sound")

    def _test(self, options: Any) -> Iterator[dict[str, Any]]:
        rehearse = rehearse_offline if options["offline"] else rehearse_tests
        for file in self._files(options, offline=options["offline"]):
            said = self._said(options, file, "")
            tests = rehearse(file.checked)
            for line in told_tests(file.path, tests) if said["ok"] and not options["json"] else ():
                self.stdout.write(line)
            passed = said["ok"] and all(test.passed for test in tests)
            yield {**said, "ok": passed, "tests": [rehearsed_as_json(test) for test in tests]}

    def _diff(self, options: Any) -> Iterator[dict[str, Any]]:
        place = _place(options)
        for file in self._files(options, offline=bool(options["target"])):
            if file.checked.canonical is None:
                yield self._said(options, file, "")
                continue
            current = place.current(file.name)
            same = current is not None and current.content_hash == file.checked.content_hash
            diff = _unified(file, current)
            if not options["json"] and not same:
                self.stdout.write("".join(diff))
            yield {**self._said(options, file, _compared(same=same, known=current is not None)), "ok": same}

    def _deploy(self, options: Any) -> Iterator[dict[str, Any]]:
        place = _place(options)
        files = list(self._files(options, offline=bool(options["target"])))
        sound = all(file.checked.canonical is not None for file in files)
        for file in files:
            if not sound:
                yield {**self._said(options, file, "sound, not published"), "ok": False}
                continue
            try:
                published = place.publish(file.name, file.text, options["note"], skip_tests=options["skip_tests"])
            except Refused as refused:
                self._faults(options, file.path, refused.faults)
                self.stderr.write(f"{file.path}: {refused}")
                yield {"path": str(file.path), "ok": False, "faults": _plain(refused.faults), "error": str(refused)}
                continue
            yield {**self._said(options, file, f"version {published.number} is current"), "version": published.number}

    def _export(self, options: Any) -> Iterator[dict[str, Any]]:
        place = _place(options)
        folder = Path(options["paths"][0])
        folder.mkdir(parents=True, exist_ok=True)
        for name in place.names():
            published = place.current(name)
            if published is None:
                continue
            path = folder / f"{name}.yaml"
            path.write_text(published.text, encoding="utf-8")
            if not options["json"]:
                self.stdout.write(f"{path}: version {published.number}")
            yield {"path": str(path), "ok": True, "version": published.number}

    def _files(self, options: Any, *, offline: bool) -> Iterator[WorkflowFile]:
        paths = list(found(options["paths"]))
        if not paths:
            raise Refused("There is no .yaml, .yml or .json file to read.")
        for path in paths:
            text = read(path)
            yield WorkflowFile(path, text, check_offline(text) if offline else check_workflow(text))

    def _said(self, options: Any, file: WorkflowFile, good: str) -> dict[str, Any]:
        ok = file.checked.canonical is not None
        self._faults(options, file.path, file.checked.faults)
        if ok and good and not options["json"]:
            self.stdout.write(f"{file.path}: {good}")
        return {
            "path": str(file.path),
            "ok": ok,
            "state": good if ok else "faulty",
            "faults": _plain(file.checked.faults),
        }

    def _faults(self, options: Any, path: Path, faults: tuple[Fault, ...]) -> None:
        for fault in faults if not options["json"] else ():
            where = f"{path}:{fault.line}:{fault.column}: {fault.level}:"
            self.stdout.write(f"{where} {fault.message}" + (f" [{fault.path}]" if fault.path else ""))


def _place(options: Any) -> Place:
    if not options["target"]:
        return Here()
    token = os.environ.get(options["token_env"], "")
    if not token:
        raise Refused(f"The environment variable {options['token_env']} has no token.")
    return Elsewhere(options["target"], token)


def _plain(faults: tuple[Fault, ...]) -> list[dict[str, Any]]:
    return [
        {"line": each.line, "column": each.column, "path": each.path, "message": each.message, "level": each.level}
        for each in faults
    ]


def _unified(file: WorkflowFile, current: Published | None) -> list[str]:
    before, name = (current.text, f"version {current.number}") if current else ("", "nothing")
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), file.text.splitlines(keepends=True), name, str(file.path)
    )
    return [line if line.endswith("\n") else f"{line}\n" for line in lines]


def _compared(*, same: bool, known: bool) -> str:
    if same:
        return "means the same as what is published"
    return "differs from what is published" if known else "is not published yet"
