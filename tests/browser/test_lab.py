"""The laboratory: a tap walks to its bin, and experiments come out as they say."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from dash_app.consumer import lab
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.records import Stored, read
from tests.browser import axe
from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.gate import Gate, Trouble
from tests.browser.laboratory import (
    NUMBER,
    TIMES,
    arrived,
    experiment,
    lags,
    open_lab,
    outcome,
    rows,
    said,
    state,
    tap,
)
from tests.browser.looks import CUT, DESK, PHONE, WALL, looks
from tests.browser.phone import Phone
from tests.browser.presenting import present
from tests.browser.site import Site
from tests.waiting import eventually

BROKEN = {
    "empty": "no value",
    "not-json": "not JSON",
    "not-an-object": "not an object",
    "no-type": "unknown type",
    "bad-timestamp": "timestamp is text",
    "milliseconds": "timestamp not in seconds",
}
WIDER = "const { documentElement: e } = document; return e.scrollWidth > e.clientWidth"
HIDE = """
Object.defineProperty(document, 'hidden', { configurable: true, get: () => arguments[0] });
document.dispatchEvent(new Event('visibilitychange'));
"""


@pytest.fixture(autouse=True)
def right(browser: Any) -> Iterator[None]:
    """Leave no right behind in the browser."""
    browser.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    yield
    browser.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})


@pytest.fixture
def kafka_site(make_site: MakeSite, kafka: Broker, topic: str) -> Site:
    """A site on a topic of two partitions of a real broker."""
    kafka.create_topic(topic, partitions=2)
    return make_site(
        kafka_bootstrap_servers=kafka.bootstrap, kafka_topic=topic, checkpoint_seconds=0.5
    )


def stored(kafka: Broker, topic: str, facts: list[dict[str, str]]) -> Stored:
    """Return the record of the topic that the stations name."""
    place = int(facts[2]["Partition"]), int(facts[2]["Offset"])
    return next(one for one in read(kafka, topic) if (one.partition, one.offset) == place)


def test_a_tap_walks_to_its_bin_and_what_is_shown_is_in_the_log(
    phone_of: PhoneOf, kafka_site: Site, kafka: Broker, topic: str
) -> None:
    phone = phone_of(kafka_site)
    open_lab(phone)
    tap(phone)
    facts = tap(phone)

    record = stored(kafka, topic, facts)
    client = facts[0]["Client"]
    assert json.loads(record.value or b"")["type"] == "cheers"
    assert record.key == client.encode()
    identity = f"{client}:{facts[0]['Request (seq)']}:{facts[0]['Place in the request']}"
    assert dict(record.headers)["click-id"] == identity.encode()
    assert facts[2]["Acknowledged by"] == "all in-sync replicas"
    assert facts[3]["Decided"] == "counted"
    assert facts[4]["Total of cheers"] == "2"
    assert kafka_site.totals() == (2, 0)
    assert all(re.fullmatch(f"-?{NUMBER}", time) for time in phone.run(TIMES))
    phone.prefers("dark")
    phone.resize(1280, 720)
    phone.picture("lab tap")
    newest = rows(phone)[0]
    assert newest[0] == "counted own"
    assert newest[1:3] == [facts[2]["Partition"], facts[2]["Offset"]]
    assert newest[4] == client
    assert newest[-1] == "counted (yours)"
    partition = state(phone)[record.partition]
    assert partition[1:4] == [str(record.offset + 1)] * 2 + ["0"]
    eventually(
        lambda: "Newest checkpoint of this process: " in phone.text("#checkpoint"), 10, "none"
    )
    assert phone.console() == []


def test_the_experiments_come_out_as_they_say(
    phone_of: PhoneOf, kafka_site: Site, kafka: Broker, topic: str
) -> None:
    phone = phone_of(kafka_site)
    open_lab(phone)
    first = tap(phone)[2]["Offset"]
    experiment(phone, "again")
    said_again = outcome(phone, "again", r"Offset (\d+) is a repeat of offset (\d+): .*")
    assert said_again[2] == first
    assert rows(phone)[0][2] == said_again[1]
    assert rows(phone)[0][-1] == f"repeat of offset {first} (yours)"
    assert kafka_site.totals() == (1, 0)

    for kind, reason in BROKEN.items():
        experiment(phone, "broken", kind)
        offset = outcome(phone, "broken", rf"Offset (\d+): {reason}. Of this reason there are 1.")
        assert rows(phone)[0][2] == offset[1]
    phone.shows("#repeats", "Repeats passed over: 1.")
    unreadable = phone.text("#unreadable")
    assert all(f"1 × {reason}" in unreadable for reason in BROKEN.values()), unreadable

    experiment(phone, "old", "1800")
    outcome(phone, "old", r"Late but drawn: in the bin of \d\d:\d\d:\d\d\.")
    assert "in the last 60 min" in arrived(phone)[4]["Bin of the dashboard"]
    experiment(phone, "old", "7200")
    outcome(phone, "old", "Untimely: in the total, and in no bin.")
    experiment(phone, "many")
    many = outcome(phone, "many", rf"One request, 200 records in 1 .* (\d+) to (\d+): {NUMBER} .*")
    assert int(many[2]) - int(many[1]) == 199
    kafka_site.has_counted(203, 0)
    assert len(read(kafka, topic)) == 203 + 1 + len(BROKEN)
    assert phone.console() == []


def test_a_pause_shows_the_lag_rise_and_fall_and_no_tap_is_lost(
    phone_of: PhoneOf, kafka_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "PAUSE_SECONDS", 6.0)
    phone = phone_of(kafka_site)
    open_lab(phone)
    experiment(phone, "pause")
    outcome(phone, "pause", r"Process \S+ pauses for \d+ s\. .*")
    for key in ("cheers", "hate", "hate"):
        phone.run(f"document.querySelector('[data-tap={key}]').click()")
    outcome(phone, "pause", r"Process \S+ pauses for \d+ s\. .* Lag: 3\.")
    assert kafka_site.totals() == (0, 0)
    exact = "3 records, 3 are clicks, 0 repeats, 0 unreadable: exact"
    outcome(phone, "pause", rf"Lag rose to 3 and is 0\. Of {exact}\.")

    assert kafka_site.totals() == (1, 2)
    eventually(lambda: lags(phone)[-1] == 0, 5, lambda: f"{lags(phone)} does not come back")
    assert max(lags(phone)) == 3
    assert phone.console() == []


def test_without_the_right_nothing_can_be_pressed_and_no_id_is_shown(
    phone_of: PhoneOf, kafka_site: Site
) -> None:
    phone = phone_of(kafka_site)
    open_lab(phone, as_presenter=False)
    client = tap(phone)[0]["Client"]

    pressable = "return document.querySelectorAll('[data-experiment]:not(:disabled)').length"
    assert phone.run(pressable) == 0
    assert phone.run("return document.querySelector('#no-right').hidden") is False
    assert "Only the presenter may experiment" in phone.text("#no-right")
    newest = rows(phone)[0]
    assert newest[4:6] == ["…", "click-id: …\nperson: …"]
    assert client not in phone.text("#records-table")
    phone.run("document.querySelector('[data-experiment=pause]').disabled = false")
    experiment(phone, "pause")
    tap(phone)
    assert kafka_site.totals() == (2, 0)
    assert phone.console() == []


def test_a_file_has_words_of_its_own(phone: Phone, gate: Gate, undecided: set[str]) -> None:
    open_lab(phone)
    facts = tap(phone)
    assert (facts[2]["Row"], facts[2]["Durable by"]) == ("1", "one commit of the file")
    assert "Partition" not in facts[2]
    assert phone.text("#sentence").startswith("Row 1: counted.")
    experiment(phone, "again")
    outcome(phone, "again", "It stands at the old row 1: the total stays.")
    assert rows(phone)[0][-1] == "counted (yours)"
    broken = "return document.querySelectorAll('[data-experiment=broken]:not(:disabled)').length"
    assert phone.run(broken) == 0
    assert "A file has columns for clicks alone" in phone.text(".experiment:nth-child(2) .about")
    assert [cells[0] for cells in state(phone)] == ["the file"]
    for look in looks(phone):
        # The charts follow a new size with the next frame.
        eventually(lambda: phone.run(WIDER) is False, 5, f"wider than the window: {look}")
        assert phone.run(CUT) == [], look
        phone.picture(f"lab fits {look}")
        if look.size in {PHONE, DESK, WALL}:
            axe.serves_everybody(phone, f"lab {look}", undecided)
    assert phone.foreign_requests() == []
    assert phone.console() == []


def test_it_asks_once_a_second_and_nothing_while_it_is_hidden(
    phone: Phone, gate: Gate, site: Site
) -> None:
    open_lab(phone)
    before = site.timeline()["server_time"], gate.count("kafka/lab")
    eventually(lambda: gate.count("kafka/lab") >= before[1] + 3, 10, "it asks no more")
    assert site.timeline()["server_time"] - before[0] > 1.9
    phone.run(HIDE, True)
    eventually(lambda: gate.answered("kafka/lab") == gate.count("kafka/lab"), 5, "no answer")
    hidden = gate.count("kafka/lab")
    until = site.timeline()["server_time"] + 2.5
    eventually(lambda: site.timeline()["server_time"] > until, 10, "its clock stands still")
    assert gate.count("kafka/lab") == hidden
    phone.run(HIDE, False)
    eventually(lambda: gate.count("kafka/lab") > hidden, 2, "it does not wake up")
    assert gate.most_at_once[next(path for path in gate.most_at_once if "kafka/lab" in path)] == 1


def test_the_presenters_bar_leads_to_it(phone: Phone) -> None:
    present(phone)
    phone.run("document.querySelector('#bar a[href=kafka-lab]').click()")
    phone.browser.wait_for_element("#buttons [data-tap]")


def test_what_is_wrong_is_said(phone: Phone, gate: Gate, site: Site) -> None:
    open_lab(phone)
    for trouble, words in (
        (
            Trouble(status=503, body={"message": "Consumer <b>not</b> loaded"}),
            "Consumer <b>not</b>",
        ),
        (Trouble(status=403, body={"message": "The presenter shows it later"}), "shows it later"),
        (Trouble(status=401, body={"message": "code"}), "asks for a code or a login"),
        (Trouble(lose="answer"), "The server does not answer"),
    ):
        gate.trouble["kafka/lab"] = trouble
        phone.browser.wait_for_contains_text("#note", words)
        assert phone.text("#status") == "Reconnecting…"
    gate.clear()
    phone.shows("#status", "Live")
    assert phone.text("#note") == ""
    gate.trouble["kafka/click"] = Trouble(lose="answer")
    phone.run("document.querySelector('[data-tap]').click()")
    eventually(lambda: "nobody knows" in phone.text("#sentence"), 10, lambda: said(phone))
    gate.clear()
    experiment(phone, "again")
    outcome(phone, "again", "It stands at the old row 1: the total stays.")
    assert site.totals() == (1, 0)
    gate.trouble["kafka/lab"] = Trouble(status=200, body=of_another_process(site))
    eventually(lambda: "Several processes" in phone.text("#answers-many"), 5, "not said")


def of_another_process(site: Site) -> dict[str, Any]:
    """Return an answer as another process of the site would give it a little later."""
    timeline = site.timeline()
    kept = ("log", "state", "as_of", "totals", "reactions", "unreadable")
    return {
        **{name: timeline[name] for name in kept},
        "process": "1-ab",
        "server_time": timeline["server_time"] + 3,
        "ends": timeline["as_of"],
        "read": {"records": 0, "bytes": 0},
        "records": [],
        "checkpoint": None,
        "duplicates": 0,
        "pause_left_s": 0,
        "may_change": True,
    }
