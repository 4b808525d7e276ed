"""Steps a second of the embedded worker on SQLite, in a process of its own: `python -m benchmarks.embedded_steps`
with the installation's environment. Prints one number."""

from __future__ import annotations

import time

import django

RUNS = 400


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from benchmarks import trivial  # noqa: F401 - registers the tools
    from benchmarks.load import STEPS, five, open_runs, publish, start, wait_until
    from reviewhub.embedded.worker import EmbeddedWorker

    call_command("migrate", verbosity=0)
    publish(five("bench-five", "bench.add@1"))
    worker = EmbeddedWorker()
    worker.start()
    start("bench-five", [{"n": number} for number in range(50)])
    wait_until(lambda: open_runs("bench-five") == 0, 60, "the warm-up")
    started = time.perf_counter()
    start("bench-five", [{"n": number} for number in range(RUNS)])
    wait_until(lambda: open_runs("bench-five") == 0, 120, "the end of all runs")
    print(RUNS * STEPS / (time.perf_counter() - started), flush=True)
    worker.stop()


if __name__ == "__main__":
    main()
