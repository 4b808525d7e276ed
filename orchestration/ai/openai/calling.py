"""One call to a model server: within its time, and with every way it can fail told apart."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import httpx2
import openai
from openai.types.chat import ChatCompletion

from orchestration.ai.openai.faults import Unanswered, told_apart
from orchestration.ai.openai.transport import BoundedTransport

LONGEST_SECONDS = 25.0  # of one call, whatever the deadline of the chain
CONNECT_SECONDS = 5.0

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ModelServer:
    """Where the model is. The secret never shows in a representation."""

    name: str
    base_url: str
    model: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, before it is read."""

    content: str | None
    refusal: str | None
    finish: str | None
    model: str
    request_id: str | None
    tokens: Mapping[str, int]


def call(
    server: ModelServer, messages: Sequence[Mapping[str, str]], options: Mapping[str, Any], seconds: float
) -> Reply:
    """Raises `Unanswered` and nothing else; takes no longer than `seconds`."""
    if not server.base_url:  # the client would go to a public service of its own choice
        raise Unanswered("misconfigured", "The connection to the model server has no address")
    seconds = min(seconds, LONGEST_SECONDS)
    timeout = httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    try:
        http = httpx2.Client(transport=BoundedTransport(), timeout=timeout, follow_redirects=False)
        client = openai.OpenAI(
            api_key=server.secret or "none",  # servers at home ask for no key, and the client insists on one
            base_url=server.base_url,
            timeout=timeout,
            max_retries=0,  # waits belong to the chain's deadline
            http_client=http,
        )
        return _within(seconds, lambda: _asked(client, server.model, messages, options), http.close)
    except Unanswered:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a server or the client does, the chain goes on
        raise told_apart(error, server.secret) from None


def _asked(
    client: openai.OpenAI, model: str, messages: Sequence[Mapping[str, str]], options: Mapping[str, Any]
) -> Reply:
    said: Any = list(messages)
    answered: Any = client.chat.completions.create(model=model, messages=said, **options)
    if not isinstance(answered, ChatCompletion) or not answered.choices:
        raise Unanswered("garbage", "The model server did not answer in its protocol")
    choice, usage = answered.choices[0], answered.usage
    tokens = {"prompt": usage.prompt_tokens, "completion": usage.completion_tokens} if usage else {}
    request = getattr(answered, "_request_id", None)
    message = choice.message
    return Reply(message.content, message.refusal, choice.finish_reason, answered.model, request, tokens)


def _within(seconds: float, work: Callable[[], Result], give_up: Callable[[], None]) -> Result:
    """The client's own timeout counts from byte to byte; a server that trickles would hold the caller for ever."""
    box = _Box[Result]()
    thread = threading.Thread(target=box.fill, args=(work,), name="model-call", daemon=True)
    thread.start()
    thread.join(seconds)
    in_time = not thread.is_alive()
    give_up()
    if not in_time:
        raise Unanswered("timeout", f"The model server did not answer within {seconds:.0f} seconds")
    return box.opened()


class _Box(Generic[Result]):
    """What a thread found, or what stopped it."""

    def __init__(self) -> None:
        self._found: list[Result] = []
        self._error: Exception | None = None

    def fill(self, work: Callable[[], Result]) -> None:
        try:
            self._found.append(work())
        except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
            self._error = error

    def opened(self) -> Result:
        if self._error is not None:
            raise self._error
        return self._found[0]
