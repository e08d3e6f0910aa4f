"""The work for a reader does not grow with the clicks; counted, not timed."""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from dash_app.counting.checkpoint import FROM_THE_FIRST
from dash_app.counting.clicks import Click, Identity
from dash_app.counting.records import Record, encode, encode_identity
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.tally import Tally
from dash_app.counting.windows import WINDOWS
from dash_app.operations.telemetry import Telemetry
from dash_app.settings import Settings
from dash_app.settings.reactions import CHEERS, HATE, SEED
from dash_app.web import counts
from dash_app.web.responses import TimelineResponses
from dash_app.web.talk_fields import Shown
from dash_app.web.timeline_csv import csv_lines
from tests.sites import open_site

NOW = 1_800_000_037.5
FEW, MANY = 1_000, 1_000_000
CLIENTS = 1000


def tally_of(clicks: int) -> Tally:
    """Count so many clicks, each with an identity, spread evenly over the last hour."""
    tally = Tally("log", dedup_offsets=clicks // 10, recent_capacity=clicks // 10)
    tally.begin(0, FROM_THE_FIRST)
    tally.apply(0, records(clicks))
    return tally


def records(clicks: int, first: int = 0) -> Iterator[Record]:
    for number in range(first, first + clicks):
        when = NOW - 3540 * (1 - number / (first + clicks))
        value = encode(Click(HATE if number % 3 else CHEERS, when))
        identity = Identity(f"phone-{number % CLIENTS}", number // CLIENTS, 0)
        yield Record(number, when, value, encode_identity(identity))


def steps(work: Callable[[], object]) -> int:
    """Return how many instructions of Python the work took."""
    taken = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal taken
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        taken += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return taken


@pytest.fixture(scope="module")
def tallies() -> list[tuple[Tally, Snapshot]]:
    """One with few clicks and one with many, and what each shows of these."""
    return [(tally, tally.publish(NOW)) for tally in (tally_of(FEW), tally_of(MANY))]


@pytest.fixture(scope="module")
def few(tallies: list[tuple[Tally, Snapshot]]) -> Snapshot:
    return tallies[0][1]


@pytest.fixture(scope="module")
def many(tallies: list[tuple[Tally, Snapshot]]) -> Snapshot:
    return tallies[1][1]


@pytest.mark.parametrize("window", WINDOWS)
def test_an_answer_takes_the_same_work_and_bytes_after_a_million_clicks(
    few: Snapshot, many: Snapshot, window: int
) -> None:
    def answer(snapshot: Snapshot) -> bytes:
        return TimelineResponses(SEED).render(snapshot, "live", window, NOW).body

    assert sum(few.counts.clicks.values()) == FEW
    assert sum(many.counts.clicks.values()) == MANY
    work = steps(lambda: answer(few))
    assert work > 60
    assert steps(lambda: answer(many)) == work
    # Larger numbers have more digits; there are no more of them.
    numbers = re.compile(rb"[0-9.]+")
    assert len(numbers.sub(b"0", answer(many))) == len(numbers.sub(b"0", answer(few)))
    assert len(answer(many)) < 2000


def test_a_file_and_the_time_for_repeats_take_the_same_work_after_a_million_clicks(
    few: Snapshot, many: Snapshot
) -> None:
    for work in (
        lambda shown: list(csv_lines(shown, 3600, NOW, Shown(SEED))),
        lambda shown: shown.repeat_seconds(NOW),
    ):
        taken = [steps(partial(work, shown)) for shown in (few, many)]
        assert taken[0] == taken[1] > 10


def test_one_more_click_takes_the_same_work_after_a_million(
    tallies: list[tuple[Tally, Snapshot]],
) -> None:
    taken = []
    for (tally, _), clicks in zip(tallies, (FEW, MANY), strict=True):
        # The first one after a multiple of a tenth turns to a new generation of the memory.
        first, second = records(2, clicks)
        tally.apply(0, [first])
        taken.append(steps(partial(tally.apply, 0, [second])))
        assert tally.publish(NOW).as_of == {"0": clicks + 2}
    assert taken[0] == taken[1] > 50


def test_an_answer_to_a_known_state_takes_the_same_work_again(many: Snapshot) -> None:
    responses = TimelineResponses(SEED)
    first = steps(lambda: responses.render(many, "live", 3600, NOW))
    again = steps(lambda: responses.render(many, "live", 3600, NOW))

    assert again == steps(lambda: responses.render(many, "live", 3600, NOW)) < first / 5


class NotedLock:
    """A lock that notes the threads that took it, by their identifiers."""

    taken: dict[int, set["NotedLock"]]

    def __init__(self) -> None:
        self._lock = ORIGINAL()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        got = self._lock.acquire(blocking, timeout)
        if got:
            self.taken.setdefault(threading.get_ident(), set()).add(self)
        return got

    def release(self) -> None:
        self._lock.release()

    def locked(self) -> bool:
        return self._lock.locked()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


ORIGINAL = threading.Lock


def test_a_reader_takes_no_lock_that_the_counting_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NotedLock, "taken", {}, raising=False)
    monkeypatch.setattr(threading, "Lock", NotedLock)
    with open_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        site.wait_for_state("live")
        site.click({"clicks": [{"type": "cheers"}] * 3})
        site.wait_for_totals(3)
        (counting,) = [one.ident for one in threading.enumerate() if one.name == "clicks-consumer"]
        service = site.service
        NotedLock.taken.pop(threading.get_ident(), None)
        with site.server.test_request_context():
            body = counts.timeline(
                service, Telemetry(service.settings), TimelineResponses(SEED)
            ).get_json()
        ours = set(NotedLock.taken.get(threading.get_ident(), ()))
    counters = NotedLock.taken[counting or 0]

    assert body["totals"]["cheers"] == 3
    assert counters
    assert not ours & counters
