"""The laboratory: what it shows of each record, that it costs nothing else, and its pause."""

import pytest

from dash_app.brokers import BrokerUnavailable
from dash_app.consumer import lab as module
from dash_app.consumer.consumer import Consumer
from dash_app.consumer.lab import Lab, Seen
from dash_app.counting.clicks import Click, Identity
from dash_app.counting.decisions import Decision
from dash_app.counting.records import Record, encode, encode_identity
from dash_app.counting.snapshot import Snapshot
from tests.consumer.memory_log import MemoryLog
from tests.consumer.watching import Consume, until_counted, until_state
from tests.naive import NOW, press, unreadable
from tests.waiting import eventually


def until_seen(consumer: Consumer, number: int) -> list[Seen]:
    """Return the newest records once there are so many, oldest first."""
    eventually(
        lambda: len(consumer.lab.look().records) >= number,
        10,
        lambda: f"seen: {consumer.lab.look().records}",
        pause_seconds=0.002,
    )
    return list(reversed(consumer.lab.look().records))


@pytest.fixture
def watched(consume: Consume) -> Consumer:
    consumer = consume()
    consumer.lab.look()
    until_state(consumer, "live")
    return consumer


def test_each_record_is_shown_with_what_was_decided_about_it(
    watched: Consumer, log: MemoryLog
) -> None:
    identity = Identity("phone", 1, 0)
    log.append(
        press(0, identity=identity),
        press(1, identity=identity),
        press(2, age=7200),
        unreadable(3, b"cheers!", "not JSON"),
    )
    counted, repeat, untimely, broken = until_seen(watched, 4)

    assert [seen.record.offset for seen in (counted, repeat, untimely, broken)] == [0, 1, 2, 3]
    assert counted.decision.click is not None
    assert (counted.decision.at, counted.total) == (NOW, 2)
    assert repeat.decision.is_repeat
    assert repeat.first_offset == 0
    assert untimely.decision.click is not None
    assert untimely.decision.at is None
    assert broken.decision.reason == "not JSON"
    assert broken.total is None


def test_nothing_is_noted_unless_somebody_looks(consume: Consume, log: MemoryLog) -> None:
    consumer = consume()
    until_state(consumer, "live")
    log.append(press(0))
    until_counted(consumer, log)

    assert consumer.lab.look().records == ()
    log.append(press(1))
    (seen,) = until_seen(consumer, 1)
    assert seen.record.offset == 1


def test_after_an_error_no_record_is_shown_twice(watched: Consumer, log: MemoryLog) -> None:
    log.append(*map(press, range(5)))
    until_seen(watched, 5)
    log.poll_error = RuntimeError("bad luck")
    log.append(press(5))
    seen = until_seen(watched, 6)
    log.append(press(6))

    assert [one.record.offset for one in until_seen(watched, 7)] == list(range(7))
    assert [one.record.offset for one in seen] == list(range(6))
    assert watched.lab.look().read_records == 7


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def note(lab: Lab, offset: int, identity: Identity | None, decision: Decision) -> None:
    listener = lab.listener()
    assert listener is not None
    value = encode(Click("cheers", NOW))
    header = None if identity is None else encode_identity(identity)
    listener(0, Record(offset, NOW, value, header), decision)
    lab.on_published(Snapshot())


COUNTED = Decision(Click("cheers", NOW), NOW, None)
REPEAT = Decision(None, None, None)
UNREADABLE = Decision(None, None, "not JSON")


def test_who_looks_no_more_is_forgotten_and_with_them_what_was_noted() -> None:
    clock = Clock()
    lab = Lab(monotonic=clock)
    lab.look()
    note(lab, 0, None, COUNTED)
    clock.now += module.LOOK_SECONDS - 0.1
    assert lab.listener() is not None
    clock.now += 0.2

    assert lab.listener() is None
    assert lab.look() == ((), 0, 0)


def test_the_newest_records_alone_are_kept_and_all_are_added_up() -> None:
    lab = Lab(monotonic=Clock())
    lab.look()
    for offset in range(module.SHOWN_RECORDS + 7):
        note(lab, offset, None, COUNTED)

    looked = lab.look()
    assert len(looked.records) == module.SHOWN_RECORDS
    assert looked.records[0].record.offset == module.SHOWN_RECORDS + 6
    assert looked.read_records == module.SHOWN_RECORDS + 7
    assert looked.read_bytes == looked.read_records * len(encode(Click("cheers", NOW)))


def test_of_a_long_value_no_more_is_kept_than_is_shown() -> None:
    lab = Lab(monotonic=Clock())
    lab.look()
    listener = lab.listener()
    assert listener is not None
    for offset in range(2 * module.SHOWN_RECORDS):
        listener(0, Record(offset, NOW, b"x" * 1_000_000, None), UNREADABLE)
    lab.on_published(Snapshot())

    looked = lab.look()
    assert [seen.size for seen in looked.records] == [1_000_000] * module.SHOWN_RECORDS
    kept = sum(len(seen.record.value or b"") for seen in looked.records)
    assert kept == module.SHOWN_RECORDS * 2001
    assert looked.read_bytes == 2 * module.SHOWN_RECORDS * 1_000_000


def test_a_second_press_does_not_prolong_a_pause() -> None:
    clock = Clock()
    lab = Lab(monotonic=clock)
    lab.pause()
    clock.now += module.PAUSE_SECONDS - 1
    lab.pause()
    assert lab.pause_left == 1
    clock.now += 1
    assert lab.pause_left == 0
    lab.pause()
    assert lab.pause_left == module.PAUSE_SECONDS


def test_a_repeat_of_a_click_from_before_anybody_looked_names_no_offset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "KNOWN_IDENTITIES", 3)
    lab = Lab(monotonic=Clock())
    lab.look()
    note(lab, 10, Identity("phone", 1, 0), REPEAT)
    for n in range(9):
        note(lab, 11 + n, Identity("phone", 2, n), COUNTED)
    note(lab, 20, Identity("phone", 2, 8), REPEAT)
    note(lab, 21, Identity("phone", 2, 0), REPEAT)

    firsts = {seen.record.offset: seen.first_offset for seen in lab.look().records}
    assert firsts[10] is None
    assert firsts[20] == 19
    # So many others came since that it is forgotten, which bounds the memory.
    assert firsts[21] is None


def until_paused(log: MemoryLog) -> None:
    """Wait until the poll that was under way has ended, and no other began."""
    polls = -1

    def is_quiet() -> bool:
        nonlocal polls
        before, polls = polls, log.polls
        return before == polls

    eventually(is_quiet, 10, "the consumer polls on", pause_seconds=0.05)


def test_a_pause_lets_the_lag_rise_ends_by_itself_and_loses_nothing(
    watched: Consumer, log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.5)
    watched.lab.pause()
    assert 0 < watched.lab.pause_left <= module.PAUSE_SECONDS
    until_paused(log)
    log.append(*map(press, range(20)))
    eventually(lambda: watched.lag == {0: 20}, 10, lambda: f"lag {watched.lag}")
    until_state(watched, "catching up")
    assert watched.ends == {0: 20}

    until_counted(watched, log)
    until_state(watched, "live")
    assert watched.lab.pause_left == 0


def test_a_stop_does_not_wait_for_a_pause_and_what_it_held_counts_after_the_next_start(
    consume: Consume, log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 60.0)
    consumer = consume()
    log.append(*map(press, range(3)))
    until_counted(consumer, log)
    consumer.lab.pause()
    log.append(*map(press, range(3, 8)))
    until_paused(log)
    eventually(lambda: consumer.lag == {0: 5}, 10, lambda: f"lag {consumer.lag}")
    consumer.stop(2)

    assert not consumer.is_running()
    assert consumer.snapshot.as_of == {"0": 3}
    # No checkpoint says that what was polled and held is counted.
    assert log.stored[0][0] == 3
    until_counted(consume(), log)


def test_a_pause_while_the_broker_is_away_ends_by_itself_and_loses_nothing(
    watched: Consumer, log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.5)
    watched.lab.pause()
    log.append(*map(press, range(4)))
    until_paused(log)
    log.ends_error = BrokerUnavailable("the broker is away")
    until_state(watched, "reconnecting")
    eventually(lambda: watched.lab.pause_left == 0, 10, "the pause does not end")
    # What was held counts although the broker is still away.
    until_counted(watched, log)
    assert watched.state == "reconnecting"
    log.append(press(4))
    log.ends_error = None

    until_state(watched, "live")
    until_counted(watched, log)
    assert watched.lab.look().read_records == 5


def test_the_last_checkpoint_is_known_with_its_time(consume: Consume, log: MemoryLog) -> None:
    consumer = consume(checkpoint_seconds=0.01, start=False)
    assert consumer.lab.checkpoint is None
    consumer.start()
    log.append(press(0))
    eventually(
        lambda: consumer.lab.checkpoint == ({0: 1}, NOW),
        10,
        lambda: f"the checkpoint is {consumer.lab.checkpoint}",
    )
