"""The embedded process: web server, worker and sweeper in one, on SQLite and without any other server."""
