"""An outage: clicks are refused at once, the state is shown, and both recover soon."""

import time
from collections.abc import Callable
from functools import partial

from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.conftest import MakeSite
from tests.sites import Site, open_site
from tests.waiting import eventually

BACK_SECONDS = 20
BATCH = {"client": "phone-1", "seq": 1, "clicks": [{"type": "cheers"}] * 3}

OTHER = {"client": "phone-2", "seq": 1, "clicks": [{"type": "hate"}]}


def is_accepted(site: Site, body: object) -> bool:
    answer = site.click(body)
    assert answer.status_code in {200, 503}, answer.text
    return answer.status_code == 200


def has_counted(site: Site, perhaps: int) -> bool:
    assert site.totals() in {(3, 1), (3, 1 + perhaps)}
    return True


def test_a_stopped_broker_is_shown_within_seconds_and_its_return_too(
    kafka: Broker, make_site: MakeSite, kafka_settings: Callable[..., Settings]
) -> None:
    site = make_site(answer_limit_ms=1000)
    site.click(BATCH)
    site.wait_for_totals(3)
    kafka.stop()
    site.wait_for_state("reconnecting", 6)
    began = time.monotonic()
    first = site.click({"type": "hate"})
    assert time.monotonic() - began < 2
    assert first.status_code == 503
    assert int(first.headers["Retry-After"]) >= 1

    began = time.monotonic()
    answers = [site.click({"type": "hate"}) for _ in range(5)]
    assert time.monotonic() - began < 2
    for answer in answers:
        assert answer.status_code == 503
        assert answer.get_json()["message"] == "Failed to send to Kafka"
        assert answer.get_json()["appended"] is False
    assert site.totals() == (3, 0)

    with open_site(kafka_settings(answer_limit_ms=1000)) as later:
        assert later.timeline()["state"] == "connecting"
        assert later.click({"type": "hate"}).get_json()["appended"] is False
        kafka.start()
        for each in (site, later):
            each.wait_for_state("live", BACK_SECONDS)
            eventually(partial(is_accepted, each, OTHER), BACK_SECONDS, "still refused")
            is_accepted(each, BATCH)
        answered_unknown = int("appended" not in first.get_json())
        for each in (site, later):
            eventually(partial(has_counted, each, answered_unknown), 5, "the counts are wrong")


def test_a_frozen_broker_does_not_hang_a_click_and_the_repeat_counts_once(
    kafka: Broker, make_site: MakeSite
) -> None:
    site = make_site(answer_limit_ms=1000)
    site.click({"type": "hate"})
    site.wait_for_totals(0, 1)
    kafka.pause()
    began = time.monotonic()
    answer = site.click(BATCH)
    assert time.monotonic() - began < 2
    assert answer.status_code == 503
    assert "appended" not in answer.get_json()
    site.wait_for_state("reconnecting", 6)
    kafka.resume()
    eventually(lambda: is_accepted(site, BATCH), BACK_SECONDS, "still refused")

    site.wait_for_totals(3, 1, seconds=BACK_SECONDS)
    site.wait_for_state("live", BACK_SECONDS)
