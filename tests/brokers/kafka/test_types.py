"""32 types of a partition count among 10,000 hostile ones: live, after a restart, in the audit."""

import logging
from collections.abc import Callable

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.structs import OffsetAndMetadata

from dash_app.brokers.kafka.checkpoints import GROUP
from dash_app.brokers.kafka.log import KafkaLog
from dash_app.counting.checkpoint import decode
from dash_app.counting.ledger import build_ledger
from dash_app.settings import Settings
from dash_app.settings.reactions import SEED, Reaction
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.records import Sent, click, produce
from tests.brokers.kafka.test_counting import committed
from tests.crowded import KEYS, crowded_log
from tests.naive import Entry
from tests.sites import Site, open_live_site
from tests.waiting import eventually

VERSION_3 = (
    '{"v":3,"topic_id":"%s","D":100000,"totals":{"cheers":700,"hate":200},"duplicates":0,'
    '"untimely":0,"unreadable":{},"incomplete":false}'
)


def sent(entry: Entry) -> Sent:
    header = entry.record.click_id
    return Sent(entry.record.value, headers=[("click-id", header)] if header else [])


def wait_until_counted(site: Site, end: int) -> None:
    eventually(lambda: site.timeline()["as_of"] == {"0": end}, 20, lambda: f"{site.timeline()}")


def test_32_types_count_among_10_000_hostile_ones_with_a_restart_in_the_middle(
    kafka: Broker, topic: str, kafka_settings: Callable[..., Settings]
) -> None:
    kafka.create_topic(topic)
    entries, counts = crowded_log(10_000)
    middle = len(entries) // 2
    settings = kafka_settings(
        dedup_offsets=1000, reactions=(*SEED, Reaction(KEYS[0], "A"), Reaction("hostile-0", "B"))
    )
    produce(kafka, topic, map(sent, entries[:middle]))
    with open_live_site(settings) as site:
        wait_until_counted(site, middle)
    offset, metadata = committed(kafka, topic)
    checkpoint = decode(offset, metadata)
    assert offset == middle
    assert checkpoint is not None
    assert [*checkpoint.counts.clicks] == KEYS

    with open_live_site(settings) as site:
        produce(kafka, topic, map(sent, entries[middle:]))
        wait_until_counted(site, len(entries))
        timeline = site.timeline()
        assert site.service.consumer is not None
        assert site.service.consumer.snapshot.counts == counts
    with KafkaLog(settings) as log:
        account = build_ledger(log, 1000, ()).total()

    assert timeline["totals"] == {
        "cheers": 0, "hate": 0, KEYS[0]: counts.clicks[KEYS[0]], "hostile-0": 0,
    }  # fmt: skip
    assert timeline["unreadable"] == counts.unreadable == account.unreadable
    assert (account.clicks, account.duplicates) == (counts.clicks, counts.duplicates)


def test_a_checkpoint_of_the_earlier_release_is_counted_anew_and_the_log_says_so(
    kafka: Broker,
    topic: str,
    kafka_settings: Callable[..., Settings],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    kafka.create_topic(topic)
    produce(kafka, topic, [click(), click("fuck"), click("ok"), click("Ok")])
    with open_live_site(kafka_settings()) as site:
        log = site.timeline()["log"]
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        stated = OffsetAndMetadata(3, VERSION_3 % log, -1)
        admin.alter_group_offsets(GROUP, {TopicPartition(topic, 0): stated})
    caplog.clear()
    with open_live_site(kafka_settings(reactions=(*SEED, Reaction("ok", "OK")))) as site:
        timeline = site.timeline()

    assert timeline["totals"] == {"cheers": 1, "hate": 1, "ok": 1}
    assert timeline["unreadable"] == {"unknown type": 1}
    assert (
        f"{topic}, partition 0: counting from the log's start, offset 0:"
        " there is no checkpoint of version 4"
    ) in caplog.text
