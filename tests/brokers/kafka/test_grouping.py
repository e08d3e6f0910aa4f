"""Clicks that wait for their turn at the broker leave together when an answer comes."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from dash_app.brokers import Outgoing, Place
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


def test_the_thread_that_hears_an_answer_sends_what_waited(
    kafka: Broker, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STUCK_SECONDS", LIMIT_SECONDS)
    kafka.create_topic(topic)
    settings = Settings(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic=topic)
    slots = Slots(SLOTS)
    producer = ClickProducer(KafkaClients(settings), topic, slots)
    sent_by: list[str] = []

    def person(_: str) -> str:
        sent_by.append(threading.current_thread().name)
        return "0" * 16

    def append() -> Sequence[Place]:
        batch = [Outgoing(Click("cheers", time.time()), None, person)]
        return producer.append(batch, time.monotonic() + LIMIT_SECONDS)

    producer.start()
    try:
        places = [*append()]
        kafka.pause()
        with ThreadPoolExecutor(CLICKS, "request") as threads:
            requests = [threads.submit(append) for _ in range(CLICKS)]
            eventually(lambda: slots.waiting == CLICKS - SLOTS, 5, "they do not wait")
            kafka.resume()
            places += [place for each in requests for place in each.result(LIMIT_SECONDS)]
    finally:
        kafka.resume()
        producer.stop(5)

    assert sorted(place.offset for place in places) == list(range(1 + CLICKS))
    assert len(read(kafka, topic)) == 1 + CLICKS
    assert [name.startswith("request") for name in sent_by[1 : 1 + SLOTS]] == [True] * SLOTS
    # One thread, and so before it sends the next request.
    (sender,) = {*sent_by[1 + SLOTS :]}
    assert not sender.startswith("request")
