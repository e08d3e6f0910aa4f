"""A right that is taken away in the middle of a batch, whose beginning may be durable."""

import time

import pytest
from kafka import TopicPartition
from kafka.errors import KafkaError, RequestTimedOutError, TopicAuthorizationFailedError
from kafka.producer.future import FutureProduceResult, FutureRecordMetadata

from dash_app.brokers.kafka.producer import all_were_denied

DURABLE, UNANSWERED = object(), object()
DENIED = TopicAuthorizationFailedError("clicks")
WITHOUT_ID = KafkaError("ClusterAuthorizationFailedError: no producer id")


def future(outcome: object) -> FutureRecordMetadata:
    """Return what a producer gives for a record whose delivery ends so."""
    produced = FutureProduceResult(TopicPartition("clicks", 0))
    record = FutureRecordMetadata(produced, 0, 0, None, -1, 10, -1)
    if outcome is DURABLE:
        produced.success((7, 0, None))
    elif isinstance(outcome, KafkaError):
        produced.failure(outcome)
    return record


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], True),
        ([DENIED, DENIED], True),
        ([WITHOUT_ID], True),
        ([DURABLE, DENIED], False),
        ([DENIED, DURABLE], False),
        ([DENIED, UNANSWERED], False),
        ([DENIED, RequestTimedOutError()], False),
    ],
)
def test_a_batch_counts_as_denied_if_every_record_of_it_was(
    outcomes: list[object], expected: bool
) -> None:
    deadline = time.monotonic() + 0.05
    assert all_were_denied([future(outcome) for outcome in outcomes], deadline) is expected
