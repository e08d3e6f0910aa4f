"""A crowd that posts while the broker is frozen or stopped keeps no reader waiting."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.brokers.kafka.broker import Broker
from tests.ports import free_port
from tests.served import Answer, Served, serving
from tests.waiting import eventually

pytestmark = pytest.mark.alone

CLIENTS = 40
LIMIT_SECONDS = 4
BACK_SECONDS = 20
PAUSE_SECONDS = 0.2


class Timed(NamedTuple):
    """An answer and the seconds that it took."""

    answer: Answer
    seconds: float


def test_a_frozen_broker_keeps_no_reader_waiting_and_no_click_longer_than_its_limit(
    kafka: Broker, topic: str, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
        "KAFKA_TOPIC": topic,
        "WEB_THREADS": 8,
        "ANSWER_LIMIT_MS": 1000 * LIMIT_SECONDS,
    }
    with serving(tmp_path, free_port(), **settings) as served:
        eventually(lambda: click(served, 0).status == 200, BACK_SECONDS, "clicks are refused")
        kafka.pause()
        posts, reads = crowd_and_reader(
            served, CLIENTS, lambda posts, _: any(map(reached_kafka, posts))
        )
        kafka.resume()

        assert {read.answer.status for read in reads} == {200}
        # The promise is well under a second; twice one is for a busy machine.
        assert max(read.seconds for read in reads) < 2
        assert {post.answer.status for post in posts} == {503}
        assert all(int(post.answer.headers["retry-after"]) >= 1 for post in posts)
        assert max(post.seconds for post in posts) < 2 * (LIMIT_SECONDS + 1)

        for client in range(CLIENTS):
            is_accepted = partial(lambda one: click(served, one).status == 200, client)
            eventually(is_accepted, BACK_SECONDS, "still refused")
        served.wait_for_totals(CLIENTS, seconds=BACK_SECONDS)


def test_without_a_broker_two_hundred_clients_keep_no_reader_waiting(
    make_broker: Callable[..., Broker], topic: str, tmp_path: Path
) -> None:
    broker = make_broker()
    settings: dict[str, Any] = {"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "KAFKA_TOPIC": topic}
    with serving(tmp_path, free_port(), **settings) as served:
        eventually(lambda: click(served, 0).status == 200, BACK_SECONDS, "clicks are refused")
        broker.stop()
        eventually(lambda: click(served, 0).status == 503, BACK_SECONDS, "clicks are accepted")
        posts, reads = crowd_and_reader(
            served, 200, lambda posts, reads: len(posts) >= 400 and len(reads) >= 5
        )

    assert {read.answer.status for read in reads} == {200}
    assert max(read.seconds for read in reads) < 2
    assert {post.answer.status for post in posts} == {503}
    assert {post.answer.fields["appended"] for post in posts} == {False}


def crowd_and_reader(
    served: Served, clients: int, is_over: Callable[[list[Timed], list[Timed]], bool]
) -> tuple[list[Timed], list[Timed]]:
    """Let so many clients post, and one read, until it is over."""
    over = threading.Event()
    posts: list[Timed] = []
    reads: list[Timed] = []
    with ThreadPoolExecutor(clients + 1) as pool:
        asking = [
            pool.submit(repeat, partial(click, served, one), posts, over) for one in range(clients)
        ]
        asking.append(
            pool.submit(repeat, partial(served.ask, "GET", "/kafka/timeline"), reads, over)
        )
        try:
            eventually(
                lambda: is_over(posts, reads), 2 * LIMIT_SECONDS, "no answer reached this far"
            )
        finally:
            over.set()
        for one in asking:
            one.result()
    return posts, reads


def repeat(ask: Callable[[], Answer], answers: list[Timed], over: threading.Event) -> None:
    # With pauses, as a phone or a page makes them.
    while not over.wait(PAUSE_SECONDS):
        began = time.monotonic()
        answer = ask()
        answers.append(Timed(answer, time.monotonic() - began))


def reached_kafka(post: Timed) -> bool:
    return "appended" not in post.answer.fields


def click(served: Served, client: int) -> Answer:
    batch = {"client": f"phone-{client}", "seq": 1, "clicks": [{"type": "cheers"}]}
    return served.click(batch)
