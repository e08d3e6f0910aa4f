"""The suite can fail: the design that most people write first loses clicks and doubles others."""

import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.brokers.kafka.broker import Broker
from tests.faults.crowd import Crowd, Request
from tests.faults.harms import DroppingProxy, Web
from tests.faults.ledger import LogContents, Taps, judge
from tests.faults.scenario import CLIENTS, PARTITIONS, Scenario, pass_seconds, whole_or_cut
from tests.waiting import eventually

TYPES = {"cheers": "cheers", "hate": "fuck"}


class Textbook(Web):
    """The program of bench/textbook.py, run as its tutorials do."""

    page = "/data"

    @property
    def command(self) -> Sequence[str]:
        gunicorn = "-m gunicorn --no-control-socket -w 1 --threads 4"
        bind = ["-b", f"127.0.0.1:{self.port}", "bench.textbook:server"]
        return [sys.executable, *gunicorn.split(), *bind]

    def totals(self) -> dict[str, int]:
        """Return what it counts, by kind."""
        totals = self.served.ask("GET", "/data", prefix="").fields["totals"]
        return {kind: totals[wire] for kind, wire in TYPES.items()}


def one_by_one(taps: Taps, *, named: bool) -> list[Request]:
    """Return a request for each tap: it knows no batches and no identities."""
    return [Request({"type": TYPES[kind]}, {tap: kind}) for tap, kind in taps.items()]


def test_textbook_design_loses_clicks_and_counts_others_twice(
    scenario: Scenario, kafka: Broker, topic: str, read: Callable[[], LogContents], tmp_path: Path
) -> None:
    kafka.create_topic(topic, partitions=PARTITIONS)
    variables = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "KAFKA_TOPIC": topic}
    textbook = Textbook(tmp_path, **variables)
    ledger, chance = scenario.ledger, scenario.chance
    with contextlib.closing(textbook), DroppingProxy(textbook.port, chance) as proxy:
        textbook.start()
        url = f"http://127.0.0.1:{proxy.server_port}/click"
        with _careless_crowd(scenario, url, "early") as crowd:
            proxy.share = 0.2
            crowd.press_on(whole_or_cut(1000, 200), seconds=60)
            proxy.share = 0.0
        dropped = judge(ledger, *_counts(textbook, read))
        assert dropped.lost == 0
        assert dropped.double >= proxy.dropped / 2

        with _careless_crowd(scenario, url, "late") as crowd:
            for _ in range(whole_or_cut(5, 1)):
                crowd.press_on(chance.randint(50, 200), seconds=60)
                textbook.kill_worker(chance)
                textbook.come_back()
        killed = judge(ledger, *_counts(textbook, read))
        scenario.note(killed.lost, killed.double)
    assert killed.lost > 0


def _careless_crowd(scenario: Scenario, url: str, name: str) -> Crowd:
    """Return clients that repeat a click until it is acknowledged, as a page with a retry does."""
    names = [f"{name}-{number}" for number in range(CLIENTS)]
    scenario.ledger.nameless.update(names)
    return Crowd(
        [url], scenario.ledger, scenario.seed, names=names, as_requests=one_by_one, careless=True
    )


def _counts(
    textbook: Textbook, read: Callable[[], LogContents]
) -> tuple[LogContents, Mapping[str, int]]:
    """Return what the log holds and what is counted, once neither changes any longer."""

    def settled() -> tuple[LogContents, Mapping[str, int]]:
        contents, totals = read(), textbook.totals()
        pass_seconds(1)
        assert (contents, totals) == (read(), textbook.totals())
        return contents, totals

    return eventually(settled, 60, "the counts do not settle")
