"""The routes of the laboratory: what they show of each record, to whom, and the experiments."""

import os
import re
import time
from typing import Any

import pytest

from dash_app.consumer import lab
from dash_app.web.lab import BROKEN
from tests.sites import Site
from tests.waiting import eventually
from tests.web.conftest import MakeSite
from tests.web.talks.talking import CODE, RIGHT, change, started


@pytest.fixture
def lab_site(make_site: MakeSite) -> Site:
    site = make_site(presenter_code=CODE)
    site.wait_for_state("live")
    look(site)
    return site


def headers_of(record: dict[str, Any]) -> dict[str, str]:
    return {header["name"]: header["value"] for header in record["headers"]}


def look(site: Site, *, as_presenter: bool = False) -> dict[str, Any]:
    client = site.server.test_client(use_cookies=as_presenter)
    if as_presenter:
        client.get(f"{site.prefix}/kafka-dashboard?presenter={CODE}")
    answer = client.get(f"{site.prefix}/kafka/lab")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    fields: dict[str, Any] = answer.get_json()
    return fields


def until_shown(site: Site, offset: int) -> dict[str, Any]:
    """Return the record at the offset once it is shown."""

    def shown() -> dict[str, Any]:
        records = look(site, as_presenter=True)["records"]
        return next((one for one in records if one["offset"] == offset), {})

    return eventually(shown, 10, lambda: f"no record {offset} in {look(site)}")


TAP = {"client": "phone-1", "seq": 7, "clicks": [{"type": "hate", "age_ms": 1000}], "trace": True}


def test_a_tap_is_shown_with_its_fate(lab_site: Site) -> None:
    sent = lab_site.click(TAP).get_json()
    (place,) = sent["placed"]
    record = until_shown(lab_site, place["offset"])

    assert record["partition"] == 0
    assert record["decision"] == "counted"
    assert (record["type"], record["total"]) == ("hate", 1)
    assert record["value"].startswith('{"type":"fuck","timestamp":')
    assert record["drawn_at"] == record["timestamp"]
    # One clock dates all: the tap, its receipt, and the counting.
    assert record["timestamp"] == pytest.approx(sent["received_at"] - 1, abs=0.001)
    assert sent["received_at"] <= record["polled_at"] <= record["counted_at"]
    shown = look(lab_site)
    assert shown["as_of"] == {"0": place["offset"] + 1}
    assert shown["read"]["records"] == 1
    assert shown["read"]["bytes"] == record["bytes"] > len(record["value"])


def test_only_a_presenter_sees_whose_click_it_is(
    lab_site: Site, broker_settings: dict[str, Any]
) -> None:
    (place,) = lab_site.click(TAP).get_json()["placed"]
    named = until_shown(lab_site, place["offset"])
    answer = lab_site.ask("GET", "/kafka/lab")

    (unnamed,) = answer.get_json()["records"]
    assert not answer.get_json()["may_change"]
    assert "phone-1" not in answer.text
    assert set(headers_of(unnamed).values()) == {"…"}
    assert headers_of(unnamed).keys() == headers_of(named).keys()
    # What this site writes tells of nobody, so everybody may learn from it.
    assert unnamed["value"] == named["value"]
    person = headers_of(named)["person"]
    assert person not in answer.text
    if "kafka_topic" in broker_settings:
        assert named["key"] == "phone-1"
        assert headers_of(named)["click-id"] == "phone-1:7:0"
        assert unnamed["key"] == "…"


def test_a_process_is_named_as_no_other_one(make_site: MakeSite) -> None:
    one, other = (look(make_site())["process"] for _ in range(2))

    assert one != other
    assert one.split("-")[0] == other.split("-")[0] == str(os.getpid())


@pytest.mark.parametrize("path", ["pause", "broken"])
def test_only_a_presenter_experiments(lab_site: Site, path: str) -> None:
    refused = lab_site.ask("POST", f"/kafka/lab/{path}", json={"kind": "empty"})

    assert refused.status_code == 403
    assert look(lab_site)["pause_left_s"] == 0


def test_a_checkpoint_is_told_with_its_time_and_a_file_has_none(
    make_site: MakeSite, broker_settings: dict[str, Any]
) -> None:
    site = make_site(presenter_code=CODE, checkpoint_seconds=0.1)
    site.wait_for_state("live")
    began = time.time()
    site.click({"type": "cheers"})
    site.wait_for_totals(1, 0)
    if "kafka_topic" not in broker_settings:
        assert look(site)["checkpoint"] is None
        return
    written = eventually(
        lambda: (look(site)["checkpoint"] or {}).get("offsets") == {"0": 1} and look(site),
        10,
        lambda: f"no checkpoint in {look(site)}",
    )
    assert written
    assert began <= written["checkpoint"]["at"] <= time.time()


def test_a_pause_ends_by_itself_and_no_click_is_lost(
    lab_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "PAUSE_SECONDS", 1.0)
    answer = lab_site.ask("POST", "/kafka/lab/pause", headers=RIGHT, json={})
    assert answer.status_code == 200, answer.text
    assert 0 < answer.get_json()["pause_left_s"] <= 1
    assert lab_site.click({"type": "cheers"}).status_code == 200
    paused = look(lab_site)

    lab_site.wait_for_totals(1, 0)
    shown = look(lab_site)
    assert (paused["pause_left_s"] > 0, shown["pause_left_s"]) == (True, 0)
    assert paused["as_of"]["0"] + 1 == shown["as_of"]["0"]


def test_readiness_says_that_it_is_behind_by_a_pause(
    lab_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "PAUSE_SECONDS", 4.0)
    lab_site.ask("POST", "/kafka/lab/pause", headers=RIGHT, json={})
    assert lab_site.ask("GET", "/readyz").status_code == 200
    lab_site.click({"type": "cheers"})
    lab_site.wait_for_state("catching up")
    behind = lab_site.ask("GET", "/readyz")

    assert behind.status_code == 503
    (broker, consumer) = behind.get_json()["conditions"]
    assert broker["ok"]
    assert re.fullmatch(
        r"catching up: a presenter paused the counting; it goes on in \d s", consumer["reason"]
    )
    lab_site.wait_for_state("live")
    assert lab_site.ask("GET", "/readyz").status_code == 200


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "kind is missing"),
        ({"kind": "rude"}, "kind is 'rude': Input should be 'empty', 'not-json'"),
        ({"kind": "empty", "times": 9}, "There is no field 'times' here"),
    ],
)
def test_a_kind_that_does_not_exist_is_named(
    lab_site: Site, body: dict[str, Any], named: str
) -> None:
    answer = lab_site.ask("POST", "/kafka/lab/broken", headers=RIGHT, json=body)

    assert answer.status_code == 400
    assert answer.get_json()["message"].startswith(named)


def test_a_broken_record_is_passed_over_with_its_reason(
    lab_site: Site, broker_settings: dict[str, Any]
) -> None:
    kinds = [*BROKEN] if "kafka_topic" in broker_settings else []
    reasons = []
    for kind in kinds:
        sent = lab_site.ask("POST", "/kafka/lab/broken", headers=RIGHT, json={"kind": kind})
        assert sent.status_code == 200, sent.text
        record = until_shown(lab_site, sent.get_json()["placed"][0]["offset"])
        assert record["decision"] == "unreadable"
        reasons.append(record["reason"])
    if not kinds:
        refused = lab_site.ask("POST", "/kafka/lab/broken", headers=RIGHT, json={"kind": "empty"})
        assert refused.status_code == 409
        assert "A file has columns for clicks alone" in refused.get_json()["message"]

    assert look(lab_site)["unreadable"] == dict.fromkeys(reasons, 1)
    assert len({*reasons}) == len(kinds)
    # Nothing stops: the next click counts.
    lab_site.click({"type": "cheers"})
    lab_site.wait_for_totals(1, 0)


def test_what_a_talk_hides_is_not_shown_record_by_record(lab_site: Site) -> None:
    talk = started(lab_site)
    change(lab_site, talk["id"], results="hidden")
    hidden = lab_site.ask("GET", "/kafka/lab")
    change(lab_site, talk["id"], results="shown")

    assert hidden.status_code == 403
    assert hidden.get_json()["message"] == "The presenter shows the results later"
    assert look(lab_site)["records"] == []
