"""The checkpoints of a topic, as the metadata of committed offsets."""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from kafka import TopicPartition
from kafka.errors import (
    AuthorizationError,
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
)
from kafka.structs import OffsetAndMetadata

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.kafka.topic_reader import broker_errors
from dash_app.counting.checkpoint import Checkpoint, decode

logger = logging.getLogger(__name__)

GROUP = "click-dashboard-checkpoint"
"""The group that holds the checkpoints; no consumer may join it."""

COORDINATOR_ERRORS = (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
)
COORDINATOR_SECONDS = 5
COORDINATOR_POLL_SECONDS = 0.1
"""A broker creates the topic of the checkpoints when it is asked for one the first time."""


def read_checkpoints(
    admin: Any, name: str, topics: Sequence[TopicPartition]
) -> dict[TopicPartition, Checkpoint | None]:
    """Return the checkpoints of the partitions of a topic, as far as there are any.

    An account that may not read them gets none. Raises BrokerUnavailable.
    """
    try:
        with broker_errors(name):
            offsets = _read_offsets(admin, topics)
    except BrokerUnavailable as error:
        if isinstance(error.__cause__, AuthorizationError):
            logger.warning("may not read checkpoints (group %s): %s", GROUP, error)
            return {}
        raise
    return {
        topic: decode(committed.offset, committed.metadata)
        for topic, committed in offsets.items()
        if committed.offset >= 0
    }


def _read_offsets(
    admin: Any, topics: Sequence[TopicPartition]
) -> Mapping[TopicPartition, OffsetAndMetadata]:
    """Return what is committed; a coordinator that is about to begin gets time for it."""
    deadline = time.monotonic() + COORDINATOR_SECONDS
    while True:
        try:
            found = admin.list_group_offsets({GROUP: list(topics)})
        except COORDINATOR_ERRORS:
            if time.monotonic() > deadline:
                raise
            time.sleep(COORDINATOR_POLL_SECONDS)
        else:
            offsets: Mapping[TopicPartition, OffsetAndMetadata] = found[GROUP]
            return offsets
