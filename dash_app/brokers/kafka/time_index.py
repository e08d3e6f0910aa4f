"""Asks the broker where in a topic a time is, which can cost the broker all of its memory."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError

logger = logging.getLogger(__name__)

TIMEOUT_MS = 5000


class TimeIndex:
    """Finds offsets by time until the broker has failed at that once; one for all readings.

    To answer, a broker decompresses batches without a bound. One that has died of it would die
    again at each attempt to connect.
    """

    def __init__(self) -> None:
        self._has_failed = False

    def offsets_since(
        self, consumer: Any, topics: Sequence[TopicPartition], time: float
    ) -> Mapping[TopicPartition, int] | None:
        """Return the first offset since a time (epoch s) where there is one; None: nobody knows."""
        if self._has_failed:
            return None
        asked = dict.fromkeys(topics, int(1000 * time))
        try:
            found = consumer.offsets_for_times(asked, timeout_ms=TIMEOUT_MS)
        except KafkaError as error:
            self._has_failed = True
            logger.warning(
                "the broker cannot say which records are younger than an hour (%r); a batch that "
                "needs more memory than the broker has makes it fail. This process starts without "
                "them from now on: the totals are right, the curve is whole from `complete_since` "
                "on",
                error,
            )
            return None
        return {topic: one.offset for topic, one in found.items() if one is not None}
