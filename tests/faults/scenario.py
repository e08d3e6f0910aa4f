"""One script of harms to sites of its own: its seed, its ledger, and the row that it leaves."""

import contextlib
import http.client
import itertools
import os
import random
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, Self

from tests.faults.crowd import Crowd, Line, batches, in_one_batch, send_at_once
from tests.faults.harms import Web
from tests.faults.ledger import Ledger, LogContents, Tap, judge
from tests.waiting import eventually

SEED = os.environ.setdefault("FAULTS_SEED", str(random.SystemRandom().randrange(1_000_000)))
"""Decides on the moments of harm; all processes of a run find it in their environment."""

WHOLE = os.environ.get("FAULTS") == "whole"
"""Whether everything is done as often and as long as it was promised, or a cut of it."""

CLIENTS = 6
PARTITIONS = 8
BACK_SECONDS = 40
SETTLED_SECONDS = 30
CLICK = "/kafka/click"


def whole_or_cut(whole: int, cut: int) -> int:
    """Return the number for a whole run or for the cut."""
    return whole if WHOLE else cut


def pass_seconds(seconds: float) -> None:
    """Let time pass where its passing is the harm."""
    time.sleep(seconds)


class Row(NamedTuple):
    """What became of a scenario: counts of clicks, and the longest recovery in seconds."""

    scenario: str
    acknowledged: int
    sent_again: int
    lost: int
    double: int
    recovered_seconds: float
    documented: int
    """Clicks that count twice as `docs/guarantees.md` says; not among the double ones."""


class Scenario:
    """A context manager that ends its sites; `chance` decides on the moments of harm."""

    def __init__(self, name: str, seed: str, folder: Path) -> None:
        self.name = name
        self.chance = random.Random(f"{seed} {name}")
        self.ledger = Ledger()
        self.rows: list[Row] = []
        self.seed = seed
        self._folder = folder
        self._webs: list[Web] = []
        self._crowds = 0
        self._recovered_seconds = 0.0

    def start(self, count: int, **variables: object) -> list[Web]:
        """Start so many sites at once; each serves when they are returned."""
        webs = [Web(self._folder, **variables) for _ in range(count)]
        self._webs += webs
        with ThreadPoolExecutor() as threads:
            list(threads.map(Web.start, webs))
        return webs

    def crowd(self, urls: Sequence[str], *, nameless: int = 0) -> Crowd:
        """Return clients that press at the sites with these URLs while inside.

        So many more of them send no identity.
        """
        self._crowds += 1
        names = [f"phone-{self._crowds}-{n}" for n in range(CLIENTS)]
        strangers = [f"nameless-{self._crowds}-{n}" for n in range(nameless)]
        self.ledger.nameless.update(strangers)
        posts = [f"{url}{CLICK}" for url in urls]
        return Crowd(posts, self.ledger, self.seed, names=names + strangers)

    def send_four_at_once(self, urls: Sequence[str], count: int) -> None:
        """Send so many batches, each four times at the same moment, spread over the sites."""
        self._crowds += 1
        posts = [f"{url}{CLICK}" for url in itertools.islice(itertools.cycle(urls), 4)]
        new_batches = batches(f"four-{self._crowds}", self.chance)
        for taps in itertools.islice(new_batches, count):
            send_at_once(posts, self.ledger, taps)

    def recover(self, *webs: Web, since: float | None = None) -> None:
        """Return when each site acknowledges the crowd's clicks again and says that it is live."""
        began = time.monotonic() if since is None else since
        eventually(
            lambda: all(self._is_back(web, began) for web in webs),
            BACK_SECONDS,
            lambda: "\n".join(["not back:", *(web.served.log()[-2000:] for web in webs)]),
        )
        self._recovered_seconds = max(self._recovered_seconds, time.monotonic() - began)

    def _is_back(self, web: Web, began: float) -> bool:
        try:
            state = web.served.ask("GET", "/kafka/timeline").fields["state"]
        except (OSError, http.client.HTTPException):
            return False
        return state == "live" and self.ledger.last_acknowledged(f"{web.url}{CLICK}") >= began

    def send_all_again(self, urls: Sequence[str]) -> None:
        """Send each acknowledged batch once more, to one of the sites."""
        sent: dict[tuple[str, int], dict[Tap, str]] = {}
        for tap in sorted(self.ledger.acknowledged):
            sent.setdefault(tap[:2], {})[tap] = self.ledger.attempted[tap]
        with contextlib.closing(Line(self.ledger)) as line:
            for taps in sent.values():
                (request,) = in_one_batch(taps, named=True)
                line.send_until_acknowledged(f"{self.chance.choice(urls)}{CLICK}", request)

    def close_books(
        self,
        read: Callable[[], LogContents],
        *webs: Web,
        crossings: Collection[Tap] = (),
        seconds: float = SETTLED_SECONDS,
    ) -> LogContents:
        """Hold the ledger against the log and against what each process of the sites counts.

        So once more after the first site was killed and started again: it must agree with those
        that live on; and the audit must find all of them equal to the log. `crossings` are the
        taps that may stand in two partitions, `seconds` how long a site may take to count all.
        Returns what the log holds.
        """
        contents, counted = self._settle(read, webs, seconds)
        webs[0].kill()
        webs[0].start()
        contents, counted_anew = self._settle(read, webs, seconds)
        audit = webs[0].run("audit", *(web.url for web in webs))
        assert audit.status == 0, audit.text
        verdicts = [judge(self.ledger, contents, totals) for totals in counted + counted_anew]
        documented = len(set(contents.in_two_partitions()).intersection(crossings))
        lost = max(verdict.lost for verdict in verdicts)
        double = max(verdict.double for verdict in verdicts) - documented
        self.note(lost, double, documented)
        assert (lost, double) == (0, 0), self.rows[-1]
        assert verdicts[0].wrong == [], verdicts[0].wrong[:3]
        assert self.ledger.odd_answers == [], self.ledger.odd_answers[:3]
        return contents

    def note(self, lost: int, double: int, documented: int = 0) -> None:
        """Write the row of this scenario."""
        self.rows.append(
            Row(
                self.name,
                len(self.ledger.acknowledged),
                self.ledger.sent_again,
                lost,
                double,
                self._recovered_seconds,
                documented,
            )
        )

    def _settle(
        self, read: Callable[[], LogContents], webs: Sequence[Web], seconds: float
    ) -> tuple[LogContents, list[dict[str, int]]]:
        return eventually(lambda: self._settled(read, webs), seconds, "it does not settle")

    def _settled(
        self, read: Callable[[], LogContents], webs: Sequence[Web]
    ) -> tuple[LogContents, list[dict[str, int]]]:
        contents = read()
        counted = []
        for web in webs:
            # Several processes answer on one port: twenty connections meet them all.
            for _ in range(20 if len(web.served.workers()) > 1 else 2):
                fields = web.served.ask("GET", "/kafka/timeline").fields
                assert fields["as_of"] == contents.ends, (fields, contents.ends)
                assert fields["state"] == "live", fields
                counted.append(fields["totals"])
        assert read().ends == contents.ends, "the log still grows"
        return contents, counted

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for web in self._webs:
            web.close()


def kafka_variables(servers: str, topic: str, **more: object) -> dict[str, object]:
    """Return the variables of sites on a topic."""
    return {
        "KAFKA_BOOTSTRAP_SERVERS": servers,
        "KAFKA_TOPIC": topic,
        "SECRET_KEY": "of all sites of the suite",
        "CHECKPOINT_SECONDS": 0.5,
        **more,
    }
