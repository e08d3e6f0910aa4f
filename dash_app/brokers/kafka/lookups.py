"""What the site asks of brokers, in such a way that a silent one delays nobody for long.

It relies on kafka-python's private names, as internals.py does.
`tests/brokers/kafka/test_lookups.py` fails where a release changes any of them.
"""

import time
from collections import defaultdict
from collections.abc import Collection
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from kafka import KafkaConsumer
from kafka.errors import KafkaTimeoutError

OFFSETS_TIMEOUT_MS = 2000
LATEST, EARLIEST = -1, -2
"""Kafka's numbers of the ends of a partition."""

NO_LEADER = (None, -1)
"""What kafka-python says of a partition that it does not know, and of one that nobody leads."""

GRACE_SECONDS = 0.5
"""So much later than another broker may one answer before nobody waits for it."""


class LeaderSilent(KafkaTimeoutError):  # type: ignore[misc]
    """The leader of some partitions does not answer, while that of others does."""


def offsets_at(
    consumer: KafkaConsumer,
    topics: Collection[Any],
    place: int,
    timeout_ms: int = OFFSETS_TIMEOUT_MS,
) -> dict[Any, int]:
    """Return the offset at the EARLIEST or LATEST place of each partition that has a leader.

    Each leader is asked by itself. Raises LeaderSilent once one lets wait that others do not.
    kafka-python's own functions wait for all, and fail with KeyError for all if one has no leader.
    """
    manager, by_leader = consumer._fetcher._manager, defaultdict[Any, dict[Any, int]](dict)
    for topic in topics:
        by_leader[manager.cluster.leader_for_partition(topic)][topic] = place
    led = [asked for leader, asked in by_leader.items() if leader not in NO_LEADER]
    if led:
        ask = partial(manager.call_soon, consumer._fetcher._fetch_offsets_by_times_async)
        waiting = {next(iter(asked)): ask(asked, timeout_ms) for asked in led}
        found = _gather(waiting, timeout_ms, manager.cluster)
    else:
        found = consumer._fetcher.offsets_by_times(dict.fromkeys(topics, place), timeout_ms)
    if len(led) < len(by_leader):
        manager.cluster.request_update()
    return {topic: one.offset for topic, one in found.items() if one is not None}


def _gather(waiting: dict[Any, Any], timeout_ms: int, cluster: Any) -> dict[Any, Any]:
    """Join the answers of the leaders; the first of the partitions that each was asked names it."""
    answers: SimpleQueue[Any] = SimpleQueue()
    for topic, asked in waiting.items():
        asked.add_both(lambda _, topic=topic: answers.put(topic))
    found: dict[Any, Any] = {}
    deadline = time.monotonic() + timeout_ms / 1000
    while waiting:
        try:
            topic = answers.get(timeout=max(0, deadline - time.monotonic()))
        except Empty:
            # Another broker may lead it by now, which kafka-python learns within minutes.
            cluster.request_update()
            silent = f"the leader of partition {min(waiting).partition} does not answer"
            raise (LeaderSilent if found else KafkaTimeoutError)(silent) from None
        answered = waiting.pop(topic)
        if answered.exception is not None:
            raise answered.exception
        found |= answered.value
        deadline = min(deadline, time.monotonic() + GRACE_SECONDS)
    return found


def describe_topic(admin: Any, name: str) -> Any:
    """Return the metadata of a topic; if a broker lets wait for it, another is asked as well."""
    answers: SimpleQueue[Any] = SimpleQueue()

    def ask() -> None:
        # kafka-python asks the broker that owes it the fewest answers.
        asked = admin._manager.call_soon(admin._get_cluster_metadata, [name])
        asked.add_both(lambda _: answers.put(asked))

    ask()
    try:
        first = answers.get(timeout=GRACE_SECONDS)
    except Empty:
        ask()
        first = answers.get()
    if first.exception is not None:
        raise first.exception
    (description,) = first.value["topics"]
    return description
