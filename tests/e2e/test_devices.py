"""A device is added on one's own page, and stopped there: by keyboard, and by a finger on the phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from reviewhub.notifications.models import PushDevice
from tests.e2e.conftest import SIZES, Open, use
from tests.e2e.test_access import fits
from tests.support.desk_room import DeskRoom
from tests.support.push_service import Device

pytestmark = pytest.mark.browser

ADDRESS = "https://push.example.com/a-device"
# The browser would ask the person for leave and its maker for an address: their answers stand in for that.
SUBSCRIBES = """
  const subscription = { endpoint: %(endpoint)s, toJSON: () => ({ endpoint: %(endpoint)s, keys: %(keys)s }) };
  Object.defineProperty(Notification, "permission", { get: () => "granted" });
  Notification.requestPermission = async () => "granted";
  const kept = () => (localStorage.subscribed ? subscription : null);
  PushManager.prototype.getSubscription = async () => kept();
  PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
    if (applicationServerKey.length !== 65 || !userVisibleOnly) throw new Error("A push service refuses this.");
    localStorage.subscribed = "yes";
    return kept();
  };
"""


@pytest.mark.parametrize("size", SIZES)
def test_a_device_is_told_from_one_tap_until_another(
    room: DeskRoom, in_hand: Open, axe: Callable[[Page], Any], settings: Settings, size: str
) -> None:
    settings.PUSH_HOSTS = ("push.example.com",)
    page = in_hand(room.people.alice, "/devices/", size)
    add = page.get_by_role("button", name="Tell this device")
    page.add_init_script(SUBSCRIBES % {"endpoint": json.dumps(ADDRESS), "keys": json.dumps(Device().sent)})
    page.reload()
    expect(add).to_be_visible()
    assert not axe(page), "none"
    use(add, size)
    device = page.get_by_role("list", name="Devices").get_by_role("listitem")
    expect(device.get_by_text("This device")).to_be_visible()
    expect(add).to_be_hidden()
    assert not axe(page), "one"
    fits(page)
    assert [each.endpoint for each in room.people.alice.push_devices.all()] == [ADDRESS]
    use(device.get_by_role("button", name="Stop telling"), size)
    expect(device).to_have_count(0)
    expect(add).to_be_visible()
    assert not PushDevice.objects.exists()
