"""Following the talks: what is shown while their log is away, and how long clicks wait for them."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Self

import pytest

from dash_app.brokers import BrokerUnavailable, LogReplaced
from dash_app.consumer import talks as following
from dash_app.consumer.talks import TalksFollower
from dash_app.counting.talks import Change
from tests.counting.talk_model import IDS, started
from tests.waiting import eventually


class MemoryChanges:
    """Changes in memory; opening and reading raise `error`."""

    def __init__(self) -> None:
        self.records: list[tuple[bytes, bytes | None]] = []
        self.error: Exception | None = None
        self.readers = 0

    def append(self, changes: Sequence[Change], deadline: float) -> int:
        self.records += [(key.encode(), value) for key, value in changes]
        return len(self.records)

    def reader(self) -> "MemoryChangeReader":
        if self.error:
            raise self.error
        self.readers += 1
        return MemoryChangeReader(self)


class MemoryChangeReader:
    """One reading of MemoryChanges, a record at a time."""

    def __init__(self, changes: MemoryChanges) -> None:
        self._changes = changes
        self.position, self.end = 0, len(changes.records)

    def poll(self, timeout: float) -> Sequence[tuple[bytes, bytes | None]]:
        if self._changes.error:
            raise self._changes.error
        records = self._changes.records[self.position : self.position + 1]
        if not records:
            threading.Event().wait(0.01)
        self.position += len(records)
        return records

    def check(self) -> None:
        """Find nothing wrong."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._changes.readers -= 1


@pytest.fixture
def changes() -> MemoryChanges:
    return MemoryChanges()


@pytest.fixture
def follow(changes: MemoryChanges) -> Iterator[Callable[[], TalksFollower]]:
    """Follow the changes until the end of the test."""
    followers: list[TalksFollower] = []

    def make() -> TalksFollower:
        followers.append(TalksFollower(changes, clock=lambda: 1000.0))
        followers[-1].start()
        return followers[-1]

    yield make
    for follower in followers:
        follower.stop(5)
    assert changes.readers == 0


def titles(follower: TalksFollower) -> list[str]:
    return [talk.title for talk in follower.talks.newest_first]


def append(changes: MemoryChanges, *titles: str) -> None:
    for index, title in enumerate(titles):
        key, value = started(IDS[index], 100 + index, title=title)
        changes.append([Change(key, value)], 0)


def test_talks_show_when_all_were_read_and_stay_while_the_log_is_away(
    changes: MemoryChanges, follow: Callable[[], TalksFollower]
) -> None:
    append(changes, "one", "two")
    follower = follow()
    seen: set[tuple[str, ...]] = set()

    def look() -> bool:
        seen.add(tuple(titles(follower)))
        return ("two", "one") in seen

    eventually(look, 5, "no talks", pause_seconds=0)
    assert seen <= {(), ("two", "one")}
    assert follower.problem == ""

    changes.error = BrokerUnavailable("the broker is away")
    eventually(lambda: follower.problem == "the broker is away", 5, "no problem is known")
    append(changes, "other")
    assert titles(follower) == ["two", "one"]
    changes.error = None
    eventually(lambda: follower.problem == "", 5, "the problem stays")
    assert titles(follower) == ["two", "other"]


def test_a_log_that_was_replaced_is_read_from_its_start(
    changes: MemoryChanges, follow: Callable[[], TalksFollower]
) -> None:
    append(changes, "one", "two")
    follower = follow()
    eventually(lambda: len(titles(follower)) == 2, 5, "no talks")
    changes.error, changes.records = LogReplaced("another topic"), []
    eventually(lambda: follower.problem == "another topic", 5, "no problem is known")
    changes.error = None

    eventually(lambda: titles(follower) == [], 5, "the old talks stay")


def test_an_append_returns_when_this_process_shows_it(
    changes: MemoryChanges, follow: Callable[[], TalksFollower]
) -> None:
    follower = follow()
    for number in range(20):
        key, value = started(IDS[0], 100, title=str(number))
        assert follower.append([Change(key, value)], time.monotonic() + 1)
        assert titles(follower) == [str(number)]


def test_an_append_says_that_this_process_does_not_show_it_yet(
    changes: MemoryChanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "SHOW_SECONDS", 0)
    not_started = TalksFollower(changes)
    key, value = started(IDS[0], 100)
    assert not not_started.append([Change(key, value)], time.monotonic() + 1)
    assert len(changes.records) == 1


def test_clicks_wait_for_talks_that_are_read_and_not_for_those_that_cannot_be(
    changes: MemoryChanges, follow: Callable[[], TalksFollower], monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping = threading.Event()
    append(changes, "one")
    follower = follow()
    follower.wait_until_read(stopping)
    assert titles(follower) == ["one"]

    changes.error = BrokerUnavailable("no right")
    began = time.monotonic()
    refused = follow()
    refused.wait_until_read(stopping)
    assert time.monotonic() - began < 2
    assert refused.problem == "no right"
    monkeypatch.setattr(following, "FRESH_FAILURES", 1000)
    stopping.set()
    refused.wait_until_read(stopping)
    assert time.monotonic() - began < following.FIRST_READING_SECONDS


def test_an_error_of_another_kind_is_logged_and_followed_by_another_reading(
    changes: MemoryChanges, follow: Callable[[], TalksFollower], caplog: pytest.LogCaptureFixture
) -> None:
    changes.error = RuntimeError("surprise")
    follower = follow()
    eventually(lambda: "surprise" in caplog.text, 5, "the error is not logged")
    assert "the log of the server says why" in follower.problem
    changes.error = None
    append(changes, "one")

    eventually(lambda: titles(follower) == ["one"], 5, "no talks")
