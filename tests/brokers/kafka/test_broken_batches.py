"""Batches that the broker takes and no client can read: passed over, and the rest counts."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.kafka.log import KafkaLog
from dash_app.brokers.selection import open_range
from dash_app.counting.ledger import build_ledger
from dash_app.counting.records import BROKEN, OUTSIDE, TOO_LARGE
from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.conftest import MakeSite
from tests.brokers.kafka.forged import TAKEN, Forged, append, batch, bombs, clicks, huge
from tests.brokers.kafka.records import Sent, click, produce
from tests.sites import Site


def unreadable(site: Site) -> Mapping[str, int]:
    """Return how many records the site passed over, by reason."""
    assert site.service.consumer is not None
    return site.service.consumer.snapshot.counts.unreadable


def audit(settings: Settings) -> Any:
    """Return the ledger of the topic."""
    with KafkaLog(settings) as log:
        return build_ledger(log, settings.dedup_offsets, ())


def test_nothing_in_a_batch_stops_the_counting_or_a_restart_or_the_audit(
    kafka: Broker, topic: str, make_site: MakeSite, kafka_settings: Callable[..., Settings]
) -> None:
    site = make_site()
    odd = [
        batch([Forged(click(), 0, attributes=0x80)]),
        batch([Forged(click(), 7)]),
        batch(clicks(2), codec_number=1, behind=b"junk"),
        batch(clicks(2), codec_number=3, behind=b"junk"),
        *bombs().values(),
    ]
    for one in odd:
        assert append(kafka, topic, [one]) == [TAKEN]
        produce(kafka, topic, [click("fuck")])

    expected = {OUTSIDE: 1, TOO_LARGE: 3}
    site.wait_for_totals(5, len(odd), seconds=20)
    assert unreadable(site) == expected
    assert site.timeline()["as_of"] == {"0": 2 * len(odd) + 2}
    site.wait_for_state("live")
    again = make_site()
    assert (again.totals(), unreadable(again)) == ((5, len(odd)), expected)
    account = audit(kafka_settings()).total()
    assert account.unreadable == expected
    assert account.records == 2 * len(odd) + 2


def test_an_offset_far_ahead_makes_nobody_forget_what_was_counted(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    site = make_site()
    named = Sent(click(), headers=[("click-id", b"phone-1:1:0")])
    produce(kafka, topic, [named])
    append(kafka, topic, [batch([Forged(click(), 300_000)])])
    produce(kafka, topic, [named, click("fuck")])

    site.wait_for_totals(1, 1)
    assert unreadable(site) == {OUTSIDE: 1}
    assert site.timeline()["as_of"] == {"0": 4}
    site.wait_for_state("live")


def test_a_batch_that_is_damaged_on_the_brokers_disk_is_passed_over(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    kafka.create_topic(topic)
    for kind in ("cheers", "fuck", "cheers"):
        produce(kafka, topic, [click(kind)])
    segment = kafka.folder / "data" / f"{topic}-0" / "00000000000000000000.log"
    with segment.open("r+b") as file:
        place = file.read().index(b"fuck")
        file.seek(place)
        file.write(b"duck")

    site = make_site()
    assert site.totals() == (2, 0)
    assert unreadable(site) == {BROKEN: 1}
    assert site.timeline()["as_of"] == {"0": 3}


def test_a_broker_that_fails_to_find_a_time_costs_the_older_bins_and_nothing_else(
    make_broker: Callable[..., Broker],
    topic: str,
    make_site: MakeSite,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # With 384 MB it cannot decompress the first record of the last hour.
    broker = make_broker()
    changes = {"kafka_bootstrap_servers": broker.bootstrap, "dedup_offsets": 2}
    site = make_site(**changes)
    append(broker, topic, [huge()] * 3)
    produce(broker, topic, [click()] * 10)
    site.wait_for_totals(10, seconds=20)
    assert site.timeline()["complete_since"] is None
    site.service.stop()

    again = make_site(**changes)

    assert again.totals() == (10, 0)
    assert unreadable(again) == {TOO_LARGE: 3}
    assert again.timeline()["complete_since"] is not None
    assert caplog.text.count("the broker cannot say which records are younger than a time") == 1
    for _ in range(2):
        with pytest.raises(BrokerUnavailable, match=f"cannot say where in topic {topic} a time is"):
            open_range(again.service.settings, int(time.time()) - 60, int(time.time()))
    assert caplog.text.count("the broker cannot say which records are younger than a time") == 2
