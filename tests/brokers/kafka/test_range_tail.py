"""A count of a topic that is kept: it stands while others go on tapping, and not for a late tap."""

import dataclasses
from pathlib import Path

from kafka import KafkaAdminClient, TopicPartition

from dash_app.consumer.archive import Archive
from dash_app.counting.range_count import RangeCount
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.records import grow
from tests.brokers.kafka.test_range_log import CREATE_TIME, START, D, MakeSettings, write
from tests.counting.memory_range import totals_of
from tests.naive import press


def test_taps_after_a_range_take_nothing_from_what_is_kept_and_a_late_one_does(
    kafka: Broker, topic: str, kafka_settings: MakeSettings, tmp_path: Path
) -> None:
    kafka.create_topic(topic, partitions=2, configs=CREATE_TIME)
    until = START + 60
    entries = [press(n, at=START + n, age=1) for n in range(60)]
    write(kafka, topic, {0: entries, 1: entries[:9]})
    archive = Archive(kafka_settings(dedup_offsets=D, archive_folder=tmp_path))
    *_, first = archive.count((START, until))
    assert isinstance(first, RangeCount)
    write(kafka, topic, {0: [press(n, at=until + n) for n in range(400)], 1: []})
    # Whoever counted anew would find none of them.
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        admin.delete_records({TopicPartition(topic, 0): 60, TopicPartition(topic, 1): 9})

    *read, kept = archive.count((START, until))
    assert len(read) > 1
    (again,) = archive.count((START, until))
    assert isinstance(kept, RangeCount)
    assert isinstance(again, RangeCount)
    assert first.counted_at < kept.counted_at < again.counted_at
    for one in (kept, again):
        as_before = dataclasses.replace(one, counted_at=first.counted_at)
        assert as_before == dataclasses.replace(first, as_of={0: 460, 1: 9})
    grow(kafka, topic, 3)
    write(kafka, topic, {2: [press(0, at=until + 500, age=550)]})
    *_, anew = archive.count((START, until))
    assert isinstance(anew, RangeCount)
    assert (anew.whole, totals_of(anew)) == (False, {"cheers": 1})


def test_a_topic_that_was_created_again_is_counted_anew(
    kafka: Broker, topic: str, kafka_settings: MakeSettings, tmp_path: Path
) -> None:
    archive = Archive(kafka_settings(archive_folder=tmp_path))
    for number in (5, 3):
        kafka.create_topic(topic, configs=CREATE_TIME)
        write(kafka, topic, {0: [press(n, at=START + n) for n in range(number)]})
        *_, count = archive.count((START, START + 60))
        assert isinstance(count, RangeCount)
        assert totals_of(count) == {"cheers": number}
        with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
            admin.delete_topics([topic])
