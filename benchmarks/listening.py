"""Many browsers' sockets in one process of their own: who heard of which task, when.

Reads `{"url", "cookies": [one a person]}` from standard input, says `ready` when all are connected, and after the next
line of input prints `{task: [seconds since 1970, one a socket]}`.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

AT_ONCE = 25  # sockets that connect together
AGE = 200  # milliseconds since a browser asked for its page

heard: defaultdict[str, list[float]] = defaultdict(list)


async def main() -> None:
    given = json.loads(await asyncio.to_thread(sys.stdin.readline))
    gate = asyncio.Semaphore(AT_ONCE)
    sockets = await asyncio.gather(*(_connected(given["url"], cookie, gate) for cookie in given["cookies"]))
    notes = asyncio.gather(*(_note(socket) for socket in sockets))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps(heard), flush=True)
    await asyncio.gather(*(socket.close() for socket in sockets))
    await notes


async def _connected(url: str, cookie: str, gate: asyncio.Semaphore) -> ClientConnection:
    address = url.replace("http", "ws", 1) + "/ws/desk/"
    async with gate:
        socket = await connect(address, additional_headers={"Cookie": cookie}, origin=Origin(url))
        await socket.send(json.dumps({"age": AGE}))
        return socket


async def _note(socket: ClientConnection) -> None:
    async for text in socket:
        at, said = time.time(), json.loads(text)
        if said["kind"] == "task":
            heard[said["task"]].append(at)


if __name__ == "__main__":
    asyncio.run(main())
