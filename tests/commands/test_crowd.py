import http.server
import itertools
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dash_app.commands import crowd as crowd_module
from dash_app.commands.crowd import MOODS, Mood, crowd, rates
from dash_app.web.requests import parse
from tests.waiting import eventually

pytestmark = pytest.mark.slow

KEYS = ["cheers", "hate"]


class Site(http.server.ThreadingHTTPServer):
    """Takes requests at an address, keeps their bodies, and answers as it is told."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.status = status
        self.requests: list[tuple[str, str | None, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/live"


class Answering(http.server.BaseHTTPRequestHandler):
    server: Site

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, self.headers["Content-Type"], body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        pass


@contextmanager
def serving(status: int = 200) -> Iterator[Site]:
    with Site(status) as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join(10)


@pytest.fixture(autouse=True)
def hasty_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd_module, "BATCH_SECONDS", 0.02)
    monkeypatch.setattr(crowd_module, "MOODS", [Mood(1, 300, 200)])


def test_the_crowd_taps_through_the_public_route_in_the_shape_it_takes() -> None:
    with serving() as site, crowd(site.url, KEYS):
        eventually(lambda: len(site.requests) > 3, 10, "the crowd is silent")

    kinds, identities = set(), []
    for path, content_type, body in site.requests:
        assert (path, content_type) == ("/live/kafka/click", "application/json")
        sent = parse(body, 1000.0, KEYS).batch
        clicks = [outgoing.click for outgoing in sent]
        identities += [outgoing.identity for outgoing in sent]
        kinds |= {click.type for click in clicks}
        assert all(999 <= click.timestamp <= 1000 for click in clicks)
    assert kinds == {"cheers", "hate"}
    assert None not in identities
    assert len(set(identities)) == len(identities)


@pytest.mark.parametrize("status", [400, 503])
def test_a_site_that_refuses_does_not_silence_the_crowd(status: int) -> None:
    with serving(status) as site, crowd(site.url, KEYS):
        eventually(lambda: len(site.requests) > 2, 10, "the crowd went away")


def test_a_site_that_is_not_there_does_not_end_the_crowd() -> None:
    with serving() as site:
        url = site.url

    with crowd(url, KEYS):
        assert any(thread.name == "clicks-crowd" for thread in threading.enumerate())


def test_nobody_taps_once_the_crowd_has_left() -> None:
    with serving() as site:
        with crowd(site.url, KEYS):
            eventually(lambda: site.requests, 10, "the crowd is silent")
        assert not any(thread.name == "clicks-crowd" for thread in threading.enumerate())


def test_the_crowd_has_applause_lulls_and_a_burst() -> None:
    per_second = [mood.first + mood.second for mood in MOODS]

    assert min(per_second) < 1
    assert max(per_second) > 5 * sorted(per_second)[len(MOODS) // 2]
    assert any(mood.second > mood.first for mood in MOODS)


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_a_crowd_taps_each_of_one_to_eight_reactions(count: int) -> None:
    keys = [f"k{place}" for place in range(count)]
    turns = [rates(mood, keys, turn) for turn, mood in enumerate(MOODS)]

    assert all(list(turn) == keys and min(turn.values()) > 0 for turn in turns)
    leaders = {max(turn, key=lambda key: turn[key]) for turn in turns}
    assert leaders == set(keys)


def test_a_beat_is_on_average_what_the_mood_says() -> None:
    rng = random.Random(7)
    beats = [crowd_module.batch({"cheers": 250, "hate": 25}, rng) for _ in range(2000)]
    clicks = list(itertools.chain.from_iterable(beats))

    cheers = sum(click["type"] == "cheers" for click in clicks)
    assert cheers / len(beats) == pytest.approx(250 * crowd_module.BATCH_SECONDS, rel=0.05)
    assert (len(clicks) - cheers) / len(beats) == pytest.approx(
        25 * crowd_module.BATCH_SECONDS, rel=0.1
    )
