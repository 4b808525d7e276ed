"""Which channels there are. A new one is added here, and nowhere else."""

from __future__ import annotations

from reviewhub.notifications.channels.port import Channel
from reviewhub.notifications.chat.slack import Slack
from reviewhub.notifications.mail import Mail
from reviewhub.notifications.push.sending import WebPush

_OURS: tuple[Channel, ...] = (WebPush(), Slack(), Mail())
_CHANNELS = {channel.name: channel for channel in _OURS}


def channels() -> tuple[Channel, ...]:
    return tuple(_CHANNELS.values())


def channel_named(name: str) -> Channel | None:
    return _CHANNELS.get(name)


def known(channel: Channel) -> Channel:
    """Adds a channel, or puts another in the place of the one of its name."""
    _CHANNELS[channel.name] = channel
    return channel
