"""Where in a topic a time is: unknown is not the same as nowhere, and a failure is not for ever."""

from collections.abc import Mapping
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.structs import OffsetAndTimestamp

from dash_app.brokers.kafka.time_index import REST_SECONDS, TimeIndex

OLD, YOUNG = (TopicPartition("clicks", number) for number in range(2))


class Answers:
    """A consumer that answers as kafka-python does."""

    def __init__(self) -> None:
        self.error: KafkaError | None = None

    def offsets_for_times(self, asked: Mapping[Any, int], timeout_ms: int) -> Mapping[Any, Any]:
        if self.error:
            raise self.error
        return {topic: None if topic == OLD else OffsetAndTimestamp(7, 1, 0) for topic in asked}


def test_a_partition_without_a_younger_record_is_whole_from_its_end() -> None:
    found = TimeIndex().offsets_since(Answers(), {OLD: 10, YOUNG: 10}, 1.0)
    assert found == {OLD: 10, YOUNG: 7}


def test_a_broker_that_failed_is_asked_again_after_a_rest() -> None:
    now = 0.0
    consumer, index = Answers(), TimeIndex(lambda: now)
    consumer.error = KafkaTimeoutError()
    assert index.offsets_since(consumer, {YOUNG: 10}, 1.0) == {}
    consumer.error = None
    now = REST_SECONDS - 1
    assert index.offsets_since(consumer, {YOUNG: 10}, 1.0) == {}
    now = REST_SECONDS
    assert index.offsets_since(consumer, {YOUNG: 10}, 1.0) == {YOUNG: 7}
