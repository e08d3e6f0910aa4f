"""Talks in a compacted topic: every process follows them, and trouble of the broker loses none."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from dash_app.brokers.selection import read_talks
from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.conftest import MakeSite
from tests.brokers.kafka.records import settings_of
from tests.sites import Site, open_site
from tests.waiting import eventually
from tests.web.talks.talking import (
    BUTTONS,
    CODE,
    SHOWN_SECONDS,
    change,
    current,
    started,
    talk,
    talks,
    wait_for_talk_totals,
)

BUSY_SECONDS = 2 * SHOWN_SECONDS
"""The promise is SHOWN_SECONDS; the second one is for a busy machine."""


def write(broker: Broker, topic: str, *records: tuple[bytes | None, bytes | None]) -> None:
    """Write keys and values as a foreign program does."""
    with KafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        for key, value in records:
            producer.send(topic, value, key=key).get(10)


def test_every_process_shows_a_talk_and_a_restart_counts_it_exactly(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    one, other = make_site(presenter_code=CODE), make_site(presenter_code=CODE)
    talk_id = started(one, started_at=int(time.time()) - 2 * 3600)["id"]
    eventually(
        lambda: (current(other) or {}).get("id") == talk_id, BUSY_SECONDS, "the other knows no talk"
    )
    for site, kind in ((one, "ok"), (other, "ok"), (other, "fast")):
        assert site.click({"type": kind}).status_code == 200
    # Both began to read for the last hour only, and the talk is older.
    one.wait_for_state("live")
    assert one.timeline()["talk"]["totals"] is None

    restarted = make_site(presenter_code=CODE)
    assert restarted.timeline()["talk"]["totals"] == {"fast": 1, "ok": 2}
    change(restarted, talk_id, started_at=int(time.time()) - 60)
    for site in (one, other, restarted):
        wait_for_talk_totals(site, {"fast": 1, "ok": 2})
    settings = settings_of(kafka, f"{topic}-talks")
    assert (settings["cleanup.policy"], settings["retention.ms"]) == ("compact", "-1")


def test_talks_are_read_without_a_site_and_no_topic_is_created(
    kafka: Broker, topic: str, make_site: MakeSite, kafka_settings: Callable[..., Settings]
) -> None:
    settings = kafka_settings()
    assert read_talks(settings, time.time()).newest_first == ()
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        assert f"{topic}-talks" not in admin.list_topics()

    site = make_site(presenter_code=CODE)
    talk_id = started(site)["id"]
    change(site, talk_id, title="Renamed")
    write(kafka, f"{topic}-talks", (b"\xff", b"{"))
    (only,) = read_talks(settings, time.time()).newest_first
    assert (only.id, only.title) == (talk_id, "Renamed")


def test_two_presenters_at_once_lose_nothing(make_site: MakeSite) -> None:
    sites = [make_site(presenter_code=CODE) for _ in range(2)]
    body = {"id": "aaaaaaaa", "title": "Kafka", "reactions": BUTTONS}
    with ThreadPoolExecutor(8) as pool:
        doubled = [pool.submit(talk, site, "POST", "", body) for site in sites for _ in range(2)]
        assert {one.result().status_code for one in doubled} <= {200, 201}
        eventually(lambda: all(map(current, sites)), BUSY_SECONDS, "no talk runs")
        changes = [
            pool.submit(change, sites[0], "aaaaaaaa", title="Renamed"),
            pool.submit(change, sites[1], "aaaaaaaa", taps="closed"),
        ]
        marks = [
            pool.submit(talk, sites[n % 2], "POST", "/aaaaaaaa/marks", {"label": str(n)})
            for n in range(20)
        ]
        assert [one.result().status_code for one in marks] == [201] * 20
        for one in changes:
            one.result()

    def seen(site: Site) -> Any:
        (only,) = talks(site)
        return only["title"], only["taps"], {mark["label"] for mark in only["marks"]}

    everything = ("Renamed", "closed", {str(n) for n in range(20)})
    eventually(lambda: all(seen(site) == everything for site in sites), BUSY_SECONDS, "unequal")
    assert talks(sites[0]) == talks(sites[1])


def test_whatever_is_in_the_topic_stops_nothing(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    site = make_site(presenter_code=CODE)
    talk_id = started(site)["id"]
    large = json.dumps({"title": "x", "reactions": BUTTONS, "started_at": 1}).encode()
    hostile = [
        (b"\xff\x00", b"\xfe"),
        (b"talk:bbbbbbbb", b"{"),
        (b"talk:cccccccc", large + b" " * 70_000),
        (f"talk:{talk_id}:title".encode(), b"[]"),
        (b"mark:x", None),
        (b"k" * 500, b""),
    ]
    write(kafka, f"{topic}-talks", *hostile * 20)

    mark = talk(site, "POST", f"/{talk_id}/marks", {"label": "still here"})
    assert mark.status_code == 201
    for each in (site, make_site(presenter_code=CODE)):
        (only,) = talks(each)
        assert (only["title"], [one["label"] for one in only["marks"]]) == (
            "Kafka in an hour",
            ["still here"],
        )


@pytest.mark.slow
def test_an_end_that_is_pressed_while_the_broker_is_away_is_refused_and_works_later(
    kafka: Broker, make_site: MakeSite
) -> None:
    site = make_site(presenter_code=CODE)
    talk_id = started(site)["id"]
    talk(site, "POST", f"/{talk_id}/marks", {"label": "before"})
    kafka.kill()
    began = time.monotonic()
    answer = talk(site, "PATCH", f"/{talk_id}", {"ended_at": "now"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert "Talks cannot be changed now" in answer.get_json()["message"]
    assert time.monotonic() - began < 7

    # Talks stay visible, and once the outage is known a change is refused at once.
    eventually(lambda: problem(site), 15, "the outage is not known")
    began = time.monotonic()
    assert talk(site, "PATCH", f"/{talk_id}", {"ended_at": "now"}).status_code == 503
    assert time.monotonic() - began < 1
    assert current(site)["id"] == talk_id
    kafka.start()
    eventually(lambda: not problem(site), 30, lambda: f"{problem(site)}")
    assert change(site, talk_id, ended_at="now")["ended_at"] >= 1
    assert [mark["label"] for mark in talks(site)[0]["marks"]] == ["before"]


def problem(site: Site) -> Any:
    return site.ask("GET", "/kafka/talks").get_json()["problem"]


def test_talks_end_with_their_topic_and_clicks_stay(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    site = make_site(presenter_code=CODE)
    started(site)
    assert site.click({"type": "ok"}).status_code == 200
    kafka.delete_topic(f"{topic}-talks")

    eventually(lambda: talks(site) == [], 20, lambda: f"{talks(site)}")
    eventually(lambda: not problem(site), 20, lambda: f"{problem(site)}")
    started(site)
    eventually(lambda: site.timeline()["totals"] == {"fast": 0, "ok": 1}, 5, "other totals")


def test_a_topic_that_cannot_be_made_stops_no_click(
    kafka: Broker, kafka_settings: Callable[..., Settings]
) -> None:
    name = f"clicks-{time.time_ns()}".ljust(249, "x")
    with open_site(kafka_settings(kafka_topic=name, presenter_code=CODE)) as site:
        site.wait_for_state("live", 30)
        assert site.click({"type": "cheers"}).status_code == 200
        assert f"{name}-talks" in problem(site)
        answer = talk(site, "POST", "", {"title": "x"})
        assert (answer.status_code, talks(site), current(site)) == (503, [], None)
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        assert f"{name}-talks" not in admin.list_topics()
