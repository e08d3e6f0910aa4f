"""What the site says about repeats, and what it appends only on a condition."""

import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.sqlite.reader import SqliteReader
from dash_app.counting.checkpoint import ReadAgain
from dash_app.settings import Settings
from tests.ports import free_port
from tests.sites import Site, open_site
from tests.waiting import eventually
from tests.web.conftest import MakeSite
from tests.web.slow_body import SlowBody

BATCH = {"client": "phone-1", "seq": 1, "clicks": [{"type": "cheers"}]}


def blind_settings(folder: Path, broker: str) -> Settings:
    """Return the settings of a site that never gets to read its log."""
    if broker == "kafka":
        return Settings(kafka_bootstrap_servers=f"127.0.0.1:{free_port()}")
    (folder / "clicks.sqlite3").write_bytes(b"no database" * 100)
    return Settings(clicks_db=folder / "clicks.sqlite3")


def is_refused(answer: TestResponse, code: int) -> dict[str, Any]:
    """Check that nothing was handed to the broker; return what the answer says besides."""
    fields: dict[str, Any] = answer.get_json()
    assert answer.status_code == code, answer.text
    assert (fields.pop("status"), fields.pop("appended")) == ("error", False)
    return fields


@pytest.mark.parametrize("broker", ["embedded", "kafka"])
def test_before_the_log_is_read_nobody_knows_whether_a_repeat_counts_twice(
    tmp_path: Path, broker: str
) -> None:
    with open_site(blind_settings(tmp_path, broker)) as site:
        answer = site.ask("GET", "/kafka/repeat")
        assert is_refused(answer, 503) == {
            "message": "Not known yet whether a repeat would count twice: connecting"
        }
        assert int(answer.headers["Retry-After"]) >= 1
        assert site.timeline()["repeat_s"] == 0
        for conditional in ({"log": "a"}, {"first_sent_ms": 1}):
            is_refused(site.click(BATCH | conditional), 503)


def test_a_log_that_forgot_nothing_may_be_repeated_to_at_any_time(live_site: Site) -> None:
    answer = live_site.ask("GET", "/kafka/repeat")

    assert answer.get_json() == {"repeat_s": None, "log": live_site.timeline()["log"]}
    assert answer.headers["Cache-Control"] == "no-store"
    assert live_site.click(BATCH | {"first_sent_ms": 10**9}).status_code == 200


def test_clicks_for_another_log_are_not_appended_and_those_for_this_one_are(
    live_site: Site,
) -> None:
    log = live_site.timeline()["log"]

    assert is_refused(live_site.click(BATCH | {"log": "another"}), 409) == {
        "message": f"These clicks are for the log another, and this is {log}",
        "log": log,
    }
    for single_or_batch in (BATCH, {"type": "hate"}):
        assert live_site.click(single_or_batch | {"log": log}).status_code == 200
    live_site.wait_for_totals(1, 1)


@pytest.mark.kafka
@pytest.mark.parametrize("broker_settings", ["kafka"], indirect=True)
def test_what_was_sent_too_long_ago_is_not_appended_again(make_site: MakeSite) -> None:
    site = make_site(dedup_offsets=2)
    site.wait_for_state("live")
    clicks = [{"type": "cheers"}] * 5
    site.click({"clicks": clicks})
    site.wait_for_totals(5)

    refusal = site.click(BATCH | {"first_sent_ms": 60_000})

    assert is_refused(refusal, 409) == {
        "message": "Sent for the first time more than 0 s ago: might count twice",
        "repeat_s": 0,
    }
    # A body that takes its time makes the repeat older.
    body = json.dumps(BATCH | {"first_sent_ms": 0}).encode()
    late = site.ask(
        "POST",
        "/kafka/click",
        input_stream=SlowBody(body, seconds=2.5),
        content_length=len(body),
        content_type="application/json",
    )
    assert is_refused(late, 409)["repeat_s"] < 2.5
    # The memory has grown older meanwhile.
    assert site.click(BATCH | {"first_sent_ms": 0}).status_code == 200
    site.wait_for_totals(6)


@pytest.mark.parametrize("broker_settings", ["embedded"], indirect=True)
def test_clicks_for_a_log_that_cannot_be_read_now_are_taken(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = make_site()
    before.wait_for_state("live")
    log = before.timeline()["log"]

    def starts(_: SqliteReader, __: ReadAgain) -> Any:
        raise BrokerUnavailable("partition 1 has no leader")

    monkeypatch.setattr(SqliteReader, "starts", starts)
    site = make_site()
    eventually(lambda: site.click(BATCH | {"log": log}).status_code == 200, 5, "refused")
    assert is_refused(site.click(BATCH | {"log": "another"}), 409)["log"] == log
    is_refused(site.click(BATCH | {"log": log, "first_sent_ms": 1}), 503)
    assert site.timeline()["state"] == "connecting"


@pytest.mark.parametrize("field", [{"log": ""}, {"log": 7}, {"first_sent_ms": -1}])
def test_a_condition_that_is_none_is_refused(live_site: Site, field: dict[str, object]) -> None:
    answer = live_site.click(BATCH | field)

    assert answer.status_code == 400
    assert next(iter(field)) in answer.get_json()["message"]
