"""What is pushed can be read by the device it is for, and by nobody else."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from reviewhub.notifications.push.encryption import CURVE, DeviceKeys, encrypted, from_text, to_text
from tests.support.push_service import Device

# The example of RFC 8291, section 5 and appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
ONCE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
    "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_comes_out_to_the_octet() -> None:
    once = ec.derive_private_key(int.from_bytes(from_text(ONCE), "big"), CURVE)
    assert to_text(encrypted(TEXT, DeviceKeys.parse(PUBLIC, SECRET), salt=from_text(SALT), once=once)) == BODY


def test_a_device_reads_what_is_for_it() -> None:
    device = Device()
    assert device.read(encrypted("Grüße".encode(), device.keys)).decode() == "Grüße"


def test_no_two_messages_look_alike() -> None:
    device = Device()
    assert encrypted(b"the same", device.keys) != encrypted(b"the same", device.keys)


@pytest.mark.parametrize(("public", "secret"), [("", ""), (PUBLIC, "c2hvcnQ"), (SECRET, SECRET), ("~~~", SECRET)])
def test_what_is_no_key_is_refused(public: str, secret: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        DeviceKeys.parse(public, secret)


def test_too_much_is_refused_before_it_leaves() -> None:
    with pytest.raises(ValueError, match="room for"):
        encrypted(b"x" * 3001, Device().keys)
