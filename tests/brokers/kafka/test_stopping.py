"""SIGTERM while a frozen broker keeps a click waiting: an end in time, and no false answer."""

import http.client
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.brokers.kafka.broker import Broker
from tests.flights import post_in_flight
from tests.ports import free_port, is_taken
from tests.served import serving
from tests.waiting import eventually

PROMISED_SECONDS = 5


@pytest.mark.parametrize("answer_limit_ms", [3000, 30_000], ids=["answered", "cut off"])
def test_a_click_in_flight_to_a_frozen_broker_is_never_called_sent(
    tmp_path: Path, kafka: Broker, topic: str, answer_limit_ms: int
) -> None:
    port = free_port()
    variables = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "KAFKA_TOPIC": topic}
    with (
        serving(tmp_path, port, ANSWER_LIMIT_MS=answer_limit_ms, **variables) as served,
        ThreadPoolExecutor(1) as pool,
    ):
        eventually(lambda: served.click({"type": "hate"}).status == 200, 20, "clicks are refused")
        kafka.pause()
        flight = post_in_flight(served, pool)
        family = [psutil.Process(served.process.pid), *served.workers()]
        began = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(2 * PROMISED_SECONDS)
        _, alive = psutil.wait_procs(family, began + 2 * PROMISED_SECONDS - time.monotonic())
        assert not alive
        assert not is_taken(port)
        try:
            assert flight.result(20) == 503
        except (OSError, http.client.HTTPException):
            assert not flight.running()
