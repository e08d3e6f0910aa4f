"""A batch on its way to a partition."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kafka.errors import KafkaTimeoutError

from dash_app.brokers import Outgoing
from dash_app.counting.clicks import Identity
from dash_app.counting.records import CLICK_ID_HEADER, PERSON_HEADER, encode, encode_identity

_Header = tuple[str, bytes]


class Delivery:
    """What a producer promised for each click of a batch that it was given for a partition."""

    def __init__(self, producer: Any, partition: int) -> None:
        self.producer = producer
        self.partition = partition
        self.began = time.monotonic()
        self.sent_ms = int(1000 * time.time())
        self.futures: list[Any] = []

    def send(
        self, batch: Sequence[Outgoing], topic: str, log_id: str, on_success: Callable[[], None]
    ) -> None:
        """Send all clicks; `on_success` is called when they are acknowledged, by any thread.

        If one click cannot be sent, `futures` holds those that were sent before it.
        """
        send, partition, sent_ms = self.producer.send, self.partition, self.sent_ms
        person = batch[0].person
        person_headers = [] if person is None else [(PERSON_HEADER, person(log_id).encode())]
        for click, identity, _ in batch:
            key, headers = _key(identity), _headers(identity, person_headers)
            self.futures.append(send(topic, encode(click), key, headers, partition, sent_ms))
        self.futures[-1].add_callback(lambda _: on_success())

    def records(self, deadline: float, patience: Callable[[], float]) -> Iterator[Any]:
        """Wait for each click, and yield what the broker says of it. Raises what went wrong.

        `patience` says until when to wait before asking it again, or raises.
        """
        for future in self.futures:
            while not future.is_done:
                _wait(future, min(deadline, patience()), deadline)
            if future.exception is not None:
                raise future.exception
            yield future.value


def _wait(future: Any, until: float, deadline: float) -> None:
    """Wait for a click until then; raises KafkaTimeoutError at the deadline."""
    try:
        future.get(max(0, until - time.monotonic()))
    except KafkaTimeoutError:
        if until == deadline and not future.is_done:
            raise


def _key(identity: Identity | None) -> bytes:
    # A compacted topic refuses records without a key, and with them all that share a request.
    if identity is not None:
        return identity.client.encode()
    # Not from the kernel, at each call of which another thread gets the interpreter.
    return random.randbytes(8).hex().encode()  # noqa: S311 - a key is no secret


def _headers(identity: Identity | None, person_headers: list[_Header]) -> list[_Header]:
    if identity is None:
        return person_headers
    return [(CLICK_ID_HEADER, encode_identity(identity)), *person_headers]
