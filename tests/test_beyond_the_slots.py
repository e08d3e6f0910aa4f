"""Beyond the slots: whoever can give up holds one more while slots are held briefly."""

import math
import threading
import time
from contextlib import ExitStack

import pytest

from dash_app import slots as module
from dash_app.slots import NoSlot, Slots
from tests.waiting import eventually


def test_who_may_give_up_holds_one_beyond_the_slots_while_slots_are_held_briefly() -> None:
    slots = Slots(1, queue=0, brisk_seconds=0.1)

    with slots.hold() as first, slots.hold(may_give_up=True) as second:
        assert first.patience() == math.inf
        assert 0 < second.patience() - time.monotonic() <= module.STUCK_SECONDS
        with pytest.raises(NoSlot), slots.hold():
            pytest.fail("one that cannot give up got in")
        assert not threading.Event().wait(0.2)
    # Twice too long for what is brisk.
    with slots.hold(), pytest.raises(NoSlot), slots.hold(may_give_up=True):
        pytest.fail("a second got in although turns take long")


def test_all_beyond_the_slots_give_up_together_when_nothing_moves_and_the_others_stay() -> None:
    slots = Slots(2, queue=0, brisk_seconds=10)
    with ExitStack() as stack:
        holders = [stack.enter_context(slots.hold(lane=0, may_give_up=True)) for _ in range(2 + 3)]
        until = holders[-1].patience()
        eventually(lambda: time.monotonic() > until, 5, "time stands still")
        for beyond in holders[2:]:
            with pytest.raises(NoSlot):
                beyond.patience()
        assert [holder.patience() for holder in holders[:2]] == [math.inf] * 2
        with pytest.raises(NoSlot), slots.hold(lane=0, may_give_up=True):
            pytest.fail("another one got in although nothing moves")
    with slots.hold(), slots.hold():
        assert slots.waiting == 0


def test_who_is_no_longer_beyond_the_slots_may_wait_for_long() -> None:
    slots = Slots(1, queue=0, brisk_seconds=10)
    with slots.hold() as first, slots.hold(may_give_up=True) as second:
        assert second.patience() < math.inf
        first.free()
        assert second.patience() == math.inf


def test_a_lane_that_was_given_up_is_not_taken_for_one_that_moves() -> None:
    slots = Slots(2, queue=0, brisk_seconds=10)
    with slots.hold(lane=0), slots.hold(lane=0):
        with slots.hold(lane=1, may_give_up=True) as beyond:
            until = beyond.patience()
            eventually(lambda: time.monotonic() > until, 5, "time stands still")
            with pytest.raises(NoSlot):
                beyond.patience()
        with pytest.raises(NoSlot), slots.hold(lane=1, may_give_up=True):
            pytest.fail("another one got in although nothing has moved")


def test_what_fails_at_once_does_not_make_turns_short() -> None:
    slots = Slots(1, queue=0, brisk_seconds=0.02)
    with slots.hold():
        assert not threading.Event().wait(0.04)
    for _ in range(2 * module.REMEMBERED_ROUNDS):
        with pytest.raises(ValueError, match="no leader"), slots.hold():
            raise ValueError("no leader")
    with slots.hold(), pytest.raises(NoSlot), slots.hold(may_give_up=True):
        pytest.fail("a second got in although turns take long")


def test_whoever_freed_a_slot_beyond_the_others_may_wait_on_for_what_it_was_for() -> None:
    slots = Slots(1, queue=0, brisk_seconds=10)
    with slots.hold(), slots.hold(may_give_up=True) as second, slots.hold(may_give_up=True):
        second.free()
        assert second.patience() == math.inf
