"""`app` and `server` for any WSGI server, made from the environment; importing starts nothing."""

from flask import Flask

from dash_app import create_app
from dash_app.site import EXTENSION, PAGES

server = create_app()
app = server.extensions[PAGES].dashboard


def started() -> Flask:
    """Return `server`, counting already: for a WSGI server that takes a factory."""
    server.extensions[EXTENSION].start()
    return server
