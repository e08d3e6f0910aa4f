"""What a site's clicks look like in the topic, and the topic that it creates for them."""

import logging
import re
import threading
import zlib
from collections.abc import Callable

import orjson
import pytest
from kafka import KafkaProducer

from dash_app import create_app
from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.conftest import MakeSite
from tests.brokers.kafka.records import read, settings_of
from tests.ports import free_port
from tests.waiting import eventually


def test_a_record_of_a_site_is_as_the_contract_describes_it(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    site = make_site()
    clicks = [{"type": "cheers"}, {"type": "hate", "age_ms": 1500}]
    site.click({"client": "phone-1", "seq": 7, "clicks": clicks})
    cheers, hate = read(kafka, topic)

    assert [record.key for record in (cheers, hate)] == [b"phone-1"] * 2
    person = cheers.headers[-1][1]
    assert cheers.headers == [("click-id", b"phone-1:7:0"), ("person", person)]
    assert hate.headers == [("click-id", b"phone-1:7:1"), ("person", person)]
    assert re.fullmatch(rb"[0-9a-f]{16}", person)
    first, second = orjson.loads(cheers.value or b""), orjson.loads(hate.value or b"")
    assert set(first) == set(second) == {"type", "timestamp"}
    assert (first["type"], second["type"]) == ("cheers", "fuck")
    assert first["timestamp"] - second["timestamp"] == pytest.approx(1.5, abs=0.001)


def test_who_wants_a_trace_hears_the_offsets_also_those_of_a_repeat(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    kafka.create_topic(topic, partitions=3)
    site = make_site()
    body = {"client": "phone-1", "seq": 7, "clicks": [{"type": "cheers"}] * 2, "trace": True}
    answers = [site.click(body).get_json() for _ in range(2)]

    placed = [(one["partition"], one["offset"]) for each in answers for one in each["placed"]]
    records = read(kafka, topic)
    assert placed == [(record.partition, record.offset) for record in records]
    assert [offset for _, offset in placed] == [0, 1, 2, 3]


def test_a_click_without_an_identity_has_a_key_of_its_own_and_no_header(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    make_site().click({"clicks": [{"type": "cheers"}] * 2})
    first, second = read(kafka, topic)

    assert first.key != second.key
    assert None not in {first.key, second.key}
    assert first.headers == second.headers == []


def test_on_a_compacted_topic_a_click_without_an_identity_stops_no_others(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    kafka.create_topic(topic, configs={"cleanup.policy": "compact"})
    site = make_site()
    for body in ({"type": "cheers"}, {"type": "hate", "client": "phone-1", "seq": 1}):
        assert site.click(body).status_code == 200
    site.wait_for_totals(1, 1)


def test_the_clicks_of_a_client_share_the_partition_that_its_name_says(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    kafka.create_topic(topic, partitions=5)
    site = make_site()
    clients = [f"phone-{number}" for number in range(12)]
    for seq in range(2):
        for client in clients:
            site.click({"client": client, "seq": seq, "clicks": [{"type": "hate"}] * 2})
    records = read(kafka, topic)

    assert len(records) == 48
    for record in records:
        assert record.key is not None
        assert record.partition == zlib.crc32(record.key) % 5
    assert len({record.partition for record in records}) > 1
    site.wait_for_totals(0, 48)
    assert sum(site.timeline()["as_of"].values()) == 48


def test_a_topic_that_lost_its_partitions_meanwhile_is_looked_up_again(
    kafka: Broker, topic: str, make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka.create_topic(topic, partitions=1)
    site = make_site()
    look_up = KafkaProducer.partitions_for
    # The first look-up comes from before the topic was deleted and created again.
    answers = iter([{0, 1, 2, 3, 4}])
    monkeypatch.setattr(
        KafkaProducer,
        "partitions_for",
        lambda producer, name: next(answers, None) or look_up(producer, name),
    )
    named = {"client": "phone-1", "seq": 1, "clicks": [{"type": "cheers"}]}
    assert zlib.crc32(b"phone-1") % 5

    first = site.click(named)
    assert first.status_code == 503
    assert first.get_json()["appended"] is False
    eventually(lambda: site.click(named).status_code == 200, 5, "the topic is not found again")
    site.wait_for_totals(1)


def test_a_missing_topic_is_created_with_the_settings_that_the_promises_need(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    make_site()
    settings = settings_of(kafka, topic)

    assert settings["cleanup.policy"] == "delete"
    assert settings["retention.ms"] == "-1"
    assert settings["message.timestamp.type"] == "LogAppendTime"


def test_a_topic_that_breaks_promises_is_warned_about(
    kafka: Broker, topic: str, make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    configs = {
        "cleanup.policy": "compact,delete",
        "retention.ms": "86400000",
        "retention.bytes": "123456789",
        "message.timestamp.type": "CreateTime",
    }
    kafka.create_topic(topic, configs=configs)
    make_site()

    for danger in (
        "is compacted: it forgets clicks that have the same key",
        "forgets clicks after 86400000 ms",
        "forgets clicks beyond 123456789 bytes",
        "takes the times of its records from their producers (CreateTime)",
        "has one replica: a lost disk loses its clicks",
    ):
        assert f"topic {topic} {danger}" in caplog.text
    assert settings_of(kafka, topic)["cleanup.policy"] == "compact,delete"


def test_a_variable_that_no_client_knows_is_warned_about_and_does_no_harm(
    kafka_settings: Callable[..., Settings],
    make_site: MakeSite,
    caplog: pytest.LogCaptureFixture,
) -> None:
    options = {"KAFKA_PORT": "tcp://10.0.0.1:9092", "KAFKA_SERVICE_HOST": "10.0.0.1"}
    site = make_site(kafka_options=options)

    assert site.click({"type": "cheers"}).status_code == 200
    for name in options:
        assert f"{name} is no setting of kafka-python and has no effect" in caplog.text


def test_a_client_that_finds_no_broker_leaves_no_thread_and_says_where_it_looked() -> None:
    server = f"127.0.0.1:{free_port()}"
    settings = Settings(
        kafka_bootstrap_servers=server, kafka_options={"KAFKA_BOOTSTRAP_TIMEOUT_MS": "100"}
    )
    clients = KafkaClients(settings)
    before = threading.active_count()
    for make in (clients.admin, clients.consumer, clients.producer):
        for _ in range(3):
            with pytest.raises(BrokerUnavailable, match=f"no broker answered at {server}"):
                make()

    assert threading.active_count() == before


def test_the_log_does_not_repeat_itself_while_the_broker_is_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    settings = Settings(
        kafka_bootstrap_servers=f"127.0.0.1:{free_port()}",
        kafka_options={"KAFKA_BOOTSTRAP_TIMEOUT_MS": "2000"},
        answer_limit_ms=2500,
    )
    server = create_app(settings)
    service = server.extensions["kafka_clicker"]
    try:
        server.test_client().post(f"{settings.url_prefix}/kafka/click", json={"type": "cheers"})
        eventually(lambda: caplog.records, 10, "nothing is said")
        assert len(caplog.records) < 40
    finally:
        service.stop()


@pytest.mark.parametrize(("times", "is_known"), [("CreateTime", False), ("LogAppendTime", True)])
def test_only_a_broker_that_writes_its_own_times_says_how_its_clock_is(
    kafka: Broker, topic: str, make_site: MakeSite, times: str, *, is_known: bool
) -> None:
    kafka.create_topic(topic, configs={"message.timestamp.type": times})
    site = make_site()
    for _ in range(3):
        assert site.click({"type": "cheers"}).status_code == 200
    assert site.service.broker is not None
    assert (site.service.broker.clock_skew is not None) is is_known
