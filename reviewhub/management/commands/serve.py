"""`manage.py serve`: the whole product in one process."""

from __future__ import annotations

import errno
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from reviewhub.embedded.lock import DataInUse

UNAVAILABLE = (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES)


class Command(BaseCommand):
    help = "Runs web server, worker and sweeper in one process, on the data in DATA_DIR, at HOST and PORT."

    def handle(self, *args: Any, **options: Any) -> None:
        from reviewhub.embedded.process import serve

        try:
            serve(self.say)
        except DataInUse as in_use:
            raise CommandError(str(in_use)) from in_use
        except OSError as error:
            if error.errno not in UNAVAILABLE:
                raise
            host, port = settings.LISTENS_AT
            raise CommandError(f"Port {port} of {host} cannot be served. Choose another one by PORT=.") from error
        self.say("ReviewHub has stopped; its data is kept.")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
