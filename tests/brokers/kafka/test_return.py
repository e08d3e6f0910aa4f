"""How soon clicks are accepted again after an outage, beside a producer that was never there."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from kafka import KafkaProducer
from kafka.errors import KafkaError

from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.conftest import MakeSite
from tests.sites import Site
from tests.waiting import eventually

PROMISED_SECONDS = 3
AWAY_SECONDS = 6
"""Longer than a delivery may take: what was on its way has expired."""

BACK_SECONDS = 60

HARMS: dict[str, tuple[Callable[[Broker], object], Callable[[Broker], None]]] = {
    "stopped": (Broker.stop, Broker.start),
    "killed": (Broker.kill, Broker.start),
    "frozen": (Broker.pause, Broker.resume),
}


@contextlib.contextmanager
def clicking(site: Site) -> Iterator[list[tuple[float, int]]]:
    """Have four phones send each of their batches until it is accepted; collect the answers."""
    answers: list[tuple[float, int]] = []
    stopping = threading.Event()

    def press(phone: int) -> None:
        seq = 0
        while not stopping.wait(0.02):
            batch = {"client": f"phone-{phone}", "seq": seq, "clicks": [{"type": "cheers"}]}
            status = site.click(batch).status_code
            answers.append((time.monotonic(), status))
            seq += status == 200

    with ThreadPoolExecutor(4) as pool:
        phones = [pool.submit(press, phone) for phone in range(4)]
        try:
            yield answers
        finally:
            stopping.set()
        for phone in phones:
            phone.result(BACK_SECONDS)


def first_acknowledged(kafka: Broker, topic: str) -> float:
    """Return when a fresh, bare producer had its first record acknowledged."""
    deadline = time.monotonic() + BACK_SECONDS
    while time.monotonic() < deadline:
        producer: Any = None
        with contextlib.suppress(KafkaError):
            producer = KafkaProducer(
                bootstrap_servers=kafka.bootstrap,
                bootstrap_timeout_ms=1000,
                request_timeout_ms=900,
                delivery_timeout_ms=1000,
                max_block_ms=1000,
                acks=1,
                enable_idempotence=False,
            )
            producer.send(topic, b"not a click").get(1)
            return time.monotonic()
        if producer is not None:
            with contextlib.suppress(KafkaError):
                producer.close(0)
    raise AssertionError(f"no bare producer was acknowledged within {BACK_SECONDS} s")


@pytest.mark.timeout(180)
@pytest.mark.parametrize("harm", HARMS)
def test_the_first_click_after_an_outage_is_accepted_soon_after_any_producers(
    kafka: Broker, topic: str, make_site: MakeSite, harm: str
) -> None:
    hurt, mend = HARMS[harm]
    site = make_site(answer_limit_ms=1000)
    with clicking(site) as answers:
        hurt(kafka)
        hurt_at = time.monotonic()
        while time.monotonic() - hurt_at < AWAY_SECONDS:
            assert site.ask("GET", "/kafka/timeline").status_code == 200
        mend(kafka)
        bare = first_acknowledged(kafka, topic)
        eventually(
            lambda: any(at > bare and status == 200 for at, status in answers),
            2 * PROMISED_SECONDS,
            "clicks are still refused",
        )
    accepted = sum(status == 200 for _, status in answers)
    assert {status for _, status in answers} == {200, 503}
    # One batch of each phone may have been sent last and not accepted, and yet be in the log.
    site.wait_for_state("live", BACK_SECONDS)
    eventually(lambda: site.totals()[0] >= accepted, 5, lambda: f"{site.totals()} of {accepted}")
    assert site.totals()[0] <= accepted + 4
