"""What an error means before anything is done about it: tables for HTTP, SQL, mail, models and bare exceptions.

Transient: nothing happened, and it may work later. Permanent: nothing happened, and it will not work like this.
Ambiguous: it may have happened. Each row says why; a tool may name other classes for its own codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestration.core.retry import ErrorClass

TRANSIENT, PERMANENT, AMBIGUOUS = ErrorClass.TRANSIENT, ErrorClass.PERMANENT, ErrorClass.AMBIGUOUS

HTTP: Mapping[int, ErrorClass] = {
    408: TRANSIENT,  # the server gave up waiting for the request: it was not taken
    423: TRANSIENT,  # locked by somebody else for now
    425: TRANSIENT,  # too early: refused without being looked at
    429: TRANSIENT,  # too many requests: refused without being looked at
    501: PERMANENT,  # the server cannot do this at all
    503: TRANSIENT,  # not available: refused without being looked at
    505: PERMANENT,  # the server does not speak this version
    507: TRANSIENT,  # no room left for now
    511: PERMANENT,  # the network asks for a sign-in
}

SQLSTATES: Mapping[str, ErrorClass] = {
    "08001": TRANSIENT,  # the connection could not be made
    "08003": TRANSIENT,  # there was no connection
    "08004": TRANSIENT,  # the server would not have the connection
    "08": AMBIGUOUS,  # the connection broke: the last statement may have been committed
    "40003": AMBIGUOUS,  # whether the statement completed is unknown
    "40": TRANSIENT,  # rolled back: a deadlock, or a conflict with somebody else's change
    "53": TRANSIENT,  # no memory, disk or connection left for now; rolled back
    "55": TRANSIENT,  # a lock was not to be had, or an object is in use
    "57014": TRANSIENT,  # cancelled or timed out, and rolled back
    "57P03": TRANSIENT,  # the server is starting up
    "57P05": TRANSIENT,  # closed while idle
    "57": AMBIGUOUS,  # the server went down under the connection
    "58": TRANSIENT,  # the server's disk or system failed; rolled back
}

SQLITE: Mapping[str, ErrorClass] = {
    "SQLITE_BUSY": TRANSIENT,  # another connection writes
    "SQLITE_LOCKED": TRANSIENT,  # another statement of this connection reads
    "SQLITE_FULL": TRANSIENT,  # the disk is full; rolled back
    "SQLITE_PROTOCOL": TRANSIENT,  # too much contention for the lock
    "SQLITE_IOERR": AMBIGUOUS,  # the disk failed in the middle
}

MODEL: Mapping[str, ErrorClass] = {
    "timeout": TRANSIENT,  # asking a model changes nothing
    "unreachable": TRANSIENT,
    "rate_limited": TRANSIENT,
    "server_error": TRANSIENT,
    "no_time": TRANSIENT,  # the deadline left none; the next attempt has one of its own
    "garbage": TRANSIENT,  # the next answer may be readable
    "invalid": TRANSIENT,
    "gave_up": TRANSIENT,
    "quota": PERMANENT,  # somebody has to pay first
    "key_refused": PERMANENT,
    "misconfigured": PERMANENT,
    "not_found": PERMANENT,  # no such model or address
    "bad_request": PERMANENT,
    "filtered": PERMANENT,  # the same case is refused again
    "refused": PERMANENT,
    "unexpected": PERMANENT,
}

EXCEPTIONS: Mapping[str, ErrorClass] = {
    "builtins.ConnectionRefusedError": TRANSIENT,  # nobody listened
    "socket.gaierror": TRANSIENT,  # the name was not found, this time
    "builtins.ConnectionError": AMBIGUOUS,  # it broke in the middle
    "builtins.TimeoutError": AMBIGUOUS,  # silence after asking
    "ssl.SSLCertVerificationError": PERMANENT,  # the other side is not who it says
    "httpx.ConnectError": TRANSIENT,  # no request went out
    "httpx.ConnectTimeout": TRANSIENT,
    "httpx.PoolTimeout": TRANSIENT,
    "httpx.UnsupportedProtocol": PERMANENT,
    "httpx.LocalProtocolError": PERMANENT,  # the request could not even be written
    "httpx.TransportError": AMBIGUOUS,  # silence, or a break in the middle
    "smtplib.SMTPConnectError": TRANSIENT,  # turned away at the door
    "smtplib.SMTPAuthenticationError": PERMANENT,  # the password is wrong, whatever the code
    "smtplib.SMTPNotSupportedError": PERMANENT,
    "smtplib.SMTPServerDisconnected": AMBIGUOUS,  # gone in the middle: the mail may have left
    "psycopg_pool.PoolTimeout": TRANSIENT,  # no connection was free
    "psycopg.errors.ConnectionTimeout": TRANSIENT,  # no connection was made
}


def of_http(status: int, *, safe: bool) -> ErrorClass:
    """`safe`: the request changes nothing, so an error of the server leaves nothing in doubt."""
    known = HTTP.get(status)
    if known is not None:
        return known
    if status >= 500:  # the server, or one behind it, failed somewhere on the way
        return TRANSIENT if safe else AMBIGUOUS
    return PERMANENT  # the request itself is refused, or answered by a redirect that nobody expected


def of_sqlstate(sqlstate: str) -> ErrorClass:
    """By the code, or else by its class (PostgreSQL, appendix A): the statement, the data or the rights are wrong."""
    return SQLSTATES.get(sqlstate) or SQLSTATES.get(sqlstate[:2], PERMANENT)


def of_sqlite(name: str) -> ErrorClass:
    """`name` is the extended name: SQLITE_BUSY_SNAPSHOT is a kind of SQLITE_BUSY."""
    return SQLITE.get("_".join(name.split("_")[:2]), PERMANENT)


def of_smtp(codes: Iterable[int]) -> ErrorClass:
    """4xx is for now, 5xx for good (RFC 5321, section 4.2.1). Of several, one for good is enough."""
    return TRANSIENT if all(400 <= code < 500 for code in codes) else PERMANENT


def of_model(happened: str) -> ErrorClass:
    return MODEL.get(happened, PERMANENT)


def of_exception(names: Iterable[str]) -> ErrorClass:
    """`names` are the qualified names of an exception's class and of its bases, the nearest first."""
    return next((EXCEPTIONS[name] for name in names if name in EXCEPTIONS), PERMANENT)
