"""What the bare machine does: the floor under every figure."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import redis

COMMITS = 2000


def commits_per_s(database_url: str) -> float:
    """Single-row commits of one client, one after another, with the server's own durability."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS floor (id bigserial PRIMARY KEY, said text)")
        started = time.perf_counter()
        for number in range(COMMITS):
            connection.execute("INSERT INTO floor (said) VALUES (%s)", (f"row {number}",))
        seconds = time.perf_counter() - started
        connection.execute("DROP TABLE floor")
    return COMMITS / seconds


def rows_ms(database_url: str, query: str) -> float:
    """Milliseconds of one query, fetched whole, over an open connection; the middle of 50."""
    taken = []
    with psycopg.connect(database_url, autocommit=True) as connection:
        for _ in range(50):
            started = time.perf_counter()
            connection.execute(query).fetchall()
            taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)[25]


def hop_ms(redis_url: str) -> float:
    """Milliseconds of a push and a blocking pop, the least that wakes another process; the middle of 200."""
    taken = []
    with redis.Redis.from_url(redis_url) as client:
        for number in range(200):
            started = time.perf_counter()
            client.lpush("floor", number)
            client.brpop(["floor"], timeout=1)
            taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)[100]


def imported(modules: str) -> tuple[float, float]:
    """Seconds and megabytes that Python takes to import these modules and do nothing."""
    program = (
        f"import {modules}\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmRSS')))"
    )
    started = time.perf_counter()
    kilobytes = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    return time.perf_counter() - started, int(kilobytes) / 1024


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
