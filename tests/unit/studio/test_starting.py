"""The manual form comes out of the input schema, and the input out of the form."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from reviewhub.studio.starting import blamed, control_of, entries_of, filled, input_of

PURCHASE: dict[str, Any] = {
    "type": "object",
    "required": ["request_id", "amount", "delivery"],
    "properties": {
        "request_id": {"type": "string"},
        "amount": {"type": "number", "minimum": 0},
        "units": {"type": "integer", "default": 1},
        "urgent": {"type": "boolean"},
        "currency": {"enum": ["EUR", "USD"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "lines": {"type": "array", "items": {"type": "object"}},
        "delivery": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}},
    },
}

CONTROLS = [
    ({"type": "string"}, "text", "a plain text"),
    ({"type": "string", "format": "email"}, "email", "the browser checks addresses too"),
    ({"type": "string", "format": "date"}, "date", "a calendar"),
    ({"type": "string", "format": "date-time"}, "datetime-local", "a calendar and a clock"),
    ({"type": "string", "maxLength": 4000}, "area", "long texts get room"),
    ({"type": "integer"}, "number", "whole numbers"),
    ({"type": "boolean"}, "checkbox", "yes or no"),
    ({"enum": ["a", 1]}, "select", "a choice, whatever its types"),
    ({"type": "array", "items": {"type": "string"}}, "lines", "one text a line"),
    ({"type": "array", "items": {"type": "object"}}, "json", "what no control fits is written as JSON"),
    ({"type": "object"}, "json", "an open object"),
    ({}, "json", "anything goes"),
]


@pytest.mark.parametrize(("schema", "control", "remark"), CONTROLS)
def test_each_type_has_its_control(schema: dict[str, Any], control: str, remark: str) -> None:
    assert control_of(schema) == control, remark


def test_what_is_typed_becomes_an_input_with_the_schemas_types() -> None:
    posted = {
        "/request_id": "R-1",
        "/amount": "18400.50",
        "/units": "3",
        "/urgent": "on",
        "/currency": "USD",
        "/tags": "lab\n\n optics ",
        "/lines": '[{"sku": "PS-200"}]',
        "/delivery/city": "Hamburg",
    }
    assert input_of(filled(entries_of(PURCHASE), posted)) == {
        "request_id": "R-1",
        "amount": 18400.5,
        "units": 3,
        "urgent": True,
        "currency": "USD",
        "tags": ["lab", "optics"],
        "lines": [{"sku": "PS-200"}],
        "delivery": {"city": "Hamburg"},
    }


def test_what_is_left_empty_is_left_out_but_a_required_group_stays() -> None:
    assert input_of(filled(entries_of(PURCHASE), {})) == {"urgent": False, "delivery": {}}


def test_what_is_not_a_number_goes_on_as_it_was_typed_so_that_the_check_names_it() -> None:
    assert input_of(filled(entries_of(PURCHASE), {"/amount": "a lot"}))["amount"] == "a lot"


def test_a_default_is_filled_in() -> None:
    assert {entry.path: entry.value for entry in entries_of(PURCHASE)}["/units"] == "1"


TYPED = [
    ("UTC", "2026-03-01T09:30", "2026-03-01T09:30:00Z", "as it is"),
    ("Asia/Kathmandu", "2026-03-01T09:30", "2026-03-01T03:45:00Z", "by the clock of whoever typed it"),
    ("America/St_Johns", "2026-03-08T01:59", "2026-03-08T05:29:00Z", "before the clock is put on"),
    ("America/St_Johns", "2026-03-08T03:00", "2026-03-08T05:30:00Z", "a minute later"),
    ("Asia/Kathmandu", "2026-03-01T09:30:00+01:00", "2026-03-01T08:30:00Z", "a zone that was typed counts"),
    ("Asia/Kathmandu", "soon", "soon", "the check says what is wrong with it"),
]


@pytest.mark.parametrize(("zone", "typed", "instant", "remark"), TYPED)
def test_a_time_is_completed_to_an_instant_in_the_typists_zone(
    zone: str, typed: str, instant: str, remark: str
) -> None:
    schema = {"properties": {"at": {"type": "string", "format": "date-time"}}}
    with timezone.override(ZoneInfo(zone)):
        assert input_of(filled(entries_of(schema), {"/at": typed})) == {"at": instant}, remark


def test_a_fault_stands_at_its_field_and_the_rest_above_the_form() -> None:
    faults = [
        {"path": "/delivery/city", "message": "is required"},
        {"path": "/tags/3", "message": "is too long"},
        {"path": "", "message": "has too few properties"},
    ]
    entries, general = blamed(entries_of(PURCHASE), faults)
    by_path = {entry.path: entry for entry in entries}
    assert by_path["/delivery"].entries[0].faults == ("is required",)
    assert by_path["/tags"].faults == ("is too long",)
    assert general == ("has too few properties",)


def test_a_missing_value_is_said_at_the_field_that_was_left_empty() -> None:
    faults = [
        {"path": "/", "message": "'amount' is a required property"},
        {"path": "/delivery", "message": "'city' is a required property"},
    ]
    entries, general = blamed(entries_of(PURCHASE), faults)
    by_path = {entry.path: entry for entry in entries}
    assert by_path["/amount"].faults == ("This has to be filled in.",)
    assert by_path["/delivery"].entries[0].faults == ("This has to be filled in.",)
    assert general == ()


def test_a_name_with_a_slash_is_carried_through_its_pointer() -> None:
    schema = {"properties": {"a/b~c": {"type": "string"}}}
    (entry,) = entries_of(schema)
    assert entry.path == "/a~1b~0c"
    assert input_of(filled([entry], {entry.path: "x"})) == {"a/b~c": "x"}
