"""Servers with the pages alone."""

import functools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dash_app.pages import (
    clicker,
    code_form,
    dashboard,
    files,
    join,
    lab,
    landing,
    report,
    talks,
    theme,
)
from dash_app.security.access import Codes
from dash_app.security.buckets import TokenBuckets
from dash_app.security.gate import Gate
from dash_app.security.guessing import CodeGuesses
from dash_app.security.signing import Signing
from dash_app.settings import Settings
from dash_app.web import unknown

MakeSite = Callable[..., Flask]


def open_gate(server: Flask, settings: Settings) -> Gate:
    """Return the gate of a site whose responses nobody counts."""
    signing = Signing(server, settings)
    form = functools.partial(code_form.form, settings)
    codes = Codes(settings, signing, CodeGuesses(settings, TokenBuckets()), form)
    return Gate(server, settings, codes, lambda *_: None)


@pytest.fixture
def make_site() -> MakeSite:
    """Make a server with the pages alone."""

    def make(server: Flask | None = None, *, at_root: bool = True, **changes: Any) -> Flask:
        server = server or Flask("site", static_folder=None)
        settings = Settings(**changes)
        gate = open_gate(server, settings)
        clicker.mount(settings, gate, lambda: None)
        dashboard.mount(settings, gate)
        report.mount(settings, gate)
        talks.mount(settings, gate)
        lab.mount(settings, gate)
        theme.mount(settings, gate)
        files.mount(gate)
        landing.mount(settings, gate, at_root=at_root)
        join.mount(settings, gate)
        unknown.mount(gate)
        gate.register()
        return server

    return make


@pytest.fixture
def client(make_site: MakeSite) -> FlaskClient:
    return make_site().test_client()
