"""Where clicks are kept: the contract that every broker fulfils, and its errors."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from dash_app.counting.checkpoint import Checkpoint, Start
from dash_app.counting.clicks import Click, Identity
from dash_app.counting.records import Record


class BrokerError(Exception):
    """Something went wrong between us and the broker."""


class BrokerUnavailable(BrokerError):
    """The broker does not answer now; later it may."""


class NotAppended(BrokerError):
    """Nothing of a batch was handed to the broker: it counts as never sent."""


class OutcomeUnknown(BrokerError):
    """A batch may be in the log, in part or in whole: the same batch may be sent again."""


class NotAllowed(BrokerError):
    """The broker refuses us the right to write; nothing was appended."""


class LogReplaced(BrokerError):
    """The log being read is gone, or another one stands in its place: count anew."""


class Outgoing(NamedTuple):
    """A click on its way to the log; without an identity its repeats cannot be recognised."""

    click: Click
    identity: Identity | None


class Reader(Protocol):
    """One reading of a log by one thread, from `starts` on; a context manager that closes it.

    `log` identifies the log; `name` is what people call it; `warnings` say what about it breaks a
    promise, in a sentence each.
    """

    log: str
    name: str
    warnings: Sequence[str]

    def starts(self) -> Mapping[int, Start]:
        """Return where the reading of each partition starts.

        Raises BrokerUnavailable.
        """

    def poll(self, timeout: float) -> Mapping[int, Sequence[Record]]:
        """Return the next records of each partition, in their order; wait up to `timeout` seconds.

        Raises LogReplaced. May stay empty while the broker is away: `ends` tells.
        """

    def ends(self) -> Mapping[int, int]:
        """Return for each partition the offset at which its log ends now.

        Partitions that were not in it before start at 0, and are read from now on. Raises
        BrokerUnavailable and LogReplaced.
        """

    def position(self, partition: int) -> int:
        """Return the next offset to be read from a partition."""

    def commit(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        """Keep checkpoints for whoever reads the log next.

        Raises BrokerError; the reading goes on regardless.
        """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


class Broker(Protocol):
    """Keeps clicks durably and hands them out in order. Making one touches nothing."""

    def start(self) -> None:
        """Start what appends clicks; harmless when repeated."""

    def is_running(self) -> bool:
        """Say whether what appends clicks lives; only force from outside ends it before `stop`."""

    def append(self, batch: Sequence[Outgoing], deadline: float) -> None:
        """Return once every click of the batch is durable.

        `deadline` is a time of the monotonic clock in seconds. Raises NotAppended, NotAllowed,
        and OutcomeUnknown, the last at the deadline.
        """

    def reader(self) -> Reader:
        """Open a reading of the log.

        Raises BrokerUnavailable.
        """

    def stop(self, timeout: float) -> None:
        """Finish what was accepted and let go of everything within `timeout` seconds."""
