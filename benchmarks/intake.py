"""Taking events in on PostgreSQL, durably, with one web process: how quickly at a calm rate, and how many at most."""

from __future__ import annotations

import time

from benchmarks.floors import commits_per_s, cpu_seconds
from benchmarks.place import furnish, production
from benchmarks.report import quantile, report
from benchmarks.sending import SECRET, take_events

CALM = 50  # events a second
CALM_SECONDS = 20
SUSTAINED = 220  # events a second: somewhat more than the bar
SUSTAINED_SECONDS = 60


def main() -> None:
    with production() as installation:
        floor = 1000 / commits_per_s(installation.environment["DATABASE_URL"])
        furnish(SECRET)
        web = installation.pid("web")
        known = len(take_events(installation.url, CALM, 4))
        before = cpu_seconds(web)
        taken = take_events(installation.url, CALM, CALM_SECONDS)
        report("intake", "webhook_cpu_ms", (cpu_seconds(web) - before) * 1000 / len(taken), "ms")
        report("intake", "webhook_p50_ms", quantile(taken, 0.50), "ms", floor=floor, bar=8)
        report("intake", "webhook_p99_ms", quantile(taken, 0.99), "ms", floor=floor, bar=30)
        before, began = cpu_seconds(web), time.perf_counter()
        many = take_events(installation.url, SUSTAINED, SUSTAINED_SECONDS)
        per_s = len(many) / (time.perf_counter() - began)
        spent = (cpu_seconds(web) - before) * 1000 / len(many)
        report("intake", "webhook_sustained_per_s", per_s, "1/s", at_least=200)
        report("intake", "webhook_sustained_p99_ms", quantile(many, 0.99), "ms", floor=floor)
        report("intake", "webhook_sustained_cpu_ms", spent, "ms")
        lost = known + len(taken) + len(many) - stored()
        report("intake", "webhook_lost", lost, "events", bar=0)


def stored() -> int:
    from orchestration.api import runs

    return runs().count()


if __name__ == "__main__":
    main()
