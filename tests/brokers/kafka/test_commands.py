"""The command that prints the records of a range, where offsets have no record."""

import time
from collections.abc import Callable
from pathlib import Path

from kafka import KafkaProducer

from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.records import click, produce, read
from tests.sites import open_site
from tests.waiting import eventually
from tests.web.talks.talking import CODE
from tests.web.test_offsets import in_shell, offsets


def commit(kafka: Broker, topic: str, name: str, count: int) -> None:
    """Write so many clicks in a transaction each, which leaves a marker behind each."""
    with KafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=name) as producer:
        producer.init_transactions()
        for number in range(count):
            producer.begin_transaction()
            producer.send(topic, click(n=number), partition=0)
            producer.flush()
            producer.commit_transaction()


def test_what_was_written_after_the_range_is_not_printed_in_place_of_markers(
    kafka: Broker,
    topic: str,
    kafka_settings: Callable[..., Settings],
    tmp_path: Path,
    unique_name: str,
) -> None:
    with open_site(kafka_settings(presenter_code=CODE)) as site:
        site.wait_for_state("live")
        commit(kafka, topic, unique_name, 3)
        until = int(time.time()) + 1
        eventually(lambda: time.time() > until, 3, "its clock stands still")
        produce(kafka, topic, [click(n=number) for number in range(10, 18)])
        site.wait_for_totals(11, 0, 10)
        found = offsets(site, until - 60, until)
        (command,) = found["commands"]
        lines = in_shell(command, tmp_path)
        last = in_shell(offsets(site, until, until + 60)["commands"][0], tmp_path)

    stored = [one.offset for one in read(kafka, topic)]
    assert stored == [0, 2, 4, *range(6, 14)]
    assert found["partitions"] == [{"partition": 0, "first": 0, "end": 6}]
    shown = [line.split("\t")[1] for line in lines if "Offset:" in line]
    assert shown == ["Offset:0", "Offset:2", "Offset:4"]
    later = [line.split("\t")[1] for line in last if "Offset:" in line]
    assert later == [f"Offset:{offset}" for offset in range(6, 14)]
