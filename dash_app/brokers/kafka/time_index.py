"""Asks the broker where in a topic a time is, which can cost the broker all of its memory."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError

logger = logging.getLogger(__name__)

TIMEOUT_MS = 5000
REST_SECONDS = 600
"""So long nobody asks after a failure."""


class TimeIndex:
    """Finds offsets by time, and rests where the broker has failed at that; one for all readings.

    To answer, a broker decompresses batches without a bound. One that has died of it would die
    again at each attempt to connect.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rests_until = float("-inf")

    def offsets_since(
        self, consumer: Any, ends: Mapping[TopicPartition, int], time: float
    ) -> Mapping[TopicPartition, int]:
        """Return the first offset since a time (epoch s), or the end where none is so young.

        What nobody knows is left out. All partitions of `ends` must have a leader.
        """
        if self._clock() < self._rests_until:
            return {}
        asked = dict.fromkeys(ends, int(1000 * time))
        try:
            found = consumer.offsets_for_times(asked, timeout_ms=TIMEOUT_MS)
        except KafkaError as error:
            self._rests_until = self._clock() + REST_SECONDS
            logger.warning(
                "the broker cannot say which records are younger than a time (%r); a batch that "
                "needs more memory than the broker has makes it fail. This process does not ask "
                "for ten minutes: until then it counts no report, and where it starts, the totals "
                "are right, and the curve is whole from `complete_since` on",
                error,
            )
            return {}
        return {
            topic: end if (one := found.get(topic)) is None else one.offset
            for topic, end in ends.items()
        }


_by_topic: dict[tuple[str, str], TimeIndex] = {}


def time_index_of(servers: str, topic: str) -> TimeIndex:
    """Return the index for whoever reads a topic once: it outlives the reading."""
    return _by_topic.setdefault((servers, topic), TimeIndex())
