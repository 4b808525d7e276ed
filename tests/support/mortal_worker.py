"""A program whose children do a worker's work and are killed where they are told to be.

It reads one order a line, `{"point": "after call", "nth": 2, "at": "…", "place": "…"}`, forks a child that binds the
fakes, patches the named function and works until nothing is left to do; then it writes how the child ended. Forking
after Django is set up makes a death cost milliseconds instead of a second. The product knows nothing of any of this.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

# What a worker goes through, by the name of the function that does it. One that is renamed fails the tests by name.
POINTS = {
    "claim": "orchestration.runtime.execute.take",
    "call": "orchestration.runtime.calls.call",
    "commit": "django.db.backends.base.base.BaseDatabaseWrapper._commit",
    "publish": "orchestration.runtime.hints.send",
    "closing": "orchestration.runtime.closers.close",
    "timer": "orchestration.runtime.sweeper.fire_many",
    "loss": "orchestration.runtime.sweeper._lose",
    "message": "orchestration.runtime.outbox.send",
    "effect": "tests.support.outside.Outside.does",
}


PATIENCE = 60  # seconds for all that one worker does


class Reaper:
    """Counts how often the point is reached, and kills the process at the nth time."""

    def __init__(self, point: str, nth: int) -> None:
        self._when, _, name = point.partition(" ")
        self._left = nth
        path, _, attribute = POINTS[name].rpartition(".")
        owner = _resolved(path)
        setattr(owner, attribute, self._around(getattr(owner, attribute)))

    def _around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def reached(*args: Any, **options: Any) -> Any:
            if self._when == "before":
                self._reap()
            result = function(*args, **options)
            if self._when == "after":
                self._reap()
            return result

        return reached

    def _reap(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _resolved(path: str) -> Any:
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name)


def work(order: Mapping[str, Any]) -> None:
    """As a worker with a sweeper does it, on a clock that jumps to whatever is due next."""
    from orchestration.models import Attempt, OutboxMessage, Run, Timer
    from orchestration.runtime import outbox
    from tests.support.outside import outside_bench

    with outside_bench(Path(order["place"])) as bench:
        bench.clock.process = bench.clock.system = datetime.fromisoformat(order["at"])
        if order["point"]:
            Reaper(order["point"], order["nth"])
        while Run.objects.filter(status__in=("running", "ending")).exists():
            outbox.send_due()
            bench.close("tools")
            bench.sweep()
            due = Timer.objects.filter(status="armed").order_by("due_at").values_list("due_at", flat=True).first()
            if due is not None and due > bench.clock.process:
                bench.clock.process = bench.clock.system = due
            elif Attempt.objects.filter(status="running").exists():
                bench.clock.forward(minutes=2)  # the lease of a dead worker has to expire
            elif OutboxMessage.objects.exists():
                bench.clock.forward(minutes=2)  # what a dead worker had begun to send is sent by the next one
            elif due is None:
                break  # only a person can go on from here
        outbox.send_due()


def _child(order: Mapping[str, Any]) -> None:
    faulthandler.dump_traceback_later(PATIENCE, exit=True)  # a child that hangs says where
    try:
        work(order)
    except BaseException:  # noqa: BLE001 - the parent hears of it, whatever it was
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main(database: Mapping[str, Any]) -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"].update(database)
    django.setup()
    _say("ready")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _child(json.loads(line))
        _, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        _say(json.dumps({"killed": killed, "ended_well": status == 0}))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
