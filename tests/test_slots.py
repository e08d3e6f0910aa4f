"""Slots: so many are held at once, and nobody waits for one beyond a deadline of its own."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

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


def test_one_of_a_stuck_lane_is_refused_at_once_however_much_the_others_move() -> None:
    slots, going_on, over = Slots(2, spare=1), threading.Event(), threading.Event()
    moved: list[float] = []

    def move() -> None:
        while not over.is_set():
            with slots.hold(lane="moving"):
                over.wait(module.LOOK_SECONDS)
            moved.append(time.monotonic())

    def hold() -> None:
        with slots.hold(lane="stuck"):
            assert going_on.wait(10)

    with ThreadPoolExecutor(3) as threads:
        holders = [threads.submit(hold) for _ in range(2)]
        mover = threads.submit(move)
        eventually(lambda: len(moved) > 1, 5, "the other lane waits for the stuck one")
        began = time.monotonic()
        with pytest.raises(NoSlot), slots.hold(began + 3, lane="stuck"):
            pytest.fail("nothing came free in this lane")
        waited = time.monotonic() - began
        over.set()
        going_on.set()
        for each in (*holders, mover):
            each.result(10)
    assert waited < 1
    assert moved[-1] > began


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


def test_who_is_interrupted_leaves_the_line() -> None:
    slots, main = Slots(1), threading.get_ident()

    def interrupt() -> None:
        eventually(lambda: slots.waiting == 1, 5, "it does not wait")
        signal.pthread_kill(main, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, signal.default_int_handler)
    try:
        with ThreadPoolExecutor(1) as threads, slots.hold():
            threads.submit(interrupt)
            with pytest.raises(KeyboardInterrupt), slots.hold(stuck_seconds=10):
                pytest.fail("a second got in")
    finally:
        signal.signal(signal.SIGUSR1, before)
    with slots.hold():
        assert slots.waiting == 0


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
        # Bodies, the queue and the broker with what it can spare, all at once.
        assert sum(split) < threads
        assert min(split.broker, split.click_bodies, split.code_bodies) >= 1
        assert split.broker_spare >= (threads >= 5)
        assert split.broker <= threads / 2
        assert split.broker + split.broker_spare + split.broker_queue <= 2 * threads / 3
        assert split.click_bodies + split.code_bodies < threads / 2 or threads < 7


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


def test_more_wait_while_each_has_its_turn_in_a_moment() -> None:
    slots, inside = Slots(1, queue=0, brisk_seconds=0.1), list[int]()

    def hold(number: int) -> None:
        with slots.hold():
            inside.append(number)

    with ThreadPoolExecutor(8) as threads:
        with slots.hold():
            crowd = [threads.submit(hold, number) for number in range(8)]
            eventually(lambda: slots.waiting == 8, 5, "they do not wait")
        for each in crowd:
            each.result(10)
    assert sorted(inside) == list(range(8))


def test_no_more_wait_than_may_if_turns_take_long_and_one_hiccup_is_not_long() -> None:
    slots, passes = Slots(1, queue=0, brisk_seconds=0.02), threading.Event()

    def hold_long() -> None:
        with slots.hold():
            assert not passes.wait(0.03)

    hold_long()
    with slots.hold(), pytest.raises(NoSlot), slots.hold():
        pytest.fail("there is no room in the line")
    for _ in range(module.REMEMBERED_ROUNDS):
        with slots.hold():
            pass
    hold_long()
    with ThreadPoolExecutor(1) as threads:
        with slots.hold():
            waits = threads.submit(hold_long)
            eventually(lambda: slots.waiting == 1, 5, "it does not wait")
        waits.result(10)


def test_any_number_may_wait_for_a_moment_after_nobody_waited() -> None:
    slots, going_on = Slots(1, queue=1, burst_seconds=0.4), threading.Event()

    def hold() -> None:
        with slots.hold(stuck_seconds=10):
            assert going_on.wait(10)

    for _ in range(2):
        with ThreadPoolExecutor(6) as threads:
            holders = [threads.submit(hold) for _ in range(6)]
            eventually(lambda: slots.waiting == 5, 5, "they do not wait")
            over = time.monotonic() + 0.4
            eventually(partial(lambda end: time.monotonic() > end, over), 5, "time stands still")
            with pytest.raises(NoSlot), slots.hold(stuck_seconds=10):
                pytest.fail("the moment lasts for ever")
            going_on.set()
            for each in holders:
                each.result(10)
        going_on.clear()


def test_a_slot_that_was_freed_earlier_is_not_freed_again() -> None:
    slots = Slots(1)
    with slots.hold() as held:
        held.free()
        with slots.hold():
            held.free()
            with pytest.raises(NoSlot), slots.hold():
                pytest.fail("a third got in")
