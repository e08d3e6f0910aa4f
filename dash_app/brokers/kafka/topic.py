"""The topic: made if it is missing and may be, and looked at for what could lose clicks."""

import logging
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import AuthorizationError, KafkaError, TopicAlreadyExistsError, for_code

from dash_app.brokers import BrokerUnavailable, LogReplaced

log = logging.getLogger(__name__)

CONFIGS = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "message.timestamp.type": "LogAppendTime",
}
TOTALS = {"cleanup.policy": "compact", "retention.ms": "-1"}
BINS = {"cleanup.policy": "compact,delete", "retention.ms": str(24 * 3600 * 1000)}
"""What Flink counted: of each key the last row stays; of seconds that nobody draws none."""

APPEARS_SECONDS = 2.0
LOOK_SECONDS = 0.05

MOST_REPLICAS = 3
IN_SYNC_OF_THREE = "2"


class Topic(NamedTuple):
    """A topic as the cluster describes it: its id, and its partitions by number."""

    id: str
    partitions: frozenset[int]


def find(admin: KafkaAdminClient, name: str) -> Topic | None:
    """Return the topic; None where there is none. Raises BrokerUnavailable."""
    try:
        (described,) = admin.describe_topics([name])
    except (KafkaError, ValueError) as error:
        raise BrokerUnavailable(f"cannot describe topic {name}: {error!r}") from error
    problem = for_code(described["error_code"])
    if problem.__name__ == "UnknownTopicOrPartitionError":
        return None
    if described["error_code"]:
        raise BrokerUnavailable(f"cannot describe topic {name}: {problem.__name__}")
    numbers = frozenset(partition["partition_index"] for partition in described["partitions"])
    return Topic(str(described["topic_id"]), numbers)


def find_again(admin: KafkaAdminClient, name: str, topic_id: str) -> Topic:
    """Return the topic as it is now. Raises BrokerUnavailable; LogReplaced: it is another one."""
    found = find(admin, name)
    if found is None or found.id != topic_id:
        raise LogReplaced(f"topic {name} with id {topic_id} is gone")
    return found


def find_or_make(
    admin: KafkaAdminClient,
    name: str,
    configs: Mapping[str, str] = CONFIGS,
    partitions: int | None = None,
) -> Topic:
    """Return the topic, made as this project wants it if it is missing.

    `partitions` None leaves their number to the broker. Raises BrokerUnavailable, also where the
    topic is missing and may not be made.
    """
    topic = find(admin, name)
    if topic is None:
        _make(admin, name, configs, partitions)
        topic = _appeared(admin, name)
    if topic is None or not topic.partitions:
        raise BrokerUnavailable(f"topic {name} is not there yet")
    return topic


def find_or_make_counts(admin: KafkaAdminClient, name: str) -> tuple[Topic, Topic]:
    """Return the topics of the totals and of the bins that Flink counts of a topic of clicks.

    Raises BrokerUnavailable.
    """
    return (
        find_or_make(admin, totals_topic(name), TOTALS, partitions=1),
        find_or_make(admin, bins_topic(name), BINS, partitions=1),
    )


def totals_topic(name: str) -> str:
    """Return where the totals of a topic of clicks stand, one row per partition."""
    return f"{name}-totals"


def bins_topic(name: str) -> str:
    """Return where the bins of a topic of clicks stand, one row per second."""
    return f"{name}-bins"


def _appeared(admin: KafkaAdminClient, name: str) -> Topic | None:
    """Return a topic that was just made, by us or somebody else, once all brokers know it."""
    deadline = time.monotonic() + APPEARS_SECONDS
    while not (topic := find(admin, name)) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    return topic


def _make(
    admin: KafkaAdminClient, name: str, configs: Mapping[str, str], partitions: int | None
) -> None:
    try:
        brokers = len(admin.describe_cluster()["brokers"])
        replicas = min(MOST_REPLICAS, brokers)
        in_sync = {"min.insync.replicas": IN_SYNC_OF_THREE} if replicas == MOST_REPLICAS else {}
        wish: dict[str, Any] = {"replication_factor": replicas, "configs": {**configs, **in_sync}}
        if partitions is not None:
            wish["num_partitions"] = partitions
        admin.create_topics({name: wish}, wait_for_metadata=True)
        log.info("made topic %s with %s replicas", name, replicas)
    except TopicAlreadyExistsError:
        log.info("topic %s was made by somebody else", name)
    except AuthorizationError as error:
        raise BrokerUnavailable(
            f"topic {name} is missing and we may not make it; make it, or allow us to"
        ) from error
    except KafkaError as error:
        raise BrokerUnavailable(f"cannot make topic {name}: {error!r}") from error


def dangers(admin: KafkaAdminClient, name: str) -> list[str]:
    """Return in a sentence each what about the topic breaks a promise, as far as we may ask."""
    try:
        (described,) = admin.describe_topics([name])
        resource = ConfigResource(ConfigResourceType.TOPIC, name)
        configs = admin.describe_configs([resource], config_filter="all")
    except KafkaError as error:
        log.info("cannot look at the settings of topic %s: %r", name, error)
        return []
    found = []
    values = _values(configs)
    if "compact" in values.get("cleanup.policy", ""):
        found.append(f"topic {name} is compacted: it forgets clicks that have the same key")
    if values.get("retention.ms", "-1") != "-1":
        found.append(f"topic {name} forgets clicks after {values['retention.ms']} ms")
    if values.get("retention.bytes", "-1") != "-1":
        found.append(f"topic {name} forgets clicks beyond {values['retention.bytes']} bytes")
    if values.get("message.timestamp.type") == "CreateTime":
        found.append(
            f"topic {name} takes its records' times from who writes them (CreateTime): "
            "a wrong clock there decides which clicks are drawn, "
            "and for how long repeats are said to be safe"
        )
    if any(len(partition["replica_nodes"]) == 1 for partition in described["partitions"]):
        found.append(f"topic {name} has one replica: a lost disk loses its clicks")
    return found


def _values(configs: Any) -> dict[str, str]:
    values: dict[str, str] = {}
    for resource in configs.values():
        for settings in resource.values():
            values |= {key: str(entry["value"]) for key, entry in settings.items()}
    return values
