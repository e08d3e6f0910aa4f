"""The topic: created if it does not exist, and checked for settings that could lose clicks."""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import (
    AuthorizationError,
    InvalidReplicationFactorError,
    KafkaError,
    TopicAlreadyExistsError,
    for_code,
)

from dash_app.brokers import BrokerUnavailable, LogReplaced
from dash_app.brokers.kafka.lookups import describe_topic
from dash_app.settings import Settings

logger = logging.getLogger(__name__)

CLICKS_CONFIG = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "message.timestamp.type": "LogAppendTime",
}
TOTALS_CONFIG = {"cleanup.policy": "compact", "retention.ms": "-1"}
BINS_CONFIG = {"cleanup.policy": "compact,delete", "retention.ms": str(24 * 3600 * 1000)}
"""Of each key Kafka keeps Flink's last row, but not of bins that are too old to be drawn."""

TALKS_CONFIG = {"cleanup.policy": "compact", "retention.ms": "-1"}
"""Of each key Kafka keeps the last change."""

CREATION_SECONDS = 2.0
CREATION_POLL_SECONDS = 0.05

MAX_REPLICAS = 3
MIN_IN_SYNC_REPLICAS = "2"


NO_ID = (None, UUID(int=0))
"""What brokers without ids of topics say: Kafka before 2.8, Redpanda before 2025, Event Hubs."""


class NewTopic(NamedTuple):
    """What a topic is to be that does not exist yet; numbers that are None are left to others."""

    configs: Mapping[str, str]
    partitions: int | None = None
    """None: as many as the brokers choose."""
    replicas: int | None = None
    """None: MAX_REPLICAS, or as many as there are brokers."""


def new_clicks_topic(settings: Settings) -> NewTopic:
    """Return what the settings want of a topic of clicks."""
    configs = CLICKS_CONFIG
    if (hours := settings.kafka_topic_retention_hours) is not None:
        configs = {**configs, "retention.ms": str(hours * 3600 * 1000)}
    return NewTopic(configs, settings.kafka_topic_partitions, settings.kafka_topic_replicas)


class Topic(NamedTuple):
    """A topic as the cluster describes it: its id, and its partitions by number.

    If the broker knows no ids of topics, the id is that of the cluster with the topic's name.
    """

    id: str
    partitions: frozenset[int]


def find_topic(admin: KafkaAdminClient, name: str) -> Topic | None:
    """Return the topic, or None if it does not exist. Raises BrokerUnavailable."""
    try:
        description = describe_topic(admin, name)
    except (KafkaError, ValueError) as error:
        raise BrokerUnavailable(f"cannot describe topic {name}: {error!r}") from error
    problem = for_code(description["error_code"])
    if problem.__name__ == "UnknownTopicOrPartitionError":
        return None
    if description["error_code"]:
        raise BrokerUnavailable(f"cannot describe topic {name}: {problem.__name__}")
    numbers = frozenset(partition["partition_index"] for partition in description["partitions"])
    topic_id = description.get("topic_id")
    if topic_id in NO_ID:
        topic_id = f"{_cluster_id(admin)}/{name}"
    return Topic(str(topic_id), numbers)


def _cluster_id(admin: KafkaAdminClient) -> str:
    try:
        return str(admin.describe_cluster()["cluster_id"])
    except KafkaError as error:
        raise BrokerUnavailable(f"cannot describe the cluster: {error!r}") from error


def find_topic_by_id(admin: KafkaAdminClient, name: str, topic_id: str) -> Topic:
    """Return the topic as it is now.

    Raises BrokerUnavailable, and LogReplaced if it was deleted, even if it was created again.
    """
    topic = find_topic(admin, name)
    if topic is None or topic.id != topic_id:
        raise LogReplaced(f"topic {name} with id {topic_id} was deleted")
    return topic


def find_or_create_topic(admin: KafkaAdminClient, name: str, new: NewTopic) -> Topic:
    """Return the topic, which is created as `new` says if it does not exist.

    Raises BrokerUnavailable, also if the topic does not exist and the account may not create it.
    """
    topic = find_topic(admin, name)
    if topic is None:
        _create(admin, name, new)
        topic = _wait_for_topic(admin, name)
    if topic is None or not topic.partitions:
        raise BrokerUnavailable(f"topic {name} does not exist yet")
    return topic


def find_or_create_flink_topics(
    admin: KafkaAdminClient, name: str, replicas: int | None
) -> tuple[Topic, Topic]:
    """Return the topics of the totals and of the bins that Flink counts of a topic of clicks.

    Raises BrokerUnavailable.
    """
    totals, bins = (NewTopic(configs, 1, replicas) for configs in (TOTALS_CONFIG, BINS_CONFIG))
    return (
        find_or_create_topic(admin, totals_topic(name), totals),
        find_or_create_topic(admin, bins_topic(name), bins),
    )


def find_or_create_talks_topic(admin: KafkaAdminClient, name: str, replicas: int | None) -> Topic:
    """Return the topic of the talks beside a topic of clicks. Raises BrokerUnavailable."""
    return find_or_create_topic(admin, talks_topic(name), NewTopic(TALKS_CONFIG, 1, replicas))


def talks_topic(name: str) -> str:
    """Return the topic that holds the changes of the talks beside a topic of clicks."""
    return f"{name}-talks"


def totals_topic(name: str) -> str:
    """Return the topic that holds the totals of a topic of clicks, one row per partition."""
    return f"{name}-totals"


def bins_topic(name: str) -> str:
    """Return the topic that holds the bins of a topic of clicks, one row per second."""
    return f"{name}-bins"


def _wait_for_topic(admin: KafkaAdminClient, name: str) -> Topic | None:
    """Return a topic that this or another process just created, once the brokers know it."""
    deadline = time.monotonic() + CREATION_SECONDS
    while not (topic := find_topic(admin, name)) and time.monotonic() < deadline:
        time.sleep(CREATION_POLL_SECONDS)
    return topic


def _create(admin: KafkaAdminClient, name: str, new: NewTopic) -> None:
    try:
        brokers = len(admin.describe_cluster()["brokers"])
        replicas = new.replicas or min(MAX_REPLICAS, brokers)
        in_sync = {"min.insync.replicas": MIN_IN_SYNC_REPLICAS} if replicas >= MAX_REPLICAS else {}
        topic: dict[str, Any] = {
            "replication_factor": replicas,
            "configs": {**new.configs, **in_sync},
        }
        if new.partitions is not None:
            topic["num_partitions"] = new.partitions
        admin.create_topics({name: topic}, wait_for_metadata=True)
        logger.info("created topic %s; replicas: %s", name, replicas)
    except TopicAlreadyExistsError:
        # Producer and consumer of one site look for it at the same time.
        logger.info("topic %s was created a moment ago", name)
    except InvalidReplicationFactorError as error:
        raise BrokerUnavailable(
            f"there are too few brokers for topic {name}: {error!r}; look at KAFKA_TOPIC_REPLICAS"
        ) from error
    except AuthorizationError as error:
        raise BrokerUnavailable(
            f"topic {name} does not exist and the account may not create it; create it, "
            "or grant the right"
        ) from error
    except KafkaError as error:
        raise BrokerUnavailable(f"cannot create topic {name}: {error!r}") from error


def require_reading(admin: KafkaAdminClient, name: str) -> None:
    """Raise BrokerUnavailable if the broker says that the account may not read the topic.

    Where a log ends, whoever may describe it is told: an empty one would look as if it was read.
    """
    allowed = describe_topic(admin, name).get("authorized_operations")
    if allowed and "READ" not in allowed:
        raise BrokerUnavailable(f"not allowed to read topic {name}; grant the right")


def topic_warnings(admin: KafkaAdminClient, name: str) -> Sequence[str]:
    """Return what about the topic breaks a promise, in a sentence each.

    Without the right to read the topic's settings none is returned.
    """
    try:
        (description,) = admin.describe_topics([name])
        resource = ConfigResource(ConfigResourceType.TOPIC, name)
        configs = admin.describe_configs([resource], config_filter="all")
    except KafkaError as error:
        logger.info("cannot read the settings of topic %s: %r", name, error)
        return []
    warnings = []
    if description.get("topic_id") in NO_ID:
        warnings.append(
            f"topic {name} has no id at this broker: if it is deleted and created again, "
            "the new one may be taken for the old one"
        )
    values = _config_values(configs)
    if "compact" in values.get("cleanup.policy", ""):
        warnings.append(f"topic {name} is compacted: it forgets clicks that have the same key")
    if values.get("retention.ms", "-1") != "-1":
        warnings.append(f"topic {name} forgets clicks after {values['retention.ms']} ms")
    if values.get("retention.bytes", "-1") != "-1":
        warnings.append(f"topic {name} forgets clicks beyond {values['retention.bytes']} bytes")
    if values.get("message.timestamp.type") == "CreateTime":
        warnings.append(
            f"topic {name} takes the times of its records from their producers (CreateTime): "
            "a wrong clock there changes which clicks are drawn, "
            "and for how long the site calls repeats safe"
        )
    if values.get("message.format.version", "").startswith(("0.8", "0.9", "0.10")):
        warnings.append(
            f"topic {name} keeps its records in a format without headers and takes no click: "
            "message.format.version must be 0.11 or later"
        )
    if any(len(partition["replica_nodes"]) == 1 for partition in description["partitions"]):
        warnings.append(f"topic {name} has one replica: a lost disk loses its clicks")
    return warnings


def _config_values(configs: Any) -> dict[str, str]:
    values: dict[str, str] = {}
    for resource in configs.values():
        for settings in resource.values():
            values |= {key: str(entry["value"]) for key, entry in settings.items()}
    return values
