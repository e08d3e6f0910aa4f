"""Slots: so many are held at once, and nobody waits for one beyond a deadline of its own."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from dash_app import slots as module
from dash_app.slots import NoSlot, Slots, shares
from tests.waiting import eventually


def test_nobody_waits_beyond_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STUCK_SECONDS", 30)
    slots = Slots(1)
    began = time.monotonic()

    with slots.hold(), pytest.raises(NoSlot), slots.hold(began + 0.05):
        pytest.fail("a second got in")

    assert 0.05 <= time.monotonic() - began < 10


def test_no_more_than_the_slots_are_held_at_once() -> None:
    slots, going_on = Slots(2), threading.Event()
    inside: list[int] = []

    def hold() -> None:
        with slots.hold():
            inside.append(1)
            assert going_on.wait(10)

    with ThreadPoolExecutor(2) as threads:
        first = [threads.submit(hold) for _ in range(2)]
        eventually(lambda: len(inside) == 2, 5, "two do not get in")
        with pytest.raises(NoSlot), slots.hold():
            pytest.fail("a third got in")
        going_on.set()
        for each in first:
            each.result(10)
    with slots.hold():
        assert len(inside) == 2


def test_a_lane_in_which_nothing_moves_keeps_no_other_lane_out() -> None:
    slots = Slots(2, spare=1)
    with slots.hold(lane="stuck"), slots.hold(lane="stuck"):
        began = time.monotonic()
        with slots.hold(lane="moving"):
            assert time.monotonic() - began >= module.STUCK_SECONDS / 2
            assert slots.is_stuck("stuck")
            assert not slots.is_stuck("moving")
            with pytest.raises(NoSlot), slots.hold(lane="another"):
                pytest.fail("there is no more to spare")
        with pytest.raises(NoSlot), slots.hold(lane="stuck"):
            pytest.fail("what is spare is for others")


def test_who_knows_that_answers_take_longer_waits_longer() -> None:
    slots, held, free = Slots(1), threading.Event(), threading.Event()

    def hold() -> None:
        with slots.hold():
            held.set()
            assert not free.wait(2 * module.STUCK_SECONDS)

    with ThreadPoolExecutor(1) as threads:
        threads.submit(hold)
        assert held.wait(5)
        with slots.hold(stuck_seconds=10):
            pass


def test_who_came_first_is_first() -> None:
    slots, order = Slots(1, spare=1), list[int]()

    def hold(number: int) -> None:
        with slots.hold(stuck_seconds=10):
            order.append(number)

    with ThreadPoolExecutor(20) as threads, slots.hold():
        for number in range(20):
            threads.submit(hold, number)
            eventually(lambda: slots.waiting == number + 1, 5, "it does not wait")  # noqa: B023

    assert order == sorted(order)


def test_all_slots_that_come_free_at_once_are_taken_at_once() -> None:
    slots, going_on, inside = Slots(3), threading.Event(), threading.Barrier(3)

    def hold_together() -> None:
        with slots.hold(stuck_seconds=10):
            inside.wait(5)

    def hold() -> None:
        with slots.hold():
            assert going_on.wait(10)

    with ThreadPoolExecutor(6) as threads:
        first = [threads.submit(hold) for _ in range(3)]
        then = [threads.submit(hold_together) for _ in range(3)]
        eventually(lambda: slots.waiting == 3, 5, "they do not wait")
        going_on.set()
        for each in first + then:
            each.result(10)


def test_whatever_waits_a_thread_is_left_for_readers() -> None:
    for threads in range(4, 257):
        split = shares(threads)
        assert min(split._replace(broker_spare=1)) >= 1
        assert split.broker_spare >= (threads >= 10)
        assert split.broker + split.broker_spare + split.click_bodies + split.code_bodies < threads
        # While half-sent bodies come and go, others of them queue in the place of clicks.
        assert split.click_bodies + split.queued_clicks + split.code_bodies < threads
        assert split.broker <= threads / 2
        assert split.click_bodies + split.code_bodies < threads / 2 or threads < 5


def test_no_more_wait_than_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STUCK_SECONDS", 30)
    slots, going_on = Slots(1, queue=2), threading.Event()
    refused: list[int] = []

    def hold() -> None:
        try:
            with slots.hold():
                assert going_on.wait(10)
        except NoSlot:
            refused.append(1)

    with ThreadPoolExecutor(8) as threads:
        holders = [threads.submit(hold) for _ in range(8)]
        eventually(lambda: len(refused) == 5, 5, lambda: f"{len(refused)} were refused")
        going_on.set()
        for each in holders:
            each.result(10)
    assert len(refused) == 5
