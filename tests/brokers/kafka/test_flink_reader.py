"""A site that follows Flink's counts: rows in two topics, which the tests write."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import orjson
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from dash_app.brokers import BrokerUnavailable, Reader
from dash_app.brokers.kafka.broker import KafkaBroker
from dash_app.counting.checkpoint import ReadAgain
from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.records import Sent, click, grow, produce, settings_of
from tests.brokers.kafka.test_audit import exists, topic_id, transactions
from tests.counting.test_flink_tally import BIN, TOTAL, row_of
from tests.sites import Site, open_site
from tests.waiting import eventually


@pytest.fixture
def site(kafka_settings: Callable[..., Settings]) -> Iterator[Site]:
    with open_site(kafka_settings(counts_from="flink", dedup_offsets=100)) as site:
        site.wait_for_state("live")
        yield site


@pytest.fixture
def reader(kafka: Broker, topic: str, kafka_settings: Callable[..., Settings]) -> Iterator[Reader]:
    kafka.create_topic(topic)
    with KafkaBroker(kafka_settings(counts_from="flink")).reader() as reader:
        reader.starts(ReadAgain(0))
        yield reader


def write(kafka: Broker, topic: str, *rows: dict[str, Any] | bytes) -> None:
    """Write rows as Flink does: with keys, of the present log unless they name one."""
    for fields in rows:
        if isinstance(fields, bytes):
            produce(kafka, f"{topic}-totals", [Sent(fields, b"key")])
            continue
        kind, name = ("bins", "second") if "second" in fields else ("totals", "partition")
        row = {"log": topic_id(kafka, topic)} | fields
        key = orjson.dumps({name: row[name]})
        produce(kafka, f"{topic}-{kind}", [Sent(orjson.dumps(row_of(row)), key)])


def total(**changes: Any) -> dict[str, Any]:
    """Return a row; one that differs from TOTAL is of clicks alone."""
    fields = {name: value for name, value in TOTAL.items() if name != "log"}
    others = ("duplicates", "untimely", "not_json", "unknown_type")
    return fields | (dict.fromkeys(others, 0) if changes else {}) | changes


def test_rows_are_shown_as_they_are_and_nothing_else(
    kafka: Broker, topic: str, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    second = int(site.timeline()["server_time"]) - 10
    drawn = {name: value for name, value in BIN.items() if name != "log"} | {"second": second}
    produce(kafka, topic, [click()] * 3)
    write(
        kafka, topic, total(next_offset=2, cheers=1, hate=1), b"hello", {**drawn, "log": "another"}
    )
    write(kafka, topic, drawn, total(cheers=7, log="another", next_offset=99))
    site.wait_for_totals(1, 1)
    shown = site.timeline()

    assert shown["as_of"] == {"0": 2}
    assert (sum(shown["series"]["cheers"]), sum(shown["series"]["hate"])) == (2, 1)
    assert f"no click in {topic}-totals and {topic}-bins, partition 0, offset 1" in caplog.text
    data = site.data()
    assert (data["recent_history"], data["truncated"]) == ([], True)
    assert data["totals"] == {"cheers": 1, "fuck": 1}


def test_the_latency_of_single_clicks_is_stated_as_not_measured(site: Site) -> None:
    site.click("cheers")

    measured = site.timeline()["measured"]
    assert [measured[name] for name in ("clicks", "counted_ms")] == [None, None]


def test_what_is_not_counted_yet_keeps_a_site_from_being_live(
    kafka: Broker, topic: str, site: Site
) -> None:
    produce(kafka, topic, [click()] * 3)
    site.wait_for_state("catching up", 10)
    reasons = site.ask("GET", "/readyz").get_json()["conditions"]
    assert reasons[1] == {"name": "consumer", "ok": False, "reason": "catching up"}
    write(kafka, topic, total(next_offset=3, cheers=3, hate=0))

    site.wait_for_state("live")
    assert site.totals() == (3, 0)


def test_markers_and_aborted_records_do_not(
    kafka: Broker, topic: str, site: Site, unique_name: str
) -> None:
    kafka.delete_topic(topic)
    eventually(lambda: not exists(kafka, topic), 10, "the topic is still there")
    kafka.create_topic(topic, partitions=3)
    with transactions(kafka, topic, unique_name):
        site.wait_for_state("catching up", 20)
        write(kafka, topic, total(partition=2, next_offset=2, cheers=2, hate=0))

    site.wait_for_state("live")
    assert site.timeline()["as_of"] == {"0": 0, "1": 0, "2": 2}


def test_with_the_same_totals_a_fuller_bin_is_another_answer(
    kafka: Broker, topic: str, site: Site
) -> None:
    second = int(site.timeline()["server_time"])
    query = {"window": 3600}

    def tag(cheers: int) -> str:
        write(kafka, topic, {"second": second, "cheers": cheers, "hate": 0})
        eventually(
            lambda: sum(site.timeline(**query)["series"]["cheers"]) == cheers,
            5,
            "the bin is not shown",
        )
        answer = site.ask("GET", "/kafka/timeline", query_string=query)
        assert sum(answer.get_json()["series"]["cheers"]) == cheers
        return answer.headers["ETag"]

    assert tag(1) != tag(2)


def test_a_topic_created_again_starts_with_zero(kafka: Broker, topic: str, site: Site) -> None:
    log = site.timeline()["log"]
    write(kafka, topic, total())
    site.wait_for_totals(4, 3)
    kafka.delete_topic(topic)

    eventually(lambda: site.timeline()["log"] != log, 20, "still the old log")
    site.wait_for_state("live")
    assert site.totals() == (0, 0)
    assert site.timeline()["as_of"] == {"0": 0}


def test_a_row_of_a_partition_added_later_is_counted_though_it_comes_first(
    kafka: Broker, topic: str, site: Site
) -> None:
    there = len(site.timeline()["as_of"])
    produce(kafka, topic, [click()])
    first = total(partition=there, next_offset=2, cheers=2, hate=0)
    write(kafka, topic, first, total(next_offset=1, cheers=1, hate=0))
    site.wait_for_totals(1)
    grow(kafka, topic, there + 1)

    site.wait_for_totals(3, seconds=10)
    assert site.timeline()["as_of"] == {"0": 1, str(there): 2}
    produce(kafka, topic, [Sent(click(), partition=there)] * 2)
    site.wait_for_state("live")


def test_a_deleted_head_that_was_never_counted_is_not_waited_for(
    kafka: Broker, topic: str, kafka_settings: Callable[..., Settings]
) -> None:
    kafka.create_topic(topic)
    produce(kafka, topic, [click()] * 4)
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        admin.delete_records({TopicPartition(topic, 0): 4})

    with open_site(kafka_settings(counts_from="flink")) as site:
        site.wait_for_state("live")
        produce(kafka, topic, [click()])
        site.wait_for_state("catching up", 10)
        log = site.timeline()["log"]
        write(kafka, topic, total(next_offset=5, first_offset=4, cheers=1, hate=0))
        site.wait_for_state("live")
        assert (site.totals(), site.timeline()["log"]) == ((1, 0), log)


def test_after_an_outage_lateness_is_measured_by_the_ends_of_then(
    kafka: Broker, topic: str, reader: Reader
) -> None:
    assert set(reader.ends().values()) == {0}
    kafka.pause()
    try:
        with pytest.raises(BrokerUnavailable):
            reader.ends()
    finally:
        kafka.resume()
    produce(kafka, topic, [click()] * 3)

    answered: list[int] = []

    def answers() -> bool:
        with suppress(BrokerUnavailable):
            answered.append(sum(reader.ends().values()))
        return bool(answered)

    eventually(answers, 20, "the broker does not answer")
    assert answered == [3]


def test_a_click_that_waits_for_flink_is_fetched_once(
    kafka: Broker, topic: str, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetches: list[int] = []
    poll = KafkaConsumer.poll

    def note(consumer: KafkaConsumer, *arguments: Any, **options: Any) -> Any:
        if {one.topic for one in consumer.assignment()} == {topic}:
            fetches.append(len(fetches))
        return poll(consumer, *arguments, **options)

    monkeypatch.setattr(KafkaConsumer, "poll", note)
    produce(kafka, topic, [click()] * 3)
    reader.ends()
    assert fetches == []
    for _ in range(5):
        reader.ends()
    assert fetches == [0]

    write(kafka, topic, total(next_offset=1, cheers=1, hate=0))
    eventually(lambda: reader.poll(1), 10, "no row")
    for _ in range(5):
        reader.ends()
    assert fetches == [0, 1]


def test_both_topics_are_compacted(kafka: Broker, topic: str, site: Site) -> None:
    totals, bins = (settings_of(kafka, f"{topic}-{kind}") for kind in ("totals", "bins"))

    assert (totals["cleanup.policy"], totals["retention.ms"]) == ("compact", "-1")
    assert (bins["cleanup.policy"], bins["retention.ms"]) == ("compact,delete", "86400000")
