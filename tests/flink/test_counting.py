"""Flink counts what the audit counts, at every moment, whichever part of it is killed."""

import contextlib
import itertools
import time
from collections.abc import Callable, Mapping

import pytest

from dash_app.counting.ledger import Statement
from dash_app.counting.records import TOO_MANY_TYPES, VALUE_REASONS
from dash_app.counting.second_counts import KEPT_SECONDS
from dash_app.counting.snapshot import Snapshot
from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.records import click, produce
from tests.brokers.kafka.test_audit import exists, transactions
from tests.flink.cluster import WORKERS, FlinkCluster
from tests.flink.crowd import TYPES, audit, records
from tests.sites import Site
from tests.waiting import eventually

pytestmark = pytest.mark.timeout(360)

BATCH = 300
COUNTED_SECONDS = 60
"""Until a cluster that was harmed has caught up; the first checkpoint waits for all tasks."""

SEEDS = itertools.count(1)


def stated(site: Site) -> Statement:
    """Return what the site shows now, as the audit asks for it."""
    shown = site.timeline()
    as_of = tuple(sorted((int(number), offset) for number, offset in shown["as_of"].items()))
    return Statement("site", shown["log"], as_of, tuple(sorted(shown["totals"].items())))


def press(kafka: Broker, settings: Settings, site: Site, batches: int) -> set[Statement]:
    """Send batches of records of all kinds; return all that the site showed meanwhile."""
    seen = set()
    for _ in range(batches):
        produce(kafka, settings.kafka_topic, records(next(SEEDS), BATCH))
        seen.add(stated(site))
    return seen


def snapshot(site: Site) -> Snapshot:
    assert site.service.consumer is not None
    return site.service.consumer.snapshot


def wait_until_exact(site: Site, settings: Settings, seen: set[Statement]) -> None:
    """Return once all is counted; totals, bins, reasons and all that was shown are the audit's."""
    as_of = audit(settings).as_of

    def is_counted() -> bool:
        seen.add(stated(site))
        return bool(site.timeline()["as_of"] == as_of)

    eventually(is_counted, COUNTED_SECONDS, lambda: f"{as_of}: {site.timeline()}")
    ledger = audit(settings, seen)
    bins = kept(ledger.drawn)
    eventually(lambda: drawn(site) == bins, 5, lambda: f"{bins}: {drawn(site)}")
    counts, account = snapshot(site).counts, ledger.account
    assert counts.clicks == account.clicks
    assert counts.duplicates == account.duplicates > 0
    assert counts.out_of_window == account.out_of_window > 0
    assert counts.unreadable == account.unreadable
    assert counts.unreadable.keys() >= {*VALUE_REASONS}
    assert ledger.different == []
    site.wait_for_state("live")


def wait_for_a_checkpoint(site: Site) -> None:
    """Return once a row was written, which happens at checkpoints only."""
    eventually(
        lambda: any(site.timeline()["as_of"].values()), COUNTED_SECONDS, "no row was written"
    )


def wait_until_spread(flink: FlinkCluster, settings: Settings) -> None:
    """Return once each worker has the same part of the job, and runs it."""

    def is_spread() -> bool:
        tasks = flink.running_tasks(settings)
        return tasks.keys() == set(WORKERS) and len(set(tasks.values())) == 1

    eventually(is_spread, COUNTED_SECONDS, lambda: f"{flink.running_tasks(settings)}")


def kept(bins: Mapping[str, Mapping[int, int]]) -> dict[tuple[str, int], int]:
    """Return the bins that no site has forgotten yet, without the empty ones."""
    oldest = time.time() - KEPT_SECONDS + 120
    return {
        (kind, second): clicks
        for kind, by_second in bins.items()
        for second, clicks in by_second.items()
        if clicks and second > oldest
    }


def drawn(site: Site) -> dict[tuple[str, int], int]:
    """Return the bins that the site shows, by type and second, of the types of the crowd."""
    by_second = snapshot(site).by_second
    return kept({kind: by_second[kind] for kind in by_second.keys() & {*TYPES}})


def test_at_every_moment_the_counts_of_two_workers_are_those_of_the_audit(
    kafka: Broker, counted: Settings, site: Site, flink: FlinkCluster
) -> None:
    wait_until_spread(flink, counted)
    seen = press(kafka, counted, site, 5)
    wait_until_exact(site, counted, seen)

    assert len(seen) > 2, "nothing was seen on the way"
    wait_until_spread(flink, counted)


def test_a_click_is_counted_within_two_seconds(site: Site) -> None:
    # Twice the time promised, so that a slow machine fails nobody.
    site.click({"type": "cheers"})
    wait_for_a_checkpoint(site)
    site.wait_for_state("live", COUNTED_SECONDS)
    cheers, hate = site.totals()
    site.click({"type": "cheers"})

    site.wait_for_totals(cheers + 1, hate, seconds=4)


def test_a_killed_worker_changes_nothing(
    kafka: Broker, counted: Settings, site: Site, flink: FlinkCluster
) -> None:
    seen = press(kafka, counted, site, 2)
    wait_for_a_checkpoint(site)
    wait_until_spread(flink, counted)
    flink.workers[WORKERS[0]].kill()
    seen |= press(kafka, counted, site, 2)
    flink.start()
    seen |= press(kafka, counted, site, 2)

    wait_until_exact(site, counted, seen)
    wait_until_spread(flink, counted)


def test_after_the_master_was_killed_the_job_goes_on_from_its_checkpoint(
    kafka: Broker, counted: Settings, site: Site, flink: FlinkCluster
) -> None:
    seen = press(kafka, counted, site, 2)
    wait_for_a_checkpoint(site)
    flink.master.kill()
    seen |= press(kafka, counted, site, 2)
    flink.start()

    assert "goes on from " in flink.submit(counted)
    assert "runs already: " in flink.submit(counted)
    wait_until_exact(site, counted, seen)
    checkpoints = flink.ask(f"/jobs/{flink.job(counted)['jid']}/checkpoints")
    assert "/chk-" in checkpoints["latest"]["restored"]["external_path"]


def test_another_source_of_the_counts_shows_the_same(
    kafka: Broker,
    counted: Settings,
    flink: FlinkCluster,
    open_counting: Callable[[str], contextlib.AbstractContextManager[Site]],
) -> None:
    produce(kafka, counted.kafka_topic, records(next(SEEDS), BATCH))
    as_of = audit(counted).as_of
    shown = []
    for source in ("flink", "clicks", "flink"):
        with open_counting(source) as site:
            site.wait_for_state("live", COUNTED_SECONDS)
            recent = site.data()
            latest = snapshot(site)
            shown.append(
                (latest.log_id, latest.as_of, latest.counts, drawn(site), recent["totals"])
            )
            assert recent["truncated"] is (source == "flink")
            assert bool(recent["recent_history"]) is (source == "clicks")

    assert shown[0] == shown[1] == shown[2]
    assert shown[0][1] == as_of


def test_of_ten_thousand_types_the_same_few_count(
    kafka: Broker, counted: Settings, site: Site
) -> None:
    wait_for_a_checkpoint(site)
    invented = [click(f"type-{number}") for number in range(10_000)]
    seen = press(kafka, counted, site, 1)
    produce(kafka, counted.kafka_topic, invented)
    seen |= press(kafka, counted, site, 1)

    wait_until_exact(site, counted, seen)
    assert snapshot(site).counts.unreadable[TOO_MANY_TYPES] > 9_000


def test_records_that_nobody_sees_do_not_keep_a_site_from_being_live(
    kafka: Broker, counted: Settings, site: Site, unique_name: str
) -> None:
    with transactions(kafka, counted.kafka_topic, unique_name):
        site.wait_for_state("live", COUNTED_SECONDS)
    ledger = audit(counted)

    assert ledger.as_of["2"] < ledger.ends["2"]
    assert site.timeline()["as_of"]["2"] == ledger.as_of["2"]
    site.wait_for_state("live", 10)


def test_a_topic_made_anew_is_counted_by_a_job_of_its_own(
    kafka: Broker, counted: Settings, site: Site, flink: FlinkCluster
) -> None:
    # The last one here: it takes the topic of the others away.
    kafka.delete_topic(counted.kafka_topic)
    eventually(lambda: not exists(kafka, counted.kafka_topic), 10, "the topic is still there")
    kafka.create_topic(counted.kafka_topic, partitions=2)
    assert "cancels what counts a topic that is gone" in flink.submit(counted)
    produce(kafka, counted.kafka_topic, [click("fuck")] * 3)

    site.wait_for_totals(0, 3, seconds=COUNTED_SECONDS)
    assert site.timeline()["as_of"] == {"0": 3, "1": 0}
