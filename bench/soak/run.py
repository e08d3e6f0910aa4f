"""A real broker, the real site, a crowd, pages and talks for an hour; what grew, what was lost."""

import contextlib
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil
from selenium.common.exceptions import WebDriverException

from bench.rounds import percentile
from bench.soak.phones import Crowd
from bench.soak.plan import DEDUP_OFFSETS, FULL, Plan
from bench.soak.screens import Screens, screens
from bench.soak.verdict import (
    BROKER_FILES,
    BROKER_MB,
    BROKER_THREADS,
    LATE_MS,
    P99_MS,
    SITE_FILES,
    SITE_MB,
    SITE_THREADS,
    Sample,
    Watched,
    good,
    growths,
    table,
    troubles,
)
from tests.brokers.kafka.broker import Broker
from tests.faults.harms import Web
from tests.faults.logs import read_topic
from tests.faults.presenter import CODE, Presenter
from tests.faults.scenario import PARTITIONS, SEED, Scenario
from tests.waiting import eventually

Say = Callable[[str], None]
SITE = SITE_MB, SITE_FILES, SITE_THREADS
AWAY_SECONDS = 180
"""The longest that a broker may take to come back on a busy machine."""

CLOSING_SECONDS = 300
"""The longest that reading or counting an hour's log may take there."""

BROKER = BROKER_MB, BROKER_FILES, BROKER_THREADS


class Outcome(NamedTuple):
    """The text for the reader, and a sentence for each thing that grew or was lost."""

    text: str
    troubles: list[str]


class Soak:
    """One run: `say` is told what each sample found."""

    def __init__(self, plan: Plan, broker: Broker, topic: str, folder: Path, say: Say) -> None:
        self.samples: list[Sample] = []
        self._plan = plan
        self._broker = broker
        self._topic = topic
        self._folder = folder
        self._say = say
        self._began = 0.0
        self._talks = 0
        self._away: list[float] = []

    def run(self) -> Outcome:
        """Run it to its end, and close the books."""
        plan, broker, topic = self._plan, self._broker, self._topic
        variables = {
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
            "KAFKA_TOPIC": topic,
            "KAFKA_TOPIC_PARTITIONS": PARTITIONS,
            "PRESENTER_CODE": CODE,
            "DEDUP_OFFSETS": DEDUP_OFFSETS,
            "RATE_LIMITS": "on",
        }
        lost: list[str] = []
        with Scenario("soak", SEED, self._folder) as scenario:
            (web,) = scenario.start(1, **variables)
            readers = plan.dashboards - plan.pages
            crowd = Crowd(web.port, scenario.ledger, SEED, phones=plan.phones, readers=readers)
            presenter = Presenter([web], scenario.chance, AWAY_SECONDS)
            with screens(self._folder, web.port, plan.pages, plan.labs) as pages:
                lost += _tried(lambda: self._let_happen(web, crowd, pages, presenter))
                if unsent := crowd.unsent():
                    lost.append(f"{unsent} taps were never answered")
                lost += _tried(lambda: pages.show_in_all(lambda: _total(web)))
            lost += _tried(lambda: self._close_books(scenario, web))
            return self._outcome(scenario, crowd, lost)

    def _let_happen(self, web: Web, crowd: Crowd, pages: Screens, presenter: Presenter) -> None:
        self._began = time.monotonic()
        family, talk, stopped = _family(web), "", 0.0
        with crowd:
            for at, what in self._plan.events():
                left = self._began + at - time.monotonic()
                crowd.pass_seconds(left)
                if what == "sample" and self._plan.may_miss(at, -left):
                    continue
                if what == "restart":
                    stopped = time.monotonic()
                    self._broker.stop()
                    self._broker.launch()
                elif what == "talk":
                    talk = presenter.start(self._talks)
                    presenter.mark(talk)
                    self._talks += 1
                elif what == "back":
                    eventually(self._is_back, AWAY_SECONDS, self._broker.read_log)
                    self._away.append(time.monotonic() - stopped)
                elif what == "end":
                    presenter.act("PATCH", f"/{talk}", ended_at="now")
                elif _family(web) == family:
                    self._take_sample(web, crowd, pages)
                else:
                    raise RuntimeError(f"processes of the site ended:\n{web.served.log()}")

    def _is_back(self) -> bool:
        return self._broker.serves_when_logged in self._broker.read_log()

    def _close_books(self, scenario: Scenario, web: Web) -> None:
        read = partial(read_topic, self._broker.bootstrap, self._topic, seconds=CLOSING_SECONDS)
        contents = read()
        scenario.close_books(partial(read, known=contents), web, seconds=CLOSING_SECONDS)

    def _take_sample(self, web: Web, crowd: Crowd, pages: Screens) -> None:
        figures = {**_sizes(SITE, _family(web)), **pages.heaps()}
        with contextlib.suppress(psutil.NoSuchProcess):
            figures |= _sizes(BROKER, {psutil.Process(self._broker.pid)})
        delays = crowd.take_delays()
        for watched, seconds in ((P99_MS, delays), (LATE_MS, crowd.take_lateness())):
            if seconds:
                figures[watched] = 1000 * percentile(seconds, 99)
        sample = Sample((time.monotonic() - self._began) / 60, figures)
        self.samples.append(sample)
        found = "; ".join(
            f"{watched.what} {value:,.1f} {watched.unit}".strip()
            for watched, value in figures.items()
        )
        self._say(f"minute {sample.minute:.1f}: {len(delays):,} taps acknowledged; {found}")

    def _outcome(self, scenario: Scenario, crowd: Crowd, lost: list[str]) -> Outcome:
        plan, ledger = self._plan, scenario.ledger
        wrong = troubles(self.samples, plan.minutes) + lost
        books = scenario.rows[-1] if scenario.rows else None
        answers = (f"{count:,} × {name}" for name, count in sorted(crowd.answers.items()))
        head = (
            f"{plan.minutes:g} minutes: {plan.phones} phones; {plan.dashboards} dashboards, "
            f"{plan.pages} of them pages in Chromium and {plan.dashboards - plan.pages} that ask "
            f"as pages do; {plan.labs} laboratory in Chromium; {self._talks} talks started and "
            f"ended; the broker restarted {len(self._away)} times, away for "
            f"at most {max(self._away, default=0):.0f} s. The memory for repeats is full "
            f"after {FULL:,} taps."
        )
        text = [
            *(head, ""),
            table(growths(self.samples, plan.minutes), plan.minutes),
            f"Ledger: {len(ledger.attempted):,} taps, {len(ledger.acknowledged):,} acknowledged, "
            f"{crowd.unknown():,} too late to be sent again, {ledger.sent_again:,} sent again; "
            + (f"lost {books.lost}, double {books.double}." if books else "books not closed."),
            f"Answers to those without a browser: {', '.join(answers)}.",
            f"Verdict: {'; '.join(wrong) or good(plan.minutes)}.",
        ]
        return Outcome("\n".join(text), wrong)


def _tried(check: Callable[[], object]) -> list[str]:
    try:
        check()
    except (AssertionError, OSError, RuntimeError, WebDriverException, psutil.Error) as error:
        return [str(error)]
    return []


def _total(web: Web) -> int:
    return sum(web.served.ask("GET", "/kafka/timeline").fields["totals"].values())


def _family(web: Web) -> set[psutil.Process]:
    return {psutil.Process(web.served.process.pid), *web.served.workers()}


def _sizes(
    names: tuple[Watched, Watched, Watched], family: Iterable[psutil.Process]
) -> dict[Watched, float]:
    """Return resident MB, open descriptors and threads of all these processes together."""
    each = [(one.memory_info().rss / 1e6, one.num_fds(), one.num_threads()) for one in family]
    return dict(zip(names, map(sum, zip(*each, strict=True)), strict=True))
