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
