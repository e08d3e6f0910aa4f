"""Work for a slot: whoever frees the slot begins the next one's work, in its own thread."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from dash_app import slots as module
from dash_app.slots import Begin, NoSlot, Slots
from tests.waiting import eventually


def begin_in(threads: list[str], *, begins: bool, over: threading.Event) -> Begin:
    """Return what begins the work of one that waits, and notes in which thread."""

    def begin(free_slot: Callable[[], None]) -> bool:
        threads.append(threading.current_thread().name)
        if begins:
            threading.Thread(target=finish, args=(free_slot,)).start()
        return begins

    def finish(free_slot: Callable[[], None]) -> None:
        assert over.wait(10)
        free_slot()

    return begin


def test_whoever_frees_a_slot_begins_the_work_of_the_next_which_holds_it_till_it_is_over() -> None:
    slots, over, begun_by = Slots(1), threading.Event(), list[str]()
    begin = begin_in(begun_by, begins=True, over=over)

    def hold() -> bool:
        with slots.hold(stuck_seconds=10, begin=begin):
            return over.is_set()

    with ThreadPoolExecutor(1) as threads:
        with slots.hold() as free_slot:
            waiting = threads.submit(hold)
            eventually(lambda: slots.waiting == 1, 5, "it does not wait")
            free_slot()
            # The work holds the slot, although neither thread has gone on.
            with pytest.raises(NoSlot), slots.hold():
                pytest.fail("a third got in")
            over.set()
        assert waiting.result(10)
    assert begun_by == [threading.current_thread().name]
    with slots.hold():
        assert slots.waiting == 0


def test_who_waited_goes_on_alone_if_its_work_could_not_be_begun() -> None:
    slots, begun_by = Slots(1), list[str]()
    begin = begin_in(begun_by, begins=False, over=threading.Event())

    def hold() -> None:
        with slots.hold(stuck_seconds=10, begin=begin), pytest.raises(NoSlot), slots.hold():
            pytest.fail("two are in")

    with ThreadPoolExecutor(1) as threads:
        with slots.hold():
            waiting = threads.submit(hold)
            eventually(lambda: slots.waiting == 1, 5, "it does not wait")
        waiting.result(10)
    assert len(begun_by) == 1


def test_work_that_fails_to_begin_is_left_to_its_own_thread(
    caplog: pytest.LogCaptureFixture,
) -> None:
    slots = Slots(1)

    def begin(_: Callable[[], None]) -> bool:
        raise RuntimeError("bad luck")

    def hold() -> bool:
        with slots.hold(stuck_seconds=10, begin=begin):
            return True

    with ThreadPoolExecutor(1) as threads:
        with slots.hold():
            waiting = threads.submit(hold)
            eventually(lambda: slots.waiting == 1, 5, "it does not wait")
        assert waiting.result(10)
    assert "could not begin" in caplog.text
    with slots.hold():
        assert slots.waiting == 0


def test_who_waits_goes_on_although_an_interrupt_ends_the_thread_that_begins_its_work() -> None:
    slots = Slots(1)

    def begin(_: Callable[[], None]) -> bool:
        raise KeyboardInterrupt

    def hold() -> bool:
        with slots.hold(stuck_seconds=10, begin=begin):
            return True

    with ThreadPoolExecutor(1) as threads:
        with slots.hold() as free_slot:
            waiting = threads.submit(hold)
            eventually(lambda: slots.waiting == 1, 5, "it does not wait")
            with pytest.raises(KeyboardInterrupt):
                free_slot()
        assert waiting.result(10)


def test_who_finds_room_begins_in_its_own_thread() -> None:
    begun_by = list[str]()
    with Slots(1).hold(begin=begin_in(begun_by, begins=True, over=threading.Event())):
        assert not begun_by


def test_a_slot_that_was_freed_earlier_is_not_freed_again() -> None:
    slots = Slots(1)
    with slots.hold() as free_slot:
        free_slot()
        with slots.hold():
            free_slot()
            with pytest.raises(NoSlot), slots.hold():
                pytest.fail("a third got in")


def test_how_long_a_thread_takes_to_go_on_does_not_count_as_holding() -> None:
    slots = Slots(1, queue=0, brisk_seconds=0.1)

    def begin(_: Callable[[], None]) -> bool:
        threading.Event().wait(0.2)
        return False

    def hold() -> None:
        with slots.hold(stuck_seconds=10, begin=begin):
            pass

    with ThreadPoolExecutor(1) as threads:
        for number in range(module.REMEMBERED_ROUNDS):
            with slots.hold():
                waits = threads.submit(hold)
                eventually(lambda: slots.waiting == 1, 5, f"it may not wait in round {number}")
            waits.result(10)


@pytest.mark.parametrize("begins", [True, False])
def test_everybody_is_woken_although_one_thread_wakes_the_next(
    monkeypatch: pytest.MonkeyPatch, *, begins: bool
) -> None:
    # Who is forgotten would look by itself only much later.
    monkeypatch.setattr(module, "LOOK_SECONDS", 60)
    slots, over, begun_by = Slots(3), threading.Event(), list[str]()
    begin = begin_in(begun_by, begins=begins, over=over)

    def hold() -> None:
        with slots.hold(stuck_seconds=12, begin=begin):
            pass

    with ThreadPoolExecutor(30) as threads:
        with slots.hold(), slots.hold(), slots.hold():
            waiting = [threads.submit(hold) for _ in range(30)]
            eventually(lambda: slots.waiting == 30, 5, "they do not wait")
        over.set()
        for each in waiting:
            each.result(10)
    assert len(begun_by) == 30
    with slots.hold(), slots.hold(), slots.hold():
        assert slots.waiting == 0
