"""The contract that every broker of clicks fulfils, and its errors."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from dash_app.counting.checkpoint import Checkpoint, ReadAgain, StartPosition
from dash_app.counting.clicks import Click, Identity
from dash_app.counting.records import Record
from dash_app.counting.talks import Change

LARGEST_SKEW_SECONDS = 2.0
"""Up to this difference between two clocks nobody is told: it changes the curve by a bin."""


class BrokerError(Exception):
    """Reading from the broker or writing to it failed."""


class BrokerUnavailable(BrokerError):
    """The broker cannot be used now; later it may."""


class NotAppended(BrokerError):
    """No click of the batch was sent to the broker."""


class OutcomeUnknown(BrokerError):
    """Some or all clicks of the batch may be in the log; the same batch may be sent again."""


class NotAllowed(BrokerError):
    """The account has no right to write to the log; no click of the batch was appended."""


class LogReplaced(BrokerError):
    """The log is no longer the one that was read: counting has to start again."""


class Outgoing(NamedTuple):
    """A click to be appended; if it has no identity, its repeats cannot be recognised.

    `person` returns the header of that name in the log with an id; None: nobody knows whose it is.
    All clicks of a batch are of one person.
    """

    click: Click
    identity: Identity | None
    person: Callable[[str], str] | None = None


class Place(NamedTuple):
    """Where in the log a click stands."""

    partition: int
    offset: int


class Reader(AbstractContextManager["Reader"], Protocol):
    """Reads a log from its `starts` on, in one thread; a context manager.

    `log_id` identifies the log; `name` is for people; `warnings` say, in a sentence each, what
    about the log breaks a promise.
    """

    log_id: str
    name: str
    warnings: Sequence[str]

    def starts(self, again: ReadAgain) -> Mapping[int, StartPosition]:
        """Return for each partition where reading it starts.

        Raises BrokerUnavailable.
        """

    def poll(self, timeout: float) -> Mapping[int, Sequence[Record]]:
        """Return the next records of each partition in their order; wait up to `timeout` seconds.

        Raises LogReplaced. It may return nothing while the broker is away; `ends` raises then.
        """

    def ends(self) -> Mapping[int, int]:
        """Return for each partition with a leader the offset after its last record.

        New partitions are read from now on, from offset 0. Raises BrokerUnavailable and
        LogReplaced.
        """

    def position(self, partition: int) -> int:
        """Return the next offset to be read from the partition."""

    def commit(self, checkpoints: Mapping[int, Checkpoint]) -> None:
        """Store the checkpoints for the next reader of the log.

        Raises BrokerError, after which the reader can still be used.
        """


class ChangeReader(AbstractContextManager["ChangeReader"], Protocol):
    """Reads the changes of the talks from the first on, in one thread; a context manager."""

    def poll(self, timeout: float) -> Sequence[tuple[bytes, bytes | None]]:
        """Return key and value of the next changes; wait up to `timeout` seconds for some."""

    @property
    def position(self) -> int:
        """The next offset to be read."""

    @property
    def end(self) -> int:
        """The offset after the last change when the reading began."""

    def check(self) -> None:
        """Raise LogReplaced if the changes are no longer those that were read.

        Raises BrokerUnavailable if the broker does not answer.
        """


class ChangeLog(Protocol):
    """Keeps the changes of the talks beside the clicks; creating one touches nothing."""

    def append(self, changes: Sequence[Change], deadline: float) -> int:
        """Return the offset after the changes once all of them are durable, in their order.

        `deadline` is a time of the monotonic clock. Raises NotAppended, NotAllowed, OutcomeUnknown.
        """

    def reader(self) -> ChangeReader:
        """Open a reading of the changes.

        Raises BrokerUnavailable.
        """


class Broker(Protocol):
    """Stores clicks durably and gives them out in order; creating one touches nothing."""

    @property
    def changes(self) -> ChangeLog:
        """Where the talks are kept."""

    def start(self) -> None:
        """Start the thread behind `append`; harmless when repeated."""

    def is_running(self) -> bool:
        """Say whether the thread behind `append` runs; before `stop` only force ends it."""

    @property
    def clock_skew(self) -> float | None:
        """How many seconds the log's clock is ahead of this machine's; None: unknown."""

    def append(self, batch: Sequence[Outgoing], deadline: float) -> Sequence[Place]:
        """Return the place of every click of the batch once all are durable.

        A click that the log has already, where it holds each only once, is at its old place.
        `deadline` is a time of the monotonic clock in seconds. Raises NotAppended, NotAllowed,
        and, at the deadline, OutcomeUnknown.
        """

    def append_value(self, value: bytes | None, deadline: float) -> Place:
        """Return the place of a record with this value, be it a click or not, once it is durable.

        Raises NotAppended, also where a log holds nothing but clicks, NotAllowed, OutcomeUnknown.
        """

    def reader(self) -> Reader:
        """Open a reading of the log.

        Raises BrokerUnavailable.
        """

    def stop(self, timeout: float) -> None:
        """Append the accepted clicks and release everything within `timeout` seconds."""
