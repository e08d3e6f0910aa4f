"""What all readers of topics share: clients that are closed together, records, and errors."""

import contextlib
from collections.abc import Iterator
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
from dash_app.brokers.kafka.lookups import LeaderSilent

POLL_RECORDS = 10_000


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
