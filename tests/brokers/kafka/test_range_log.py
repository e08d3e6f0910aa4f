"""A range of a topic, counted: what live consumers showed of it, or an error that says why not."""

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition

from dash_app.counting.archive import TooManyRecords
from dash_app.counting.clicks import Identity
from dash_app.settings import Settings
from tests import naive
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.conftest import MakeSite
from tests.brokers.kafka.forged import Forged, append, batch, bombs, clicks
from tests.brokers.kafka.records import Sent, click, grow, produce
from tests.brokers.kafka.test_audit import odd_records, topic_id, transactions
from tests.brokers.ranges import count
from tests.counting.memory_range import totals_of
from tests.naive import KINDS, Entry, Logs, press
from tests.sites import Site
from tests.waiting import eventually

MakeSettings = Callable[..., Settings]

CREATE_TIME = {"message.timestamp.type": "CreateTime", "retention.ms": "-1"}
START = 1_700_000_000
HOUR = 3600
D = 50


def shown_since(site: Site, since: int) -> Mapping[str, Mapping[int, int]]:
    """Return what a site draws from an epoch second on, at most an hour ago."""
    assert site.service.consumer
    return {
        kind: drawn
        for kind, seconds in site.service.consumer.snapshot.by_second.items()
        if (drawn := {second: n for second, n in seconds.items() if second >= since})
    }


def test_a_range_is_what_live_consumers_showed_while_the_topic_grew_to_8_partitions(
    kafka: Broker, topic: str, make_site: MakeSite, kafka_settings: MakeSettings
) -> None:
    kafka.create_topic(topic)
    rng = random.Random(16)
    since, seq = int(time.time()) - 900, 0
    site = make_site(dedup_offsets=7)
    for partitions in (1, 3, 8):
        if partitions > 1:
            grow(kafka, topic, partitions)
        for _ in range(12):
            seq += rng.random() < 0.7
            ages = [rng.choice([0, 500, 90_000, 800_000, 1_000_000, 3_599_000, 7_200_000])] * 3
            taps = [{"type": rng.choice(["cheers", "hate"]), "age_ms": age} for age in ages]
            assert (
                site.click({"client": f"c{seq % 5}", "seq": seq, "clicks": taps}).status_code == 200
            )
        odd = [record for number in range(partitions) for record in odd_records(number)]
        produce(kafka, topic, odd)
        site = make_site(dedup_offsets=7)
    ends = site.timeline()["as_of"]
    found = count(kafka_settings(dedup_offsets=7), since, int(time.time()) + 1)

    assert found.by_second == shown_since(site, since)
    assert (found.whole, found.is_final, len(found.as_of)) == (True, False, 8)
    assert {str(number): end for number, end in found.as_of.items()} == ends
    assert found.duplicates > 20
    now = int(time.time())
    recent = count(kafka_settings(dedup_offsets=7), now - 120, now + 1)
    assert recent.people == site.timeline()["people"] > 1
    assert found.log_id == site.timeline()["log"] == topic_id(kafka, topic)


def hours_of_records(rng: random.Random, size: int) -> list[Entry]:
    """Return records of three hours: late and early taps, repeats, many types, and rubbish."""
    log: list[Entry] = []
    for offset in range(size):
        at = START + 3 * HOUR * offset / size
        if rng.random() < 0.05:
            log.append(naive.unreadable(offset, *rng.choice(naive.NOT_CLICKS), at=at))
            continue
        age = rng.choice([0.0, 0.25, 7.0, 100.0, 1800.0, 3599.0, 3601.0, -5.0])
        kind = rng.choice([*KINDS, f"other-{rng.randrange(60)}"])
        identity = Identity(f"c{rng.randrange(20)}", offset // 40, rng.randrange(2))
        log.append(press(offset, kind, at=at, age=age, identity=identity))
    return log


def write(kafka: Broker, topic: str, logs: Logs) -> None:
    """Write records with the times that they say, partition by partition in their order."""
    with KafkaProducer(bootstrap_servers=kafka.bootstrap, linger_ms=20) as producer:
        futures = [
            producer.send(
                topic,
                entry.record.value,
                key=b"a value of nothing needs one",
                partition=number,
                timestamp_ms=round(1000 * entry.record.time),
                headers=[("click-id", header)] if (header := entry.record.click_id) else [],
            )
            for number, entries in logs.items()
            for entry in entries
        ]
        for future in futures:
            future.get(timeout=20)


@pytest.fixture
def hours(kafka: Broker, topic: str) -> Logs:
    """Three hours in 8 partitions of a topic, with the times that the records say."""
    kafka.create_topic(topic, partitions=8, configs=CREATE_TIME)
    logs = {number: hours_of_records(random.Random(number), 250) for number in range(7)} | {7: []}
    for entries in logs.values():
        # A record holds whole milliseconds.
        entries[:] = [
            e._replace(record=e.record._replace(time=round(e.record.time, 3))) for e in entries
        ]
    write(kafka, topic, logs)
    return logs


def drawn_in(logs: Logs, since: float, until: int) -> dict[str, Counter[int]]:
    """Return the clicks of each type and second, by a naive reading of the whole log."""
    found: dict[str, Counter[int]] = {}
    for kind, at in naive.drawn_clicks(logs.values(), D):
        if since <= at < until:
            found.setdefault(kind, Counter())[int(at)] += 1
    return found


RANGES = [
    (START, START + 3 * HOUR),
    (START + 1, START + 60),
    (START + 4000, START + 7000),
    (START + 2 * HOUR, START + 3 * HOUR),
    (START + 3 * HOUR - 5, START + 3 * HOUR),
]


def test_any_range_of_hours_is_that_of_a_naive_reading_and_without_a_head_what_is_said_of_it(
    kafka: Broker, topic: str, hours: Logs, make_site: MakeSite, kafka_settings: MakeSettings
) -> None:
    settings = kafka_settings(dedup_offsets=D)
    site = make_site(dedup_offsets=D)
    assert site.service.consumer
    snapshot = site.service.consumer.snapshot
    site.service.stop()
    for since, until in RANGES:
        found = count(settings, since, until)
        assert found.by_second == drawn_in(hours, since, until)
        assert (found.whole, found.is_final) == (True, False)
        assert sum(found.unreadable.values()) > 0 or until - since < 100
    whole = count(settings, START - 2 * HOUR, START + 3 * HOUR)
    assert {**whole.unreadable} == {**snapshot.counts.unreadable}
    assert whole.duplicates == snapshot.counts.duplicates > 0

    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        admin.delete_records({TopicPartition(topic, 3): 120, TopicPartition(topic, 6): 10})
    # Taps of the first second are in records of the second hour: of those some were deleted.
    assert count(settings, *RANGES[-1]).whole
    for since, until in RANGES[:3]:
        found = count(settings, since, until)
        assert not found.whole
        assert found.why
        assert "begins at offset 120 of partition 3" in found.why
        if found.whole_from is None:
            assert until < START + HOUR
            continue
        late = {
            kind: drawn
            for kind, seconds in found.by_second.items()
            if (drawn := {s: n for s, n in seconds.items() if s >= found.whole_from})
        }
        assert late == drawn_in(hours, found.whole_from, until)


def test_far_ranges_are_empty_and_a_year_is_refused_at_once(
    hours: Logs, kafka_settings: MakeSettings
) -> None:
    settings = kafka_settings(dedup_offsets=D)
    year = 365 * 24 * HOUR
    for since, until in (
        (0, 1000),
        (START - year, START - 4 * HOUR),
        (START + year, START + 2 * year),
    ):
        found = count(settings, since, until)
        assert (found.by_second, found.whole, found.records) == ({}, True, 0)
    with pytest.raises(TooManyRecords, match=r"1,750 records of topic .* ARCHIVE_RECORDS is 1,000"):
        count(settings, START - year, START + year, limit=1000)


def test_a_range_is_final_once_each_partition_has_a_record_too_late_for_it(
    kafka: Broker, topic: str, kafka_settings: MakeSettings
) -> None:
    kafka.create_topic(topic, partitions=2, configs=CREATE_TIME)
    late = [
        press(0, at=START),
        press(1, at=START + 3700, age=3600),
        press(2, at=START + HOUR + 500),
    ]
    write(kafka, topic, {0: late, 1: late[:2]})
    settings = kafka_settings()
    found = count(settings, START, START + 500)
    assert (totals_of(found), found.is_final, found.as_of) == ({"cheers": 4}, False, {0: 2, 1: 2})

    write(kafka, topic, {1: late[2:]})
    found = count(settings, START, START + 500)
    assert (totals_of(found), found.is_final, found.as_of) == ({"cheers": 4}, True, {0: 2, 1: 2})


def test_records_that_are_dated_ahead_hide_no_click(
    kafka: Broker, topic: str, kafka_settings: MakeSettings
) -> None:
    kafka.create_topic(topic, partitions=2, configs=CREATE_TIME)
    entries = [press(n, at=START + n, age=1) for n in range(1000)]
    forged = [press(n, "hate", at=START + 9 * HOUR) for n in range(900)]
    write(kafka, topic, {0: entries[:300] + forged + entries[300:], 1: forged[:1] + entries})
    settings = kafka_settings(dedup_offsets=D)

    for since, until in ((START, START + 1000), (START + 200, START + 400)):
        found = count(settings, since, until)
        assert totals_of(found) == {"cheers": 2 * min(until - since, 999)}
        assert (found.whole, found.is_final, found.as_of) == (True, False, {0: 1900, 1: 1001})


def test_a_topic_whose_records_have_no_time_is_read_to_its_end(
    kafka: Broker, topic: str, make_site: MakeSite, kafka_settings: MakeSettings
) -> None:
    kafka.create_topic(topic, configs=CREATE_TIME)
    since = int(time.time()) - 600
    tapped = [since - 5, since, since + 100]
    records = [press(n, at=second) for n, second in enumerate(tapped)]
    timeless = [entry._replace(record=entry.record._replace(time=0.0)) for entry in records]
    write(kafka, topic, {0: timeless})
    found = count(kafka_settings(dedup_offsets=1), since, since + 100)

    assert found.by_second == {"cheers": {since: 1}}
    site = make_site(dedup_offsets=1)
    assert shown_since(site, since) == {"cheers": {since: 1, since + 100: 1}}


def test_markers_aborted_and_open_transactions_and_broken_batches_count_as_live(
    kafka: Broker, topic: str, make_site: MakeSite, kafka_settings: MakeSettings, unique_name: str
) -> None:
    kafka.create_topic(topic, partitions=4)
    site = make_site()
    odd = [
        batch([Forged(click(), 7)]),
        batch(clicks(2), codec_number=3, behind=b"junk"),
        *bombs().values(),
    ]
    for one in odd:
        append(kafka, topic, [one])
    since = int(time.time()) - 60
    with transactions(kafka, topic, unique_name):
        produce(kafka, topic, [Sent(click("ok"), partition=n) for n in range(4)])
        found = count(kafka_settings(), since, since + 120)
        eventually(lambda: shown_since(site, since) == found.by_second, 20, "not the same")
    after = count(kafka_settings(), since, since + 120)

    assert site.service.consumer
    assert found.unreadable == site.service.consumer.snapshot.counts.unreadable
    assert totals_of(after) == totals_of(found) | {"ok": 4}


def test_types_that_no_place_was_left_for_do_not_count_in_a_later_range(
    kafka: Broker, topic: str, make_site: MakeSite, kafka_settings: MakeSettings
) -> None:
    kafka.create_topic(topic, configs=CREATE_TIME)
    entries = [press(n, f"key-{n}", at=START + n) for n in range(40)]
    late = [press(n, f"key-{n}", at=START + 2 * HOUR + n) for n in range(25, 40)]
    write(kafka, topic, {0: entries + late})
    site = make_site(dedup_offsets=3)
    site.service.stop()
    found = count(kafka_settings(dedup_offsets=3), START + 2 * HOUR, START + 3 * HOUR)

    assert totals_of(found) == {f"key-{n}": 1 for n in range(25, 32)}
    assert found.unreadable == {"too many types": 8}
