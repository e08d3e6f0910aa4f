"""So many bodies are read at once; those that never come have others refused."""

import io
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from dash_app.slots import STUCK_SECONDS, NoSlot
from dash_app.web.bodies import LARGEST_BODY, Bodies, TooLarge


class Coming(io.BytesIO):
    """A body that comes when the test says so."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.asked = threading.Event()
        self.comes = threading.Event()

    def read(self, size: int | None = -1, /) -> bytes:
        self.asked.set()
        assert self.comes.wait(10)
        return super().read(size)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def begin(threads: ThreadPoolExecutor, bodies: Bodies, stream: Coming) -> Future[bytes]:
    body = threads.submit(bodies.read, stream)
    assert stream.asked.wait(5)
    return body


def test_a_body_is_read_whole_and_up_to_64_kib() -> None:
    bodies = Bodies(1)

    assert bodies.read(io.BytesIO(b"abc")) == b"abc"
    assert bodies.read(io.BytesIO(b" " * LARGEST_BODY)) == b" " * LARGEST_BODY
    with pytest.raises(TooLarge, match="larger than 65536 bytes"):
        bodies.read(io.BytesIO(b" " * (LARGEST_BODY + 1)))
    assert bodies.read(io.BytesIO(b"abc")) == b"abc"


def test_when_all_slots_are_stuck_others_are_refused_at_once_until_one_ends(
    threads: ThreadPoolExecutor,
) -> None:
    bodies = Bodies(2)
    stuck = [Coming(b"first"), Coming(b"second")]
    read = [begin(threads, bodies, stream) for stream in stuck]
    unread = io.BytesIO(b"third")
    try:
        with pytest.raises(NoSlot):
            bodies.read(unread)
        began = time.monotonic()
        for _ in range(20):
            with pytest.raises(NoSlot):
                bodies.read(unread)
        assert time.monotonic() - began < 20 * STUCK_SECONDS / 2
        assert unread.tell() == 0
    finally:
        stuck[0].comes.set()
    assert read[0].result(5) == b"first"
    assert bodies.read(unread) == b"third"
    stuck[1].comes.set()
    assert read[1].result(5) == b"second"


def test_while_slots_come_free_a_body_waits_for_one(threads: ThreadPoolExecutor) -> None:
    bodies = Bodies(1)
    first = Coming(b"first")
    read = begin(threads, bodies, first)
    waiting = threads.submit(bodies.read, io.BytesIO(b"second"))
    first.comes.set()

    assert read.result(5) == b"first"
    assert waiting.result(5) == b"second"


def test_a_read_that_fails_gives_its_slot_back() -> None:
    bodies = Bodies(1)
    closed = io.BytesIO()
    closed.close()

    for _ in range(3):
        with pytest.raises(ValueError, match="closed file"):
            bodies.read(closed)
    assert bodies.read(io.BytesIO(b"abc")) == b"abc"
