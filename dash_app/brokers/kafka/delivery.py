"""A batch on its way to a partition, sent by whichever thread finds it first."""

import contextlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dash_app.brokers import Outgoing
from dash_app.counting.records import CLICK_ID_HEADER, PERSON_HEADER, encode, encode_identity


class Delivery:
    """A batch, the producer that sends it, and what the producer promised for each of its clicks.

    `lane` is the partition that it waits for; None: not known yet. `uses` ends what it holds.
    """

    def __init__(self, batch: Sequence[Outgoing], lane: int | None) -> None:
        self.lane = lane
        self.uses = contextlib.ExitStack()
        self.producer: Any = None
        self.partition = 0
        self.began = 0.0
        self.sent_ms = 0
        self.futures: list[Any] = []
        self._batch = batch
        self._error: Exception | None = None

    def send(
        self,
        producer: Any,
        topic: str,
        partition: int,
        log_id: str,
        on_success: Callable[[], None],
    ) -> None:
        """Send all clicks; `on_success` is called when they are acknowledged, by any thread."""
        self.producer, self.partition = producer, partition
        self.began, self.sent_ms = time.monotonic(), int(1000 * time.time())
        try:
            # If one click cannot be sent, `futures` still holds those that were sent before it.
            self.futures.extend(
                producer.send(
                    topic,
                    encode(one.click),
                    key=_key(one),
                    headers=_headers(one, log_id),
                    partition=partition,
                    timestamp_ms=self.sent_ms,
                )
                for one in self._batch
            )
            self.futures[-1].add_callback(lambda _: on_success())
        except Exception as error:  # noqa: BLE001 - the thread of the request answers for it
            self._error = error

    def records(self, deadline: float) -> Iterator[Any]:
        """Wait for each click, and yield what the broker says of it. Raises what went wrong."""
        if self._error is not None:
            raise self._error
        for future in self.futures:
            yield future.get(max(0, deadline - time.monotonic()))


def _key(outgoing: Outgoing) -> bytes:
    # A compacted topic refuses records without a key, and with them all that share a request.
    identity = outgoing.identity
    if identity is not None:
        return identity.client.encode()
    # Not from the kernel, at each call of which another thread gets the interpreter.
    return random.randbytes(8).hex().encode()  # noqa: S311 - a key is no secret


def _headers(outgoing: Outgoing, log_id: str) -> list[tuple[str, bytes]]:
    headers = []
    if outgoing.identity is not None:
        headers.append((CLICK_ID_HEADER, encode_identity(outgoing.identity)))
    if outgoing.person is not None:
        headers.append((PERSON_HEADER, outgoing.person(log_id).encode()))
    return headers
