"""What an error means, row by row."""

from __future__ import annotations

import re
import smtplib
import socket
import sqlite3
import ssl
from pathlib import Path

import httpx
import psycopg
import pytest
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st

from orchestration.ai.openai import faults as model_faults
from orchestration.core import classes
from orchestration.core.retry import ErrorClass, policy_from
from orchestration.exceptions import AmbiguousError, PermanentError, TransientError
from orchestration.runtime.classing import class_of, explained

REQUEST = httpx.Request("POST", "http://erp.test/")


@pytest.mark.parametrize(
    ("status", "unsafe", "safe"),
    [
        (301, "permanent", "permanent"),  # nobody expected a redirect
        (400, "permanent", "permanent"),  # what was sent is wrong
        (401, "permanent", "permanent"),  # the key is wrong
        (403, "permanent", "permanent"),  # the key is not enough
        (404, "permanent", "permanent"),  # no such thing
        (408, "transient", "transient"),  # the request was not taken
        (409, "permanent", "permanent"),  # it contradicts what is there
        (410, "permanent", "permanent"),  # gone for good
        (422, "permanent", "permanent"),  # understood and refused
        (423, "transient", "transient"),  # locked for now
        (425, "transient", "transient"),  # too early
        (429, "transient", "transient"),  # too many
        (500, "ambiguous", "transient"),  # it failed somewhere on the way
        (501, "permanent", "permanent"),  # it cannot do this
        (502, "ambiguous", "transient"),  # the one behind the gateway may have done it
        (503, "transient", "transient"),  # refused at the door
        (504, "ambiguous", "transient"),  # the one behind the gateway may still do it
        (505, "permanent", "permanent"),  # another protocol
        (507, "transient", "transient"),  # no room now
        (511, "permanent", "permanent"),  # the network wants a sign-in
        (599, "ambiguous", "transient"),  # whatever a server invents
    ],
)
def test_an_http_status_has_a_class(status: int, unsafe: str, safe: str) -> None:
    assert (classes.of_http(status, safe=False), classes.of_http(status, safe=True)) == (unsafe, safe)


@pytest.mark.parametrize(
    ("sqlstate", "expected"),
    [
        ("08001", "transient"),  # no connection was made
        ("08003", "transient"),  # there was none
        ("08004", "transient"),  # it was turned away
        ("08006", "ambiguous"),  # it broke, perhaps behind the commit
        ("08007", "ambiguous"),  # the commit's end is unknown, and says so
        ("22001", "permanent"),  # the text is too long
        ("23505", "permanent"),  # a duplicate
        ("28P01", "permanent"),  # the password is wrong
        ("40001", "transient"),  # a conflict, rolled back
        ("40003", "ambiguous"),  # completion unknown
        ("40P01", "transient"),  # a deadlock, rolled back
        ("42P01", "permanent"),  # no such table
        ("53300", "transient"),  # too many connections
        ("55P03", "transient"),  # the lock was taken
        ("57014", "transient"),  # timed out and rolled back
        ("57P01", "ambiguous"),  # the server was shut down under us
        ("57P03", "transient"),  # it is starting
        ("58030", "transient"),  # its disk failed, rolled back
        ("XX000", "permanent"),  # a bug of the server
    ],
)
def test_an_sqlstate_has_a_class(sqlstate: str, expected: str) -> None:
    assert classes.of_sqlstate(sqlstate) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SQLITE_BUSY", "transient"),  # somebody else writes
        ("SQLITE_BUSY_SNAPSHOT", "transient"),  # a kind of busy
        ("SQLITE_LOCKED", "transient"),
        ("SQLITE_FULL", "transient"),
        ("SQLITE_PROTOCOL", "transient"),
        ("SQLITE_IOERR_WRITE", "ambiguous"),  # broken in the middle
        ("SQLITE_CONSTRAINT_UNIQUE", "permanent"),
        ("SQLITE_ERROR", "permanent"),  # the statement is wrong
    ],
)
def test_an_error_of_sqlite_has_a_class(name: str, expected: str) -> None:
    assert classes.of_sqlite(name) == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (smtplib.SMTPConnectError(421, b"busy"), "transient"),  # turned away at the door
        (smtplib.SMTPAuthenticationError(454, b"no"), "permanent"),  # a password is right or wrong
        (smtplib.SMTPNotSupportedError("no"), "permanent"),
        (smtplib.SMTPServerDisconnected("gone"), "ambiguous"),  # the mail may have left
        (smtplib.SMTPDataError(451, b"later"), "transient"),  # it says: for now
        (smtplib.SMTPDataError(554, b"spam"), "permanent"),  # it says: for good
        (smtplib.SMTPSenderRefused(550, b"no", "us"), "permanent"),
        (smtplib.SMTPRecipientsRefused({"a@b.test": (450, b"greylisted")}), "transient"),  # to be tried again
        (smtplib.SMTPRecipientsRefused({"a@b.test": (550, b"unknown")}), "permanent"),
        (smtplib.SMTPRecipientsRefused({"a@b": (450, b""), "c@d": (550, b"")}), "permanent"),  # one for good
        (ConnectionRefusedError(), "transient"),  # nobody listened
        (socket.gaierror(), "transient"),  # the name was not found
        (ConnectionResetError(), "ambiguous"),  # in the middle
        (BrokenPipeError(), "ambiguous"),
        (TimeoutError(), "ambiguous"),  # silence after asking
        (ssl.SSLCertVerificationError(), "permanent"),
        (httpx.ConnectError("no"), "transient"),  # no request went out
        (httpx.ConnectTimeout("no"), "transient"),
        (httpx.PoolTimeout("no"), "transient"),
        (httpx.ReadTimeout("no"), "ambiguous"),
        (httpx.RemoteProtocolError("no"), "ambiguous"),
        (httpx.LocalProtocolError("no"), "permanent"),  # could not be written
        (httpx.UnsupportedProtocol("no"), "permanent"),
        (httpx.HTTPStatusError("", request=REQUEST, response=httpx.Response(503)), "transient"),
        (psycopg.errors.SerializationFailure(), "transient"),  # by its sqlstate
        (psycopg.errors.UniqueViolation(), "permanent"),
        (psycopg.OperationalError("connection failed: refused"), "transient"),  # none was made
        (psycopg.OperationalError("the connection is closed"), "ambiguous"),  # it was there before
        (ValueError("a bug"), "permanent"),  # a mistake in the tool does not mend itself
        (FileNotFoundError(), "permanent"),
    ],
)
def test_an_exception_that_a_tool_lets_through_has_a_class(error: Exception, expected: str) -> None:
    assert class_of(error) == expected


def test_the_database_behind_an_error_of_django_is_asked() -> None:
    error = OperationalError()
    error.__cause__ = psycopg.errors.DeadlockDetected()
    assert class_of(error) == "transient"


def test_a_busy_sqlite_is_transient() -> None:
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorname = "SQLITE_BUSY"
    assert class_of(busy) == "transient"


def test_everything_that_a_model_server_does_has_a_class() -> None:
    said = set(re.findall(r'Unanswered\(\s*"(\w+)"', Path(model_faults.__file__).read_text()))
    assert said <= set(classes.MODEL)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TransientError("x"), ("transient", "transient")),
        (PermanentError("x", code="gone"), ("permanent", "gone")),
        (AmbiguousError("x"), ("ambiguous", "ambiguous")),
        (KeyError("x"), ("permanent", "KeyError")),
    ],
)
def test_a_declared_error_says_its_class_itself(error: Exception, expected: tuple[str, str]) -> None:
    told = explained(error)
    assert (told["class"], told["code"]) == expected


def test_a_tool_names_the_class_of_its_own_codes() -> None:
    own = {"http_409": ErrorClass.TRANSIENT, "KeyError": ErrorClass.AMBIGUOUS}
    assert explained(PermanentError("x", code="http_409"), own)["class"] == "transient"
    assert explained(KeyError("x"), own)["class"] == "ambiguous"


@given(st.integers(100, 10**6), st.booleans())
def test_every_status_has_one_of_three_classes(status: int, safe: bool) -> None:
    assert classes.of_http(status, safe=safe) in set(ErrorClass)


def test_the_step_says_how_often_before_the_tool_does_and_the_engine_last() -> None:
    policy = policy_from({"attempts": 2}, {"attempts": 9, "first": 5})
    assert (policy.attempts, policy.first.total_seconds(), policy.factor) == (2, 5, 2.0)
