"""How a tool calls another system by HTTP: every answer, and every silence, classed.

Before the request is out nothing can have happened (transient); once it is out, silence is ambiguous.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.request import getproxies

import httpx

from orchestration.core import classes
from orchestration.core.retry import ErrorClass
from orchestration.exceptions import AmbiguousError, PermanentError, ToolError, TransientError

_RAISED = {ErrorClass.TRANSIENT: TransientError, ErrorClass.AMBIGUOUS: AmbiguousError}


def request_json(
    method: str,
    url: str,
    *,
    timeout: float,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    safe: bool = False,
) -> Any:
    """The JSON of a good answer. `safe`: the request changes nothing, so silence is transient, not ambiguous.

    Raises `TransientError` (with the server's Retry-After), `PermanentError` or `AmbiguousError`.
    """
    return _json(_answered(method, url, timeout=timeout, safe=safe, json=json, headers=dict(headers or {})), url)


def post_body(
    url: str, body: bytes, *, timeout: float, headers: Mapping[str, str], addresses: Sequence[str] = ()
) -> None:
    """Sends these very bytes; whatever a good answer says is not looked at. Raises as `request_json` does.

    `addresses`: of the host, as somebody has looked them up and checked them. The first that answers is connected to
    and no other, wherever the name leads by then; the certificate has to be the name's. Through a proxy it is the proxy
    that looks names up, and they say nothing.
    """
    _answered("POST", url, timeout=timeout, safe=False, addresses=addresses, content=body, headers=dict(headers))


def _answered(
    method: str, url: str, *, timeout: float, safe: bool, addresses: Sequence[str] = (), **sent: Any
) -> httpx.Response:
    """A good answer. Redirections are not followed: they are no good answer."""
    silence = TransientError if safe else AmbiguousError
    try:
        answer = _request(method, httpx.URL(url), addresses, timeout=timeout, **sent)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise TransientError(f"{_host(url)} cannot be reached.", code="unreachable") from error
    except httpx.TimeoutException as error:
        raise silence(f"{_host(url)} did not answer within {timeout:g} s.", code="timeout") from error
    except httpx.HTTPError as error:
        raise silence(f"The connection to {_host(url)} broke: {type(error).__name__}.", code="broken") from error
    if not answer.is_success:
        raise _refusal(answer, url, safe=safe)
    return answer


def _request(method: str, url: httpx.URL, addresses: Sequence[str], **sent: Any) -> httpx.Response:
    if not addresses or _has_proxy():
        return _client().request(method, url, **sent)
    sent["headers"] = {**sent["headers"], "host": url.netloc.decode()}
    named = {"sni_hostname": url.raw_host.decode()}
    *others, last = [url.copy_with(host=address) for address in addresses]
    for each in others:
        with suppress(httpx.ConnectError, httpx.ConnectTimeout):  # nothing has been sent: the next one may answer
            return _client().request(method, each, extensions=named, **sent)
    return _client().request(method, last, extensions=named, **sent)


def _has_proxy() -> bool:
    return any(getproxies().get(scheme) for scheme in ("http", "https", "all"))


@lru_cache(maxsize=1)
def _client() -> httpx.Client:
    """One for the process: making its TLS context costs 33 ms. Connections are not kept, since one that went stale
    would make a request that never arrived look ambiguous."""
    return httpx.Client(limits=httpx.Limits(max_keepalive_connections=0))


def _json(answer: httpx.Response, url: str) -> Any:
    try:
        return answer.json() if answer.content else None
    except ValueError as error:
        raise PermanentError(f"{_host(url)} answered something that is no JSON.", code="no_json") from error


def _refusal(answer: httpx.Response, url: str, *, safe: bool) -> ToolError:
    said = f"{_host(url)} answered {answer.status_code}: {answer.text[:300]}"
    kind = _RAISED.get(classes.of_http(answer.status_code, safe=safe), PermanentError)
    return kind(said, code=f"http_{answer.status_code}", retry_after=retry_after(answer))


def retry_after(answer: httpx.Response) -> float | None:
    """Seconds, from either form of the header (RFC 9110, section 10.2.3)."""
    text = answer.headers.get("retry-after")
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,6})?", text.strip()):
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)  # "-0000" is UTC from somewhere unknown
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _host(url: str) -> str:
    return httpx.URL(url).host
