"""What a browser may say, and what asks for nothing."""

from __future__ import annotations

import asyncio

import pytest

from reviewhub.realtime.consumers import DeskConsumer


@pytest.mark.parametrize(
    ("said", "teams"),
    [
        ('{"figures": "finance-2"}', ["finance-2"]),
        ('{"figures": ""}', [""]),  # all that one leads
        ('{"figures": "\\u0000"}', []),  # PostgreSQL takes none of these
        ('{"figures": "\\ud800"}', []),
        (f'{{"figures": "{"x" * 101}"}}', []),
        ('{"figures": ["finance"]}', []),
        ('["figures"]', []),
        ("not json", []),
        ("[" * 100_000, []),
        ("", []),
        (b"\xff", []),
    ],
)
def test_what_cannot_be_read_asks_for_nothing(
    monkeypatch: pytest.MonkeyPatch, said: str | bytes, teams: list[str]
) -> None:
    asked: list[str] = []

    async def follow(self: DeskConsumer, team: str) -> None:
        asked.append(team)

    monkeypatch.setattr(DeskConsumer, "_follow_team", follow)
    words = {"text_data": said} if isinstance(said, str) else {"bytes_data": said}
    asyncio.run(DeskConsumer().receive(**words))
    assert asked == teams
