"""More clicks than slots: all are sent at once while the broker answers soon."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from dash_app.brokers import NotAppended, OutcomeUnknown, Outgoing, Place
from dash_app.brokers.kafka import producer as module
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.producer import ClickProducer
from dash_app.counting.clicks import Click
from dash_app.settings import Settings
from dash_app.slots import Slots
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.records import read
from tests.waiting import eventually

SLOTS, CLICKS = 2, 8
LIMIT_SECONDS = 10


class Sending:
    """A producer on a topic, and how many clicks it was given."""

    def __init__(self, kafka: Broker, topic: str) -> None:
        settings = Settings(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic=topic)
        slots = Slots(SLOTS, queue=0, brisk_seconds=LIMIT_SECONDS)
        self.producer = ClickProducer(KafkaClients(settings), topic, slots)
        self.sent = 0

    def append(self) -> Sequence[Place]:
        """Append a click that is counted when it is sent."""
        batch = [Outgoing(Click("cheers", time.time()), None, self._person)]
        return self.producer.append(batch, time.monotonic() + LIMIT_SECONDS)

    def _person(self, _: str) -> str:
        self.sent += 1
        return "0" * 16


@pytest.fixture
def new_sending(kafka: Broker, topic: str) -> Iterator[Sending]:
    """A producer that is not started."""
    kafka.create_topic(topic)
    sending = Sending(kafka, topic)
    try:
        yield sending
    finally:
        kafka.resume()
        sending.producer.stop(5)


@pytest.fixture
def sending(new_sending: Sending) -> Sending:
    """A producer that has sent one click."""
    new_sending.producer.start()
    assert len(new_sending.append()) == 1
    return new_sending


def those_that_give_up(requests: list[Future[Sequence[Place]]]) -> list[Future[Sequence[Place]]]:
    """Wait until as many as there are slots go on waiting; return the others."""
    eventually(
        lambda: sum(each.done() for each in requests) == CLICKS - SLOTS,
        5,
        lambda: f"{sum(each.done() for each in requests)} have given up",
    )
    return [each for each in requests if each.done()]


def test_clicks_beyond_the_slots_are_sent_and_acknowledged(
    kafka: Broker, topic: str, sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STUCK_SECONDS", LIMIT_SECONDS)
    kafka.pause()
    with ThreadPoolExecutor(CLICKS) as threads:
        requests = [threads.submit(sending.append) for _ in range(CLICKS)]
        try:
            eventually(lambda: sending.sent == 1 + CLICKS, 5, lambda: f"{sending.sent} were sent")
        finally:
            kafka.resume()
        places = [place for each in requests for place in each.result(LIMIT_SECONDS)]

    assert sorted(place.offset for place in places) == list(range(1, 1 + CLICKS))
    assert len(read(kafka, topic)) == 1 + CLICKS


def test_at_a_frozen_broker_no_more_than_the_slots_wait_for_long(
    kafka: Broker, topic: str, sending: Sending
) -> None:
    kafka.pause()
    with ThreadPoolExecutor(CLICKS) as threads:
        requests = [threads.submit(sending.append) for _ in range(CLICKS)]
        try:
            given_up = those_that_give_up(requests)
        finally:
            kafka.resume()
        for each in given_up:
            with pytest.raises(OutcomeUnknown, match="readers need threads"):
                each.result()
        for each in requests:
            with contextlib.suppress(OutcomeUnknown):
                assert len(each.result(LIMIT_SECONDS)) == 1

    assert [each.exception() is None for each in requests].count(True) == SLOTS
    # What was given up had been sent all the same.
    eventually(lambda: len(read(kafka, topic)) == 1 + CLICKS, 10, "sent clicks are lost")


def test_at_a_broker_that_is_frozen_from_the_start_no_more_than_the_slots_wait_for_long(
    kafka: Broker, new_sending: Sending
) -> None:
    kafka.pause()
    new_sending.producer.start()
    with ThreadPoolExecutor(CLICKS) as threads:
        requests = [threads.submit(new_sending.append) for _ in range(CLICKS)]
        try:
            given_up = those_that_give_up(requests)
        finally:
            kafka.resume()
        for each in given_up:
            with pytest.raises(NotAppended):
                each.result()
