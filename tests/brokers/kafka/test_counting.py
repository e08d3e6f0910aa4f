"""Counts are a pure function of the topic: over restarts, in all processes, whatever happens."""

import logging
from collections.abc import Callable

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from dash_app.brokers.kafka.checkpoints import GROUP
from dash_app.counting.checkpoint import decode
from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.conftest import MakeSite
from tests.brokers.kafka.records import Sent, click, grow, member, produce
from tests.sites import open_live_site
from tests.waiting import eventually


def committed(kafka: Broker, topic: str) -> tuple[int, str]:
    partition = TopicPartition(topic, 0)
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        offsets = admin.list_group_offsets({GROUP: [partition]})[GROUP]
    return offsets[partition].offset, offsets[partition].metadata


def identified(client: str, seq: int, kind: str = "cheers") -> Sent:
    return Sent(click(kind), headers=[("click-id", f"{client}:{seq}:0".encode())])


def test_a_restarted_site_continues_from_the_checkpoint_with_the_same_counts(
    kafka: Broker,
    topic: str,
    kafka_settings: Callable[..., Settings],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    repeated = {"client": "phone-1", "seq": 1, "clicks": [{"type": "cheers"}] * 3}
    with open_live_site(kafka_settings()) as site:
        site.click(repeated)
        produce(kafka, topic, [b"not json", identified("phone-2", 1, "fuck")])
        site.wait_for_totals(3, 1)
        before = site.timeline()
    offset, metadata = committed(kafka, topic)
    checkpoint = decode(offset, metadata)

    assert checkpoint is not None
    assert checkpoint.offset == 5
    assert checkpoint.topic_id == before["log"]
    assert checkpoint.counts.clicks == {"cheers": 3, "hate": 1}
    assert checkpoint.counts.unreadable == {"not JSON": 1}

    caplog.clear()
    with open_live_site(kafka_settings()) as site:
        after = site.timeline()
        assert after["totals"] == before["totals"]
        assert after["as_of"] == before["as_of"]
        assert (sum(after["series"]["cheers"]), sum(after["series"]["hate"])) == (3, 1)
        assert f"{topic}, partition 0: continuing at offset 5, reading again from 0" in caplog.text
        site.click(repeated)
        produce(kafka, topic, [identified("phone-2", 1, "fuck")])
        site.click({"type": "hate"})
        site.wait_for_totals(3, 2)


def test_what_is_checkpointed_counts_although_the_head_of_the_log_was_deleted(
    kafka: Broker, topic: str, kafka_settings: Callable[..., Settings]
) -> None:
    with open_live_site(kafka_settings()) as site:
        site.click({"clicks": [{"type": "cheers"}] * 5})
        site.wait_for_totals(5)
    produce(kafka, topic, [click("fuck")])
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        admin.delete_records({TopicPartition(topic, 0): 4})

    with open_live_site(kafka_settings()) as site:
        assert site.totals() == (5, 1)
        # It remembers what it has read again, and may not promise more than that.
        assert site.ask("GET", "/kafka/repeat").get_json()["repeat_s"] in range(60)
        assert site.timeline()["incomplete"] is False
        assert site.data()["incomplete"] is False
    # Twice: the second start goes on from the checkpoint of the first.
    for _ in range(2):
        with open_live_site(kafka_settings(dedup_offsets=99)) as site:
            assert site.totals() == (1, 1)
            assert site.timeline()["incomplete"] is True
            assert site.data()["incomplete"] is True


def test_a_log_whose_records_are_all_deleted_promises_no_repeat_of_what_was_before(
    kafka: Broker, topic: str, kafka_settings: Callable[..., Settings]
) -> None:
    batch = {"client": "phone-1", "seq": 1, "clicks": [{"type": "cheers"}]}
    with open_live_site(kafka_settings()) as site:
        site.click(batch)
        site.wait_for_totals(1)
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        admin.delete_records({TopicPartition(topic, 0): 1})

    with open_live_site(kafka_settings()) as site:
        assert site.totals() == (1, 0)
        assert site.ask("GET", "/kafka/repeat").get_json()["repeat_s"] in range(60)
        assert site.click(batch | {"first_sent_ms": 300_000}).status_code == 409
        assert site.totals() == (1, 0)


def test_two_sites_on_one_topic_agree_exactly(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    kafka.create_topic(topic, partitions=3)
    sites = [make_site(), make_site()]
    for seq in range(10):
        for number, site in enumerate(sites):
            clicks = [{"type": "cheers"}, {"type": "hate"}]
            site.click({"client": f"phone-{number}", "seq": seq, "clicks": clicks})
            site.click({"client": "both", "seq": seq, "clicks": clicks})
    for site in sites:
        site.wait_for_totals(30, 30)

    def agree() -> bool:
        one, other = (site.timeline(window=3600) for site in sites)
        assert sum(one["as_of"].values()) == 80
        for each in (one, other):
            # Each measures what it received itself.
            del each["server_time"], each["measured"]
        assert one == other
        return True

    eventually(agree, 5, "the two sites do not agree")


def test_a_partition_added_later_is_followed_from_its_first_record(
    kafka: Broker, topic: str, make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    kafka.create_topic(topic)
    site = make_site()
    produce(kafka, topic, [click()])
    site.wait_for_totals(1)
    grow(kafka, topic, 4)
    produce(kafka, topic, [Sent(click("fuck"), partition=n) for n in (1, 2, 3, 3)])

    site.wait_for_totals(1, 4, seconds=10)
    assert site.timeline()["as_of"] == {"0": 1, "1": 1, "2": 1, "3": 2}
    site.wait_for_state("live")
    assert site.click({"client": "phone-1", "seq": 1, "clicks": [{"type": "cheers"}]}).status_code
    site.wait_for_totals(2, 4)


def test_a_topic_deleted_and_created_again_is_a_new_log_that_starts_at_zero(
    kafka: Broker, topic: str, make_site: MakeSite, kafka_settings: Callable[..., Settings]
) -> None:
    site = make_site()
    site.click({"client": "phone-1", "seq": 1, "clicks": [{"type": "cheers"}] * 3})
    site.wait_for_totals(3)
    before = site.timeline()["log"]
    kafka.delete_topic(topic)
    eventually(
        lambda: site.timeline()["log"] != before and site.timeline()["state"] == "live",
        15,
        lambda: f"{site.timeline()}",
    )
    batch = {"client": "phone-1", "seq": 1, "clicks": [{"type": "hate"}]}
    eventually(lambda: site.click(batch).status_code == 200, 15, "clicks are refused")

    site.wait_for_totals(0, 1)
    with open_live_site(kafka_settings()) as fresh:
        assert fresh.totals() == (0, 1)
        assert fresh.timeline()["log"] == site.timeline()["log"]


def test_another_width_of_the_memory_counts_anew_by_its_own_rule(
    kafka: Broker, topic: str, kafka_settings: Callable[..., Settings]
) -> None:
    kafka.create_topic(topic)
    once = identified("phone-1", 1)
    produce(kafka, topic, [once, once, *[click("fuck")] * 4, once])
    for width, cheers in ((100, 1), (2, 2), (100, 1)):
        with open_live_site(kafka_settings(dedup_offsets=width)) as site:
            assert site.totals() == (cheers, 4), width
            assert (site.timeline()["repeat_s"] is None) == (width == 100)


def test_a_spoiled_checkpoint_costs_time_and_no_click(
    kafka: Broker, topic: str, kafka_settings: Callable[..., Settings]
) -> None:
    with open_live_site(kafka_settings()) as site:
        site.click({"clicks": [{"type": "cheers"}] * 3})
        site.wait_for_totals(3)
    valid = committed(kafka, topic)
    for offset, metadata in ((2, ""), (1, "mine"), (99, valid[1]), (2, "{}"), valid):
        commit(kafka, topic, offset, metadata)
        with open_live_site(kafka_settings()) as site:
            assert site.totals() == (3, 0), (offset, metadata)


def commit(kafka: Broker, topic: str, offset: int, metadata: str) -> None:
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        stated = OffsetAndMetadata(offset, metadata, -1)
        admin.alter_group_offsets(GROUP, {TopicPartition(topic, 0): stated})


def test_aborted_transactions_do_not_count_and_do_not_keep_the_site_from_being_live(
    kafka: Broker, topic: str, make_site: MakeSite, unique_name: str
) -> None:
    site = make_site()
    with KafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=unique_name) as producer:
        producer.init_transactions()
        for kind, finish in (
            ("cheers", producer.commit_transaction),
            ("fuck", producer.abort_transaction),
        ):
            producer.begin_transaction()
            for _ in range(3):
                producer.send(topic, click(kind), partition=0)
            producer.flush()
            finish()
    site.wait_for_totals(3, 0)
    site.wait_for_state("live")
    with_markers = make_site()

    assert with_markers.totals() == (3, 0)
    assert with_markers.click({"type": "hate"}).status_code == 200
    for each in (site, with_markers):
        each.wait_for_totals(3, 1)
        assert each.timeline()["state"] == "live"


def test_checkpoints_go_on_while_a_stranger_is_in_the_group(
    kafka: Broker, topic: str, make_site: MakeSite, kafka_settings: Callable[..., Settings]
) -> None:
    site = make_site()
    with member(kafka, topic, GROUP) as stranger:
        eventually(lambda: stranger.poll(100) or stranger.assignment(), 10, "no assignment")
        site.click({"clicks": [{"type": "cheers"}] * 4})
        site.wait_for_totals(4)
        assert site.timeline()["state"] == "live"
    with open_live_site(kafka_settings()) as fresh:
        assert fresh.totals() == (4, 0)


def test_the_time_from_receipt_to_counted_is_measured_on_the_clicks_received_here(
    kafka: Broker, topic: str, kafka_settings: Callable[..., Settings]
) -> None:
    with open_live_site(kafka_settings()) as site:
        produce(kafka, topic, [click("cheers"), identified("phone-2", 1)])
        site.click({"clicks": [{"type": "cheers", "age_ms": 5000}] * 2 + [{"type": "hate"}]})
        site.wait_for_totals(4, 1)
        # Of several clicks with one timestamp the first is measured, and none of another program.
        eventually(
            lambda: site.timeline()["measured"]["clicks"] == 2, 4, lambda: str(site.timeline())
        )
        measured = site.timeline()["measured"]

    assert measured["lag"] == 0
    assert measured["age_ms"] == [0, 5000]
    assert all(0 < ms < 4000 for ms in measured["counted_ms"])
    assert all(measured["counted_ms"][0] <= ms < 9000 for ms in measured["tap_to_counted_ms"])


def test_a_new_broker_gets_time_for_its_coordinator(
    make_broker: Callable[..., Broker],
    topic: str,
    make_site: MakeSite,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broker = make_broker()
    make_site(kafka_bootstrap_servers=broker.bootstrap)
    assert "the consumer starts again" not in caplog.text
