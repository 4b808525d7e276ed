"""The settings of a running installation; tests have `tests.settings`."""

from reviewhub.settings.base import *  # noqa: F403
