"""The join address as JSON, for pages that follow a machine which changes its network."""

import json

from flask import Response

from dash_app.errors import ApiError
from dash_app.pages.dashboard import NAME
from dash_app.pages.qr import qr_code, split_address
from dash_app.security.access import anybody
from dash_app.security.gate import Gate
from dash_app.settings import Settings
from dash_app.settings.join import follows_network, join_address


def mount(settings: Settings, gate: Gate) -> None:
    """Serve the address that the audience opens now, if it can change."""
    if not follows_network(settings):
        return

    def join() -> Response:
        address = join_address(settings)
        if address is None:
            raise ApiError(404, "This machine is on no network that phones could share")
        found = {"url": address, "picture": qr_code(address), "parts": split_address(address)}
        response = Response(json.dumps(found), mimetype="application/json")
        response.headers["Cache-Control"] = "no-store"
        return response

    # With a code of the clicker the address contains it: it is for those who see the dashboard.
    access = gate.codes.require(NAME) if settings.clicker_code else anybody
    gate.add("/join", join, access=access)
