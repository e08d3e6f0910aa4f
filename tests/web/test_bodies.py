"""So many slots are read at once; those that never come have others refused."""

import io
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask, request

from dash_app.slots import STUCK_SECONDS, Held, NoSlot, Slots
from dash_app.web.bodies import MAX_BODY_BYTES, TooLarge, read_body, request_body


class Coming(io.BytesIO):
    """A body that comes when the test says so."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.was_read = threading.Event()
        self.comes = threading.Event()

    def read(self, size: int | None = -1, /) -> bytes:
        self.was_read.set()
        assert self.comes.wait(10)
        return super().read(size)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def begin(threads: ThreadPoolExecutor, slots: Slots, stream: Coming) -> Future[bytes]:
    body = threads.submit(read_body, stream, slots)
    assert stream.was_read.wait(5)
    return body


def test_a_body_is_read_whole_and_up_to_64_kib() -> None:
    slots = Slots(1)

    assert read_body(io.BytesIO(b"abc"), slots) == b"abc"
    assert read_body(io.BytesIO(b" " * MAX_BODY_BYTES), slots) == b" " * MAX_BODY_BYTES
    with pytest.raises(TooLarge, match="larger than 65536 bytes"):
        read_body(io.BytesIO(b" " * (MAX_BODY_BYTES + 1)), slots)
    assert read_body(io.BytesIO(b"abc"), slots) == b"abc"


def test_when_all_slots_are_stuck_others_are_refused_at_once_until_one_ends(
    threads: ThreadPoolExecutor,
) -> None:
    slots = Slots(2)
    stuck = [Coming(b"first"), Coming(b"second")]
    read = [begin(threads, slots, stream) for stream in stuck]
    unread = io.BytesIO(b"third")
    try:
        with pytest.raises(NoSlot):
            read_body(unread, slots)
        began = time.monotonic()
        for _ in range(20):
            with pytest.raises(NoSlot):
                read_body(unread, slots)
        assert time.monotonic() - began < 20 * STUCK_SECONDS / 2
        assert unread.tell() == 0
    finally:
        stuck[0].comes.set()
    assert read[0].result(5) == b"first"
    assert read_body(unread, slots) == b"third"
    stuck[1].comes.set()
    assert read[1].result(5) == b"second"


def test_while_slots_come_free_a_body_waits_for_one(threads: ThreadPoolExecutor) -> None:
    slots = Slots(1)
    first = Coming(b"first")
    read = begin(threads, slots, first)
    waiting = threads.submit(read_body, io.BytesIO(b"second"), slots)
    first.comes.set()

    assert read.result(5) == b"first"
    assert waiting.result(5) == b"second"


class OneTurn(Slots):
    """Slots of which one can be had once."""

    turns = 0

    def take(self, held: Held) -> None:
        self.turns += 1
        if self.turns > 1:
            raise NoSlot("another took it")
        super().take(held)


def test_a_body_that_a_hook_has_read_needs_no_second_slot() -> None:
    with Flask("host").test_request_context(method="POST", data=b"abc"):
        assert request.get_data() == b"abc"
        assert request_body(request, OneTurn(1)) == b"abc"


def test_a_read_that_fails_gives_its_slot_back() -> None:
    slots = Slots(1)
    closed = io.BytesIO()
    closed.close()

    for _ in range(3):
        with pytest.raises(ValueError, match="closed file"):
            read_body(closed, slots)
    assert read_body(io.BytesIO(b"abc"), slots) == b"abc"
