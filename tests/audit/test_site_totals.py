"""The audit fetches what all processes of a site counted, or names the site that fails."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from dash_app.audit import site_totals
from dash_app.audit.site_totals import SiteUnreadable, fetch_statements
from dash_app.counting.ledger import Statement
from tests.audit.forged import Reply, forged_site, timeline
from tests.ports import free_port


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        yield silent.getsockname()[1]


def test_it_returns_what_each_process_behind_one_url_counted_oldest_first() -> None:
    replies = [timeline(n % 3, 0, {"0": 2 * (n % 3), "10": 5}, "log-1") for n in range(30)]
    with forged_site(*replies) as site:
        statements = fetch_statements(f"{site.url}/")

    assert statements == [
        Statement(site.url, "log-1", ((0, 2 * n), (10, 5)), (("cheers", n), ("hate", 0)))
        for n in range(3)
    ]
    assert site.paths == {"/live/kafka/timeline"}


@pytest.mark.parametrize("text", ["\x1b]0;owned\x07", "a\nDIFFERENT", "", "\x9b31m", "x" * 300])
@pytest.mark.parametrize("name", ["log", "state"])
def test_what_a_terminal_could_take_for_a_command_is_no_answer(name: str, text: str) -> None:
    given: dict[str, Any] = {
        "log": None if name == "state" else "log-1",
        "state": "connecting",
        name: text,
    }
    with (
        forged_site(timeline(0, 0, {}, **given)) as site,
        pytest.raises(SiteUnreadable, match="something else than counts"),
    ):
        fetch_statements(site.url)


@pytest.mark.parametrize(
    "totals",
    [{}, {f"key-{number}": 1 for number in range(9)}, {"Cheers": 1}, {"": 1}, {"\x1b[31m": 1}],
)
def test_totals_of_something_else_than_one_to_eight_reactions_are_no_answer(
    totals: dict[str, int],
) -> None:
    fields = {"log": "log-1", "state": "live", "as_of": {"0": 9}, "totals": totals}
    with (
        forged_site(Reply(200, json.dumps(fields).encode())) as site,
        pytest.raises(SiteUnreadable, match="something else than counts"),
    ):
        fetch_statements(site.url)


def test_it_returns_both_of_two_statements_that_contradict_each_other() -> None:
    with forged_site(timeline(1, 0, {"0": 9}, "log-1"), timeline(2, 0, {"0": 9}, "log-1")) as site:
        assert [dict(one.clicks)["cheers"] for one in fetch_statements(site.url)] == [1, 2]


def test_a_process_that_is_connecting_is_asked_again() -> None:
    connecting = timeline(0, 0, {}, None, "connecting")
    with forged_site(*[connecting] * 50, timeline(3, 1, {"0": 4}, "log-1")) as site:
        assert fetch_statements(site.url) == [
            Statement(site.url, "log-1", ((0, 4),), (("cheers", 3), ("hate", 1)))
        ]


def test_a_process_that_never_finds_its_log_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_totals, "CONNECT_SECONDS", 0.3)
    with (
        forged_site(timeline(0, 0, {}, None, "connecting")) as site,
        pytest.raises(SiteUnreadable, match=r"live has no log to count yet, it is connecting"),
    ):
        fetch_statements(site.url)


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(404, b"{}"), "answered 404 Not Found; is the prefix of the site right"),
        (Reply(401, b"{}"), "answered 401 Unauthorized; it asks for an access code: set DASHBOARD"),
        (Reply(503, b"{}"), "answered 503 Service Unavailable"),
        (Reply(200, b"<!doctype html>"), "something else than counts"),
        (Reply(200, b"\xff"), "something else than counts"),
        (Reply(200, b"{}"), "something else than counts"),
        (Reply(200, b"[1]"), "something else than counts"),
        (timeline(1, 0, {"zero": 1}, "log-1"), "something else than counts"),
        (Reply(200, timeline(1, 0, {"0": 1}, "log-1").body[:-9]), "something else than counts"),
    ],
)
def test_an_answer_that_is_no_timeline_is_an_error_that_names_its_url(
    reply: Reply, sentence: str
) -> None:
    with forged_site(reply) as site, pytest.raises(SiteUnreadable) as refusal:
        fetch_statements(site.url)

    assert f"{site.url}/kafka/timeline" in str(refusal.value)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_gets_no_code(status: int) -> None:
    with forged_site(timeline(1, 0, {"0": 1}, "log-1")) as stranger:
        location = f"{stranger.url}/kafka/timeline"
        with (
            forged_site(Reply(status, b"", location)) as site,
            pytest.raises(
                SiteUnreadable, match=r"leads to .*: name the site that counts"
            ) as refusal,
        ):
            fetch_statements(site.url, "s3same")

    assert location in str(refusal.value)
    assert "s3same" not in str(refusal.value)
    assert (site.codes, stranger.paths) == ({"Bearer s3same"}, set())


@pytest.mark.parametrize("status", [401, 429])
def test_a_code_that_is_refused_is_named_as_the_cause(status: int) -> None:
    with (
        forged_site(Reply(status, b"")) as site,
        pytest.raises(SiteUnreadable, match="is DASHBOARD_CODE that of the site"),
    ):
        fetch_statements(site.url, "s3same")


def test_a_site_on_this_machine_needs_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    with forged_site(timeline(1, 0, {"0": 1}, "log-1")) as site:
        assert [dict(one.clicks)["cheers"] for one in fetch_statements(site.url)] == [1]


@pytest.mark.parametrize("url", ["clicks.test/live", "file:///etc", "ftp://clicks.test", ""])
def test_an_address_that_is_no_url_of_a_site_is_an_error(url: str) -> None:
    with pytest.raises(SiteUnreadable, match="starts with neither http:// nor https://"):
        fetch_statements(url)


@pytest.mark.parametrize("url", ["http://[::1/live", "http://clicks test/live", "http:///live"])
def test_an_address_that_leads_nowhere_is_an_error(url: str) -> None:
    with pytest.raises(SiteUnreadable, match="cannot be reached"):
        fetch_statements(url)


def test_a_site_that_is_away_is_an_error() -> None:
    url = f"http://127.0.0.1:{free_port()}/live"
    with pytest.raises(SiteUnreadable, match=f"{url}/kafka/timeline cannot be reached: .*refused"):
        fetch_statements(url)


def test_a_site_that_never_answers_is_an_error_after_a_time_limit(
    silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_totals, "ANSWER_SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(SiteUnreadable, match="cannot be reached: timed out"):
        fetch_statements(f"http://127.0.0.1:{silent_port}/live")
    assert time.monotonic() - began < 5
