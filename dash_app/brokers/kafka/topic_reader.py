"""What all readers of topics share: clients that are closed together, records, and errors."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Self

from kafka import TopicPartition
from kafka.errors import (
    AuthorizationError,
    KafkaError,
    LogTruncationError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)

from dash_app.brokers import BrokerUnavailable, LogReplaced
from dash_app.brokers.kafka.clients import REQUEST_MS, KafkaClients
from dash_app.brokers.kafka.lookups import LeaderSilent
from dash_app.brokers.kafka.topic import find_topic
from dash_app.counting.records import Record
from dash_app.settings import Settings

POLL_RECORDS = 10_000
POLL_MS = 200
FETCH_WAIT_MS = 10
"""Until a broker has answered what was asked at the end of one partition it gives no other."""

STALLED_SECONDS = 10
"""After so long without progress a reading fails: polling alone would wait for ever."""


class TopicReader:
    """A context manager that closes the clients that its subclass opens in `_open_clients`."""

    _client_stack: contextlib.ExitStack

    @contextlib.contextmanager
    def _open_clients(self) -> Iterator[contextlib.ExitStack]:
        """Give a stack for clients, which are closed if opening fails, and at the end if not."""
        with contextlib.ExitStack() as stack:
            yield stack
            self._client_stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(KafkaError):
            self._client_stack.close()


class FiniteReader(TopicReader):
    """Reads what a topic holds when it is opened, and creates, commits and changes nothing.

    Raises BrokerUnavailable, also if there is no such topic.
    """

    def __init__(self, settings: Settings) -> None:
        self.name = f"topic {settings.kafka_topic}"
        self._topic = settings.kafka_topic
        clients = KafkaClients(settings)
        with self._open_clients() as stack:
            self._admin = stack.enter_context(clients.admin())
            found = find_topic(self._admin, self._topic)
            if found is None:
                raise BrokerUnavailable(
                    f"there is no topic {self._topic} at {','.join(clients.servers)}"
                )
            self._consumer = stack.enter_context(clients.consumer(fetch_max_wait_ms=FETCH_WAIT_MS))
            self._id = found.id
            with self._errors():
                self._open([TopicPartition(self._topic, one) for one in sorted(found.partitions)])

    def _open(self, topics: Sequence[TopicPartition]) -> None:
        """Note what there is to be read of the partitions."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise LogReplaced if the topic was deleted since it was opened."""
        found = find_topic(self._admin, self._topic)
        if found is None or found.id != self._id:
            raise LogReplaced(f"{self.name} was deleted while it was read; try again")

    def _poll_between(
        self, partition: int, start: int, end: int, most: int
    ) -> Iterator[Sequence[Record]]:
        """Return the records of a partition from an offset to another, at most so many at a time.

        It gives none whenever the broker lets wait. Raises BrokerUnavailable and LogReplaced.
        """
        topic, position = TopicPartition(self._topic, partition), start
        with self._errors():
            self._consumer.assign([topic])
            self._consumer.seek(topic, position)
        progressed = time.monotonic()
        # The position tells the end, not the records: markers of transactions have offsets, too.
        while position < end:
            before = position
            with self._errors():
                polled = self._consumer.poll(timeout_ms=POLL_MS, max_records=most)
                position = int(self._consumer.position(topic, REQUEST_MS))
            yield [record for record in polled.get(topic, ()) if record.offset < end]
            if position != before:
                progressed = time.monotonic()
            elif time.monotonic() - progressed > STALLED_SECONDS:
                with contextlib.suppress(BrokerUnavailable):
                    self.check()
                raise BrokerUnavailable(
                    f"nothing of {self.name}, partition {partition}, could be read at offset "
                    f"{position} for {STALLED_SECONDS} s"
                )

    def _errors(self) -> contextlib.AbstractContextManager[None]:
        replaced = f"{self.name} lost records while it was read; try again"
        return broker_errors(self._topic, replaced)


@contextlib.contextmanager
def broker_errors(topic: str, replaced: str = "") -> Iterator[None]:
    """Raise the errors of the contract in place of kafka-python's.

    `replaced` says in words what it means that the log is not what was read.
    """
    try:
        yield
    except (OffsetOutOfRangeError, NoOffsetForPartitionError, LogTruncationError) as error:
        problem = replaced or f"the log of topic {topic} is not what was read"
        raise LogReplaced(f"{problem}: {error!r}") from error
    except AuthorizationError as error:
        raise BrokerUnavailable(f"not allowed to read topic {topic}: {error!r}") from error
    except LeaderSilent as error:
        raise BrokerUnavailable(f"topic {topic}: {error.args[0]}") from error
    except KafkaError as error:
        raise BrokerUnavailable(f"reading topic {topic} failed: {error!r}") from error
    except KeyError as error:
        # kafka-python leaves partitions without a leader out of its answers.
        if not isinstance(error.args[0], TopicPartition):
            raise
        raise BrokerUnavailable(f"topic {topic} has no leader for {error}") from error
