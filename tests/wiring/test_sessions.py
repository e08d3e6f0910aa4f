"""The secret key of the site's own server, and sessions for what others add to it."""

import logging
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface

from dash_app.security import secret
from dash_app.settings import Settings
from tests.sites import open_site

PREFIX = "/visualization-tools-ii"


def test_the_secret_key_is_made_once_and_shared_by_all_processes(tmp_path: Path) -> None:
    settings = Settings(clicks_db=tmp_path / "clicks.sqlite3")
    with open_site(settings) as one, open_site(settings) as other:
        keys = [site.server.secret_key for site in (one, other)]
        assert keys == [None, None]
        for site in (one, other):
            site.client.get("/")
        keys = [site.server.secret_key for site in (one, other)]

    key_file = settings.clicks_db.parent / secret.FILE_NAME
    assert keys == [key_file.read_text()] * 2
    assert len(key_file.read_text()) == 64


def test_a_secret_key_that_is_set_is_used_and_not_written(tmp_path: Path) -> None:
    settings = Settings.model_validate({"clicks_db": tmp_path / "c", "secret_key": "x" * 16})
    with open_site(settings) as site:
        site.client.get("/")
        assert site.server.secret_key == "x" * 16
    assert not (tmp_path / secret.FILE_NAME).exists()


def test_where_no_key_can_be_kept_the_site_serves_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("not a folder")
    caplog.set_level(logging.WARNING)
    with open_site(Settings(clicks_db=tmp_path / "file" / "clicks.sqlite3")) as site:
        assert site.client.get("/").status_code == 200
        assert site.server.secret_key

    assert "SECRET_KEY" in caplog.text


def test_what_is_added_to_the_server_has_sessions_of_its_own(tmp_path: Path) -> None:
    settings = Settings.model_validate({"clicks_db": tmp_path / "c", "secret_key": "x" * 16})
    with open_site(settings) as site:
        site.server.add_url_rule("/visits", "visits", visits)
        site.server.secret_key = "x" * 16
        client, other = site.server.test_client(), site.server.test_client()
        assert [client.get("/visits").text for _ in range(3)] == ["1", "2", "3"]
        assert other.get("/visits").text == "1"
        other.set_cookie("session", "forged")
        assert other.get("/visits").text == "1"
        assert "Set-Cookie" not in client.get(f"{PREFIX}/kafka/timeline").headers


def test_a_request_without_a_session_makes_no_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers: list[Flask] = []
    make = SecureCookieSessionInterface.get_signing_serializer

    def count(interface: SecureCookieSessionInterface, app: Flask) -> Any:
        servers.append(app)
        return make(interface, app)

    monkeypatch.setattr(SecureCookieSessionInterface, "get_signing_serializer", count)
    with open_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        site.timeline()
        servers.clear()
        site.timeline()
        assert servers == []
        site.client.get("/", headers={"Cookie": "session=forged"})
        assert servers == [site.server]


def visits() -> str:
    """Count in the session how often this view was asked."""
    session["visits"] = session.get("visits", 0) + 1
    return str(session["visits"])
