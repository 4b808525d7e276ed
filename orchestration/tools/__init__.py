"""The tools that come with the engine. Importing this package registers them."""

from orchestration.tools import http, mail

__all__ = ["http", "mail"]
