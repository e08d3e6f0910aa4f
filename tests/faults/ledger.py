"""The taps that a crowd attempted and sites acknowledged, compared with log and totals."""

import json
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

KINDS = ("cheers", "hate")


class Tap(NamedTuple):
    """One press of a client: its batch, and its index in the batch."""

    client: str
    seq: int
    index_in_batch: int


Taps = Mapping[Tap, str]
"""Presses and their kinds."""


class Ledger:
    """What the threads of a crowd did; the `nameless` clients send taps without an identity."""

    def __init__(self) -> None:
        self.nameless: set[str] = set()
        self.attempted: dict[Tap, str] = {}
        self.acknowledged: set[Tap] = set()
        self.sendings: Counter[Tap] = Counter()
        self.acknowledgements = 0
        self.refusals = 0
        self.unanswered = 0
        self.odd_answers: list[str] = []
        self._lock = threading.Lock()
        self._valid_since = 0.0
        self._acknowledged_at: dict[str, float] = {}

    def attempt(self, taps: Taps) -> None:
        """Note that taps are about to be sent, perhaps once more."""
        with self._lock:
            self.attempted.update(taps)
            self.sendings.update(taps.keys())

    def withdraw(self, taps: Taps) -> None:
        """Note the answer that nothing was appended: this sending counts as never attempted."""
        with self._lock:
            for tap in taps:
                self.sendings[tap] -= 1
                if not self.sendings[tap]:
                    del self.attempted[tap], self.sendings[tap]

    def acknowledge(self, taps: Collection[Tap], url: str, began: float) -> None:
        """Note that a site acknowledged taps in answer to a request begun at that time."""
        with self._lock:
            if began >= self._valid_since:
                self.acknowledged.update(taps)
                self.acknowledgements += len(taps)
                self._acknowledged_at[url] = max(began, self._acknowledged_at.get(url, 0.0))

    def refuse(self, taps: Taps, status: int, text: str) -> None:
        """Note an answer that is no acknowledgement, and what it says about this sending."""
        with self._lock:
            self.refusals += 1
            if status != 503:
                self.odd_answers.append(f"{status} {text}")
        if status == 503 and json.loads(text).get("appended") is False:
            self.withdraw(taps)

    def leave_unanswered(self) -> None:
        """Note that a request got no answer within the time in which it should."""
        with self._lock:
            self.unanswered += 1

    def expect_nothing_before(self, began: float) -> None:
        """Forget what was acknowledged to requests begun before that time: its log is gone."""
        with self._lock:
            self.acknowledged.clear()
            self._valid_since = began

    def last_acknowledged(self, url: str) -> float:
        """Return when the last request began that the site has acknowledged."""
        return self._acknowledged_at.get(url, 0.0)

    @property
    def sent_again(self) -> int:
        """How often a tap was sent that had been sent before."""
        return sum(self.sendings.values()) - len(self.sendings)


@dataclass
class LogContents:
    """What a log holds: the kinds of taps by partition, the count of other clicks by kind.

    `drawn` counts all of them by kind and epoch second where the reader knows it; `ends` maps each
    partition to the offset after its last record that readers see.
    """

    named: dict[tuple[int, Tap], str] = field(default_factory=dict)
    nameless: Counter[str] = field(default_factory=Counter)
    drawn: Counter[tuple[str, int]] = field(default_factory=Counter)
    unreadable: int = 0
    ends: dict[str, int] = field(default_factory=dict)

    def add(self, partition: int, kind: str, tap: Tap | None, at: float | None = None) -> None:
        """Note a click; one that was sent again into the same partition is the same click."""
        if tap is not None and (partition, tap) in self.named:
            return
        if tap is None:
            self.nameless[kind] += 1
        else:
            self.named[partition, tap] = kind
        if at is not None:
            self.drawn[kind, int(at)] += 1

    def drawn_in(self, start: int, end: float) -> dict[str, int]:
        """Return the clicks of each kind from an epoch second on and before another."""
        inside = [(kind, n) for (kind, at), n in self.drawn.items() if start <= at < end]
        return {kind: sum(n for other, n in inside if other == kind) for kind in KINDS}

    def totals(self) -> Counter[str]:
        """Return how many clicks of each kind the log holds by the counting rule."""
        return self.nameless + Counter(self.named.values())

    def in_two_partitions(self) -> list[Tap]:
        """Return the taps that stand in more than one partition, where each counts."""
        partitions = Counter(tap for _, tap in self.named)
        return [tap for tap, count in partitions.items() if count > 1]


class Verdict(NamedTuple):
    """Clicks lost, clicks that count twice, and what else is wrong, in sentences."""

    lost: int
    double: int
    wrong: list[str]


def judge(ledger: Ledger, contents: LogContents, totals: Mapping[str, int]) -> Verdict:
    """Check that acknowledged ⊆ counted ⊆ attempted, and the totals of a process."""
    kinds = {tap: kind for (_, tap), kind in contents.named.items()}
    wrong = [
        f"{tap} stands in the log as {kind}, and was attempted as {ledger.attempted.get(tap)}"
        for tap, kind in kinds.items()
        if ledger.attempted.get(tap) != kind
    ]
    lost = sum(tap.client not in ledger.nameless for tap in ledger.acknowledged - kinds.keys())
    double = len(contents.in_two_partitions())
    expected = contents.totals()
    for kind in KINDS:
        least = _nameless(ledger, ledger.acknowledged, kind)
        most = _nameless(ledger, ledger.attempted, kind)
        difference = totals[kind] - expected[kind]
        lost += max(0, least - contents.nameless[kind], -difference)
        double += max(0, contents.nameless[kind] - most, difference)
    return Verdict(lost, double, wrong)


def _nameless(ledger: Ledger, taps: Iterable[Tap], kind: str) -> int:
    # A withdrawn tap is not among the attempted ones.
    nameless = (tap for tap in taps if tap.client in ledger.nameless)
    return sum(ledger.attempted.get(tap) == kind for tap in nameless)
