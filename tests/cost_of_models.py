"""What the models of requests cost on the click route: `python -m tests.cost_of_models`.

CPU of the thread that answers, by SQLite and without a network: with the models and with the same
shape taken unchecked, request by request in turns. What other threads do for a click is not in it,
so the share of the models is rather too large.
"""

import io
import statistics
import tempfile
import time
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any

import orjson
from werkzeug.test import run_wsgi_app

from dash_app.brokers import Outgoing
from dash_app.counting.clicks import Click, Identity
from dash_app.counting.records import type_of
from dash_app.settings import Settings
from dash_app.web import clicks as click_route
from dash_app.web.requests import (
    MAX_AGE_SECONDS,
    ClickRequest,
    parse,
)
from tests.served import PREFIX
from tests.sites import Site, open_live_site

ROUNDS = 9
REQUESTS = 200
SIZES = (1, 20)

Parse = Callable[[bytes, float, Container[str]], ClickRequest]


def take_unchecked(body: bytes, received: float, _: Container[str]) -> ClickRequest:
    """Do what parse does, and believe that each field is what it should be."""
    fields = orjson.loads(body)
    batch = [
        Outgoing(
            Click(type_of(click["type"]), received - _age_seconds(click)),
            _identity(fields, place),
        )
        for place, click in enumerate(fields["clicks"])
    ]
    return ClickRequest(batch, None)


def _age_seconds(click: Any) -> float:
    age: float = click["age_ms"]
    return min(max(age / 1000, 0), MAX_AGE_SECONDS)


def _identity(fields: Any, place: int) -> Identity | None:
    if fields["client"] is None or fields["seq"] is None:
        return None
    return Identity(fields["client"], fields["seq"], place)


def cpu_of(site: Site, body: bytes) -> float:
    """Post it; return the CPU seconds that this took."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"{PREFIX}/kafka/click",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    began = time.thread_time()
    answer = b"".join(run_wsgi_app(site.server, environ)[0])
    took = time.thread_time() - began
    assert b"success" in answer, answer
    return took


def main() -> None:
    """Print the two costs, and how much more the one with models is, for each size."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "clicks.sqlite3")
        with open_live_site(Settings(clicks_db=file, rate_limits="off")) as site:
            for size in SIZES:
                compare(site, size)


def compare(site: Site, size: int) -> None:
    """Measure requests of so many clicks."""
    clicks = [{"type": "cheers", "age_ms": 120}] * size
    ways: tuple[Parse, ...] = (parse, take_unchecked)
    medians: dict[Parse, list[float]] = {way: [] for way in ways}
    for round_ in range(ROUNDS):
        seconds_by_way: dict[Parse, list[float]] = {way: [] for way in ways}
        for seq in range(round_ * REQUESTS, (round_ + 1) * REQUESTS):
            # Who comes second finds warm caches: each is that every other time.
            for way in (ways, ways[::-1])[seq % 2]:
                vars(click_route)["parse"] = way
                sender = f"{way.__name__}-{size}"
                body = orjson.dumps({"client": sender, "seq": seq, "clicks": clicks})
                seconds_by_way[way].append(cpu_of(site, body))
        for way, cpus in seconds_by_way.items():
            medians[way].append(statistics.median(cpus))
    checked, unchecked = medians.values()
    ratios = sorted(a / b for a, b in zip(checked, unchecked, strict=True))
    print(
        f"{size} clicks: {statistics.median(checked) * 1e6:.0f} µs with models,"
        f" {statistics.median(unchecked) * 1e6:.0f} µs unchecked;"
        f" ratio {statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})"
    )


if __name__ == "__main__":
    main()
