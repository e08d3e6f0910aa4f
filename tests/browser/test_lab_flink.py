"""The laboratory where Flink counts: it says what it cannot show, and offers what works."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.test_flink_reader import total, write
from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.laboratory import TIMES, experiment, open_lab, outcome, state
from tests.waiting import eventually

STATIONS = "return [...document.querySelectorAll('.station')].map((e) => e.textContent)"
OFFERED = """
const buttons = [...document.querySelectorAll('[data-experiment]:not(:disabled)')];
return [...new Set(buttons.map((button) => button.dataset.experiment))];
"""
READ = "Partition 0, offset {}: read by Flink. This page saw it "


@pytest.fixture(autouse=True)
def right(browser: Any) -> Iterator[None]:
    """Leave no right behind in the browser."""
    yield
    browser.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})


def test_where_flink_counts_a_tap_ends_once_flink_has_passed_it(
    phone_of: PhoneOf, make_site: MakeSite, kafka: Broker, topic: str
) -> None:
    kafka.create_topic(topic)
    servers = kafka.bootstrap
    site = make_site(kafka_bootstrap_servers=servers, kafka_topic=topic, counts_from="flink")
    phone = phone_of(site)
    open_lab(phone)
    phone.run("document.querySelector('[data-tap=cheers]').click()")
    phone.browser.wait_for_contains_text("#sentence", "offset 0: waiting for the consumer")
    write(kafka, topic, total(next_offset=1, cheers=1, hate=0))
    phone.browser.wait_for_contains_text("#sentence", READ.format(0))

    stations = phone.run(STATIONS)
    assert stations[3].startswith("4 Flink")
    assert "what it decided about this record shows only in the totals" in stations[3]
    assert "Total of cheers1" in stations[4]
    # What nobody measured has no time.
    assert [" ms" in time for time in phone.run(TIMES)] == [True, True, True, False, False]
    assert phone.run(OFFERED) == ["again", "broken", "old", "many"]
    assert "a pause here would hold nothing up" in phone.text(".experiment:nth-child(3) .about")
    assert "no record is shown here" in phone.text("#none-noted")
    assert "It shows Flink's counts, which go to 0: 1." in phone.text("#answers")
    assert phone.text("#checkpoint").startswith("Flink keeps checkpoints of its own")

    experiment(phone, "broken", "not-json")
    eventually(lambda: state(phone)[0][1] == "2", 10, "the record is not there")
    write(kafka, topic, total(next_offset=2, cheers=1, hate=0, not_json=1))
    outcome(phone, "broken", rf"{READ.format(1)}.*")
    assert "1 × not JSON" in phone.text("#unreadable")
    phone.speaks("es")
    assert "leído por Flink" in phone.text("#sentence")
    assert "Flink lee los registros" in phone.text("#none-noted")
    assert phone.console() == []
