"""`server` and `app` for any WSGI server, configured by the environment; nothing is started."""

from flask import Flask

from dash_app import create_app
from dash_app.site import EXTENSION, PAGES

server = create_app()
app = server.extensions[PAGES].dashboard


def start() -> Flask:
    """Start counting and return `server`: for a WSGI server that takes a factory."""
    server.extensions[EXTENSION].start()
    return server


def end_streams() -> None:
    """End the answers that would go on for long; a server calls it before it waits for them."""
    server.extensions[EXTENSION].archive.stop()
