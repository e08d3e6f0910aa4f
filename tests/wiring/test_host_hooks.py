"""A host whose hooks, middleware and limits see requests before the site, and answers after it."""

import gzip
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, abort, request

from dash_app import mount
from dash_app.settings import Settings
from tests.sites import Site

FOUR_CLICKS = {"clicks": [{"type": "cheers"}] * 4}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    host = Flask("host")
    code: Any = "1234"
    service = mount(host, Settings(clicks_db=tmp_path / "c.sqlite3", dashboard_code=code))
    yield Site(host)
    service.stop()


def add_hook(site: Site, read: Callable[[], object]) -> None:
    def hook() -> None:
        read()

    site.server.before_request_funcs[None] = [hook]


@pytest.mark.parametrize(
    "read",
    [
        lambda: request.get_data(cache=True),
        lambda: request.get_data(as_text=True),
        lambda: request.data,
        lambda: request.json,
        lambda: request.get_json(silent=True),
        lambda: request.form,
        lambda: request.values,
        lambda: request.files,
        lambda: request.stream,
    ],
)
def test_clicks_are_taken_whatever_a_hosts_hook_has_read(
    site: Site, read: Callable[[], object]
) -> None:
    add_hook(site, read)

    assert site.click(FOUR_CLICKS).get_json()["accepted"] == 4


@pytest.mark.parametrize("read", [lambda: request.stream.read(-1), lambda: request.get_data(False)])
def test_clicks_whose_body_a_hook_throws_away_wait_on_the_phone(
    site: Site, read: Callable[[], object], caplog: pytest.LogCaptureFixture
) -> None:
    add_hook(site, read)

    answer = site.click(FOUR_CLICKS)
    assert (answer.status_code, answer.get_json()["appended"]) == (503, False)
    assert "request.get_data()" in caplog.text


def test_a_hosts_lower_limit_does_not_refuse_taps_and_ours_still_holds(site: Site) -> None:
    site.server.config["MAX_CONTENT_LENGTH"] = 10

    assert site.click(FOUR_CLICKS).get_json()["accepted"] == 4
    assert site.click({"type": "x" * 70_000}).status_code == 413
    site.server.config["MAX_CONTENT_LENGTH"] = None
    add_hook(site, lambda: request.get_data(cache=True))
    assert site.click({"type": "x" * 70_000}).status_code == 413


@pytest.mark.parametrize("code", [400, 413, 415])
def test_only_the_sites_own_refusal_is_for_good(site: Site, code: int) -> None:
    own = {
        400: site.click({"type": "unheard of"}),
        413: site.click({"type": "x" * 70_000}),
        415: site.ask("POST", "/kafka/click", data="{}"),
    }[code]
    add_hook(site, lambda: abort(code))
    hosts = site.click(FOUR_CLICKS)

    assert (own.status_code, own.get_json()["appended"]) == (code, False)
    assert hosts.status_code == code
    assert "appended" not in hosts.get_json()


def test_a_middleware_may_read_the_body_and_put_it_back(site: Site) -> None:
    inner = site.server.wsgi_app

    def record(environ: Any, start: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        return inner(environ, start)

    site.server.wsgi_app = record  # type: ignore[method-assign, assignment]

    assert site.click(FOUR_CLICKS).get_json()["accepted"] == 4


def test_the_form_for_a_code_is_read_after_a_hook_that_parsed_it(site: Site) -> None:
    add_hook(site, lambda: request.form)

    answer = site.ask("POST", "/code", data={"page": "kafka-dashboard", "code": "1234"})
    assert answer.status_code == 303


@pytest.mark.parametrize("accepted", ["", "gzip, br"])
@pytest.mark.parametrize("response_class", [Response, type("Own", (Response,), {})])
def test_a_hosts_hook_may_read_and_change_what_a_page_says(
    site: Site, accepted: str, response_class: type[Response]
) -> None:
    seen: list[str] = []
    site.server.response_class = response_class

    def add_footer(response: Response) -> Response:
        seen.append(response.get_data(as_text=True))
        if response.mimetype == "text/html":
            response.data = response.data.replace(b"</body>", b"<p>the host's</p></body>")
        return response

    site.server.after_request_funcs[None] = [add_footer]
    headers = {"Accept-Encoding": accepted}
    page = site.ask("GET", "/", headers=headers)
    style = site.ask("GET", "/assets/style.css", headers=headers)

    assert "<p>the host's</p></body>" in page.text
    assert "--" in seen[1]
    # The page is no longer what its tag named, and what is not changed is sent as ever.
    assert {"ETag", "Content-Encoding"}.isdisjoint(page.headers.keys())
    assert ("Content-Encoding" in style.headers) is bool(accepted)
    assert style.headers["ETag"]
    body = gzip.decompress(style.data) if accepted else style.data
    assert body.decode() == seen[1]


def test_a_host_that_matches_hosts_is_refused_in_one_sentence(tmp_path: Path) -> None:
    host = Flask("host", host_matching=True, static_host="example.org")

    with pytest.raises(ValueError, match=r"host_matching=True.* DispatcherMiddleware"):
        mount(host, Settings(clicks_db=tmp_path / "c.sqlite3"))
