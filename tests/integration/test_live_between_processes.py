"""What a worker process has to say reaches a web process over Redis, by the layer that the settings name; and what may
not have reached it is looked at anew."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer

from reviewhub.realtime import groups, publish
from tests.support.installation import ROOT
from tests.support.machines import Redis

LISTENS = """
import asyncio, django
django.setup()
from channels.layers import get_channel_layer

async def main():
    layer = get_channel_layer()
    name = await layer.new_channel()
    await layer.group_add("desk", name)
    print("listening", flush=True)
    told = (await asyncio.wait_for(layer.receive(name), 20))["told"]
    print(told, flush=True)

asyncio.run(main())
"""
TELLS = """
import sys, django
django.setup()
from reviewhub.realtime import publish
from reviewhub.workers import Announcer

announcer = Announcer()
announcer.start()
publish.notice_added(7)
sys.stdin.readline()
announcer.stop()
"""


def of_a_process(redis_url: str, data: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "reviewhub.settings",
        "REVIEWHUB_MODE": "embedded",
        "DATA_DIR": str(data),
        "REDIS_URL": redis_url,
    }


def test_a_worker_is_heard_in_another_process(redis_url: str, tmp_path: Path) -> None:
    environment = of_a_process(redis_url, tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", LISTENS], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as listener:
        assert listener.stdout is not None
        assert listener.stdout.readline() == "listening\n"
        with subprocess.Popen(
            [sys.executable, "-c", TELLS], cwd=ROOT, env=environment, stdin=subprocess.PIPE, text=True
        ) as teller:
            assert listener.stdout.readline() == "[{'to': ['person.7'], 'said': {'type': 'notice'}}]\n"
            teller.communicate("\n", timeout=20)


HEARS = """
import asyncio, django
django.setup()
from reviewhub.realtime.hub import hub
from reviewhub.realtime.welcome import Visitor

class Tab:
    visitor, checked_at = Visitor(7, "session"), float("inf")
    def hear(self, text): print(text, flush=True)
    def look_again(self): pass
    def count_soon(self): pass
    def figures_soon(self): pass

async def main():
    await hub().enter(Tab(), ["person.7"])
    print("listening", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_a_page_is_told_that_it_may_have_missed_something_while_redis_was_away(tmp_path: Path) -> None:
    redis = Redis()
    redis.start()
    environment = of_a_process(redis.url, tmp_path)
    command = [sys.executable, "-c", HEARS]
    try:
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as listener:
            assert listener.stdout is not None
            assert listener.stdout.readline() == "listening\n"
            redis.stop()
            redis.start()
            assert listener.stdout.readline() == '{"kind": "missed"}\n'
            listener.terminate()
    finally:
        redis.stop()


def test_what_is_said_first_after_redis_was_started_anew_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    redis = Redis()
    redis.start()
    says, hears = (RedisPubSubChannelLayer(hosts=[redis.url]) for _ in range(2))
    monkeypatch.setattr(publish, "get_channel_layer", lambda: says)

    async def main() -> object:
        await publish._send([])
        redis.stop()
        redis.start()
        name = await hears.new_channel()
        await hears.group_add(groups.DESK, name)
        await publish._send([{"to": ["person.7"], "said": {}}])
        heard = await asyncio.wait_for(hears.receive(name), 20)
        await says.flush()
        await hears.flush()
        return heard["told"]

    try:
        assert asyncio.run(main()) == [{"to": ["person.7"], "said": {}}]
    finally:
        redis.stop()
