"""Work for one thread, taken together where it has come together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


class Together(Generic[Piece, Answer]):
    """Hands what waits to `act`, at most `most` pieces at a time, and gives each its answer.

    `act` returns as many answers as it was given pieces; what it raises is raised to all of them.
    """

    def __init__(self, act: Callable[[list[Piece]], list[Answer]], *, most: int) -> None:
        self._act = act
        self._most = most
        self._waiting: deque[tuple[Piece, asyncio.Future[Answer]]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="together")
        self._working: asyncio.Task[None] | None = None

    async def add(self, piece: Piece) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((piece, answer))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            try:
                answers = await loop.run_in_executor(self._thread, self._act, [piece for piece, _ in batch])
            except Exception as error:  # noqa: BLE001 - it is raised to those who wait
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
            else:
                for (_, answer), said in zip(batch, answers, strict=True):
                    if not answer.done():  # its sender may have gone meanwhile
                        answer.set_result(said)
