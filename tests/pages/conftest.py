"""Servers with the pages alone."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dash_app.pages import clicker, dashboard, landing
from dash_app.settings import Settings

MakeSite = Callable[..., Flask]


@pytest.fixture
def make_site() -> MakeSite:
    """Make a server with the pages alone."""

    def make(server: Flask | None = None, *, at_root: bool = True, **changes: Any) -> Flask:
        server = server or Flask("site", static_folder=None)
        settings = Settings(**changes)
        clicker.mount(server, settings)
        dashboard.mount(server, settings)
        landing.mount(server, settings, at_root=at_root)
        return server

    return make


@pytest.fixture
def client(make_site: MakeSite) -> FlaskClient:
    return make_site().test_client()
