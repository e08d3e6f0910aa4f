"""Our site with one more route that does nothing: the limit of the server and of Flask."""

from flask import Flask, Response

from dash_app import serving
from dash_app.addresses import listen
from dash_app.api import NAME
from dash_app.settings import Settings

PATH = "/kafka/noop"


def worker() -> Flask:
    """Return the server of one worker with the no-op route, behind all hooks of the site."""
    server = serving.worker()
    prefix = Settings.from_environment().url_prefix
    # Named like a route of ours, so that what runs before and after those runs here, too.
    server.add_url_rule(f"{prefix}{PATH}", f"{NAME}.noop", noop, methods=["GET", "POST"])
    return server


def noop() -> Response:
    """Answer at once."""
    return Response(b'{"status":"success"}', mimetype="application/json")


if __name__ == "__main__":
    settings = Settings.from_environment()
    serving.serve(settings, listen(settings.host, settings.port), "bench.noop:worker")
