"""Whether a cluster can take clicks; nothing is written to it."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any, Literal

from kafka import KafkaAdminClient, TopicPartition
from kafka.errors import AuthorizationError, KafkaError

from dash_app import logs
from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.finding import Finding, check_newest
from dash_app.brokers.kafka.clients import REQUEST_MS, KafkaClients
from dash_app.brokers.kafka.internals import advertised_addresses
from dash_app.brokers.kafka.lookups import EARLIEST, LATEST, describe_topic, offsets_at
from dash_app.brokers.kafka.topic import find_topic, talks_topic, topic_warnings
from dash_app.settings import Settings

CONNECT_SECONDS = 3

AHEAD = "the broker's clock is ahead of this machine's; set both by NTP"
ADVERTISED = "correct advertised.listeners at the broker (docs/operations.md)"


def check_cluster(settings: Settings) -> Iterator[Finding]:
    """Check brokers, their advertised addresses, the topic, the rights and the clocks."""
    clients, subject = KafkaClients(settings), "broker"
    try:
        # The findings say it in a sentence each; kafka-python would log many.
        with (
            logs.silenced("kafka"),
            contextlib.closing(clients.admin(reaches_cluster=False)) as admin,
        ):
            yield Finding("ok", subject, f"one answers at {','.join(clients.servers)}")
            addresses = [_check_address(*address) for address in advertised_addresses(admin)]
            yield from addresses
            subject = "topic"
            # Each further request goes to an advertised address, and would end in a time-out.
            if all(finding.grade == "ok" for finding in addresses):
                yield from _check_topic(settings, clients, admin)
    except BrokerUnavailable as error:
        yield Finding("bad", subject, str(error))
    except KafkaError as error:
        yield Finding("bad", subject, f"a request failed: {error!r}; is the broker healthy?")


def _check_address(host: str, port: int) -> Finding:
    address = f"{host}:{port}"
    try:
        socket.create_connection((host, port), CONNECT_SECONDS).close()
    except OSError as error:
        unreachable = f"a broker says that it is at {address}, where nobody answers ({error})"
        return Finding(
            "bad", "address", f"{unreachable}; {ADVERTISED}, or make the name known here"
        )
    return Finding("ok", "address", f"the advertised {address} can be reached")


def _check_topic(
    settings: Settings, clients: KafkaClients, admin: KafkaAdminClient
) -> Iterator[Finding]:
    name = settings.kafka_topic
    topic = find_topic(admin, name)
    if topic is None:
        yield _check_creation(admin, name)
        return
    yield Finding("ok", "topic", f"{name} exists, partitions: {len(topic.partitions)}")
    (description,) = admin.describe_topics([name])
    for partition in description["partitions"]:
        if partition["leader_id"] < 0:
            way_out = "start a broker that holds a replica of it"
            number = partition["partition_index"]
            yield Finding("bad", "topic", f"partition {number} of {name} has no leader; {way_out}")
    for warning in topic_warnings(admin, name):
        yield Finding("note", "topic", warning)
    yield _check_rights(name, description.get("authorized_operations"))
    yield _check_talks(admin, talks_topic(name))
    yield _check_clocks(clients, name, sorted(topic.partitions))


def _check_creation(admin: KafkaAdminClient, name: str) -> Finding:
    missing = f"{name} does not exist"
    try:
        admin.create_topics({name: {}}, validate_only=True)
    except AuthorizationError:
        refused = f"{missing}, and the account may not create it"
        return Finding("bad", "topic", f"{refused}; create it, or grant the right")
    except KafkaError as error:
        return Finding("bad", "topic", f"{missing}, and creating it would fail: {error!r}")
    return Finding("note", "topic", f"{missing} yet; the first start creates it")


def _check_rights(name: str, allowed: Any) -> Finding:
    if not allowed:
        return Finding("note", "rights", "the broker does not say what the account may do")
    missing = [right for right in ("READ", "WRITE", "DESCRIBE") if right not in allowed]
    if missing:
        return Finding(
            "bad", "rights", f"the account lacks {', '.join(missing)} on {name}; grant it"
        )
    return Finding("ok", "rights", f"the account may read and write {name}")


def _check_talks(admin: KafkaAdminClient, name: str) -> Finding:
    """Check the topic of the talks, without which a site takes and counts clicks all the same."""
    if find_topic(admin, name) is None:
        finding = _check_creation(admin, name)
    else:
        finding = _check_rights(name, describe_topic(admin, name).get("authorized_operations"))
    grade: Literal["ok", "note"] = "ok" if finding.grade == "ok" else "note"
    return finding._replace(grade=grade, subject="talks")


def _check_clocks(clients: KafkaClients, name: str, partitions: list[int]) -> Finding:
    """Compare the newest record with this machine's clock: no request tells the broker's own."""
    try:
        newest = _read_newest(clients, [TopicPartition(name, number) for number in partitions])
    except KafkaError as error:
        return Finding("note", "clocks", f"the newest record cannot be read: {error!r}")
    if newest is None:
        return Finding(
            "note", "clocks", "without a record in the topic there is nothing to compare"
        )
    return check_newest("clocks", newest, f"record of {name}", AHEAD)


def _read_newest(clients: KafkaClients, topics: list[TopicPartition]) -> float | None:
    with contextlib.closing(clients.consumer()) as consumer:
        ends = offsets_at(consumer, topics, LATEST, REQUEST_MS)
        starts = offsets_at(consumer, ends, EARLIEST, REQUEST_MS)
        filled = [topic for topic in starts if ends[topic] > starts[topic]]
        consumer.assign(filled)
        for topic in filled:
            consumer.seek(topic, ends[topic] - 1)
        polled = consumer.poll(timeout_ms=REQUEST_MS) if filled else {}
        times = [record.time for records in polled.values() for record in records]
        return max(times, default=None)
