"""Ranges that nobody can count get a sentence, and hidden results and other people's right hold."""

import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dash_app.settings import Settings
from tests.sites import Site, open_live_site, open_site
from tests.waiting import eventually
from tests.web.archive.filled import fill
from tests.web.archive.streams import SECOND, archive, ask, held, lines, report
from tests.web.talks.talking import CODE, change, started, talk

RANGE: dict[str, Any] = {"from_": SECOND, "to": SECOND + 60}


BAD_RANGES: list[tuple[dict[str, Any], str]] = [
    ({}, "both are needed"),
    ({"from_": SECOND}, "both are needed"),
    ({"to": SECOND}, "both are needed"),
    ({"from_": SECOND, "to": SECOND}, "is not before"),
    ({"from_": SECOND + 1, "to": SECOND}, "is not before"),
    ({"from_": SECOND, "to": SECOND + 86_401}, "longer than 24 h"),
    ({"from_": 0, "to": SECOND}, "longer than 24 h"),
    ({"from_": 4_000_000_000, "to": 4_000_000_060}, "in the future"),
    ({"from_": "now", "to": SECOND}, "from is 'now': it is a time"),
    ({"from_": f"{SECOND}.5", "to": SECOND + 9}, "it is a time"),
    ({"from_": -1, "to": SECOND}, "from is '-1': it is a time"),
    ({"from_": "٣", "to": SECOND}, "it is a time"),
    ({"from_": "9" * 400, "to": SECOND}, "it is a time"),
    ({"from_": 1000 * SECOND, "to": SECOND}, "it is a time"),
    ({**RANGE, "format": "pdf"}, "format is 'pdf': it is one of"),
    ({**RANGE, "until": 5}, "'until' is no parameter here"),
]

BAD_QUESTIONS: list[tuple[dict[str, Any], int, str]] = [
    ({"talk": "nobodys1"}, 404, "There is no such talk"),
    ({"talk": "../../etc"}, 404, "There is no such talk"),
    ({"talk": "nobodys1", **RANGE}, 400, "and not for both"),
    ({**RANGE, "bin": 0}, 400, "bin is '0': it is a number of seconds from 1 to 3600"),
    ({**RANGE, "bin": 3601}, 400, "bin is '3601'"),
    ({**RANGE, "zone": "UTC"}, 400, "'zone' is no parameter here"),
    ({**RANGE, "format": "csv", "zone": "Mars/Base"}, 400, "'Mars/Base'"),
    ({**RANGE, "format": "csv", "zone": "../../etc/passwd"}, 400, "there is no time zone"),
    ({**RANGE, "format": "csv", "lang": "fr"}, 400, "lang is 'fr': it is one of en, es"),
]


@pytest.mark.parametrize("path", ["/kafka/archive", "/kafka/records"])
def test_a_bad_range_is_named(site: Site, path: str) -> None:
    for query, sentence in BAD_RANGES:
        answer = ask(site, path, **query)
        assert answer.status_code == 400, (query, answer.text)
        assert sentence in answer.get_json()["message"], query
        assert len(answer.get_json()["message"]) < 300


def test_a_bad_question_about_a_report_is_named(site: Site) -> None:
    for query, status, sentence in BAD_QUESTIONS:
        answer = archive(site, **query)
        assert answer.status_code == status, (query, answer.text)
        assert sentence in answer.get_json()["message"], query


def test_a_parameter_that_is_given_twice_is_named(site: Site) -> None:
    answer = site.ask("GET", "/kafka/archive?talk=a&talk=b")

    assert (answer.status_code, answer.get_json()["message"]) == (400, "talk is given 2 times")


def test_before_the_log_there_are_no_clicks_and_nothing_is_missing(site: Site) -> None:
    assert site.click({"type": "cheers"}).status_code == 200
    fields = report(site, **RANGE)

    assert (fields["clicks"], fields["records"], fields["whole"]) == (0, 0, True)


def test_the_end_of_a_range_that_goes_on_is_now(site: Site) -> None:
    now = int(time.time())
    fields = report(site, from_=now - 60, to=now + 3600)

    assert now <= fields["to"] <= now + 5
    # So it is not over and is counted each time.
    assert len(lines(archive(site, from_=now - 60, to=now + 3600))) > 1


@pytest.mark.parametrize("path", ["/kafka/archive", "/kafka/records"])
def test_more_records_than_the_setting_allows_are_named_with_the_limit(
    tmp_path: Path, path: str
) -> None:
    settings = Settings(
        clicks_db=tmp_path / "clicks.sqlite3",
        presenter_code=SecretStr(CODE),
        archive_records=1000,
    )
    with open_live_site(settings) as site:
        fill(settings.clicks_db, 1001, SECOND)
        answer = ask(site, path, **RANGE)
        assert answer.status_code == 400
        for part in ("1,001 records", "ARCHIVE_RECORDS", "1,000"):
            assert part in answer.get_json()["message"]
        # The job that was refused has ended.
        assert ask(site, path, from_=SECOND + 9000, to=SECOND + 9060).status_code == 200


def test_a_range_and_a_running_talk_are_the_presenters(site: Site) -> None:
    talk_id = started(site)["id"]
    for path in ("/kafka/archive", "/kafka/records"):
        answer = ask(site, path, right=False, **RANGE)
        assert (answer.status_code, answer.get_json()["message"]) == (
            403,
            "Only the presenter may do this",
        )
    assert archive(site, right=False, talk=talk_id).status_code == 403
    change(site, talk_id, ended_at="now")
    # It ends with the second that is under way.
    eventually(lambda: archive(site, right=False, talk=talk_id).status_code == 200, 2, "it runs on")
    assert archive(site, right=False, talk=talk_id, format="csv").status_code == 200


def test_a_talk_that_is_over_asks_for_the_code_of_the_dashboard(tmp_path: Path) -> None:
    settings = Settings(
        clicks_db=tmp_path / "clicks.sqlite3",
        presenter_code=SecretStr(CODE),
        dashboard_code=SecretStr("for-the-dashboard"),
    )
    with open_site(settings) as site:
        eventually(lambda: site.ask("GET", "/readyz").status_code == 200, 15, "it is not ready")
        past = {"started_at": SECOND, "ended_at": SECOND + 60}
        answer = talk(site, "POST", "", {"title": "Kafka", "id": "kafka001", **past})
        assert answer.status_code == 201
        assert archive(site, right=False, talk="kafka001").status_code == 401
        assert archive(site, right=False, talk="nobodys1").status_code == 401
        viewer = {"Authorization": "Bearer for-the-dashboard"}
        query = {"talk": "kafka001"}
        answer = site.ask("GET", "/kafka/archive", query_string=query, headers=viewer)
        assert "report" in lines(answer)[-1]
        # The presenter's code alone opens what is the presenter's, as it does where talks change.
        assert archive(site, **RANGE).status_code == 200


def test_hidden_results_stay_hidden_in_reports_and_records_for_everybody(site: Site) -> None:
    past = {"started_at": SECOND, "ended_at": SECOND + 60}
    answer = talk(site, "POST", "", {"title": "Kafka", "id": "kafka001", **past})
    assert answer.status_code == 201
    assert archive(site, talk="kafka001").status_code == 200
    assert archive(site, **RANGE).status_code == 200
    change(site, "kafka001", results="hidden")

    def is_hidden(path: str, **query: Any) -> bool:
        answer = ask(site, path, **query)
        if answer.status_code == 200:
            return False
        message = answer.get_json()["message"]
        assert (answer.status_code, message) == (403, "The presenter shows the results later")
        return True

    assert is_hidden("/kafka/archive", talk="kafka001")
    # Neither does what was counted before tell them.
    assert is_hidden("/kafka/archive", talk="kafka001", format="json")
    assert is_hidden("/kafka/archive", **RANGE, format="csv")
    for path in ("/kafka/archive", "/kafka/records"):
        assert is_hidden(path, from_=SECOND - 9, to=SECOND + 1)
        assert is_hidden(path, from_=SECOND + 59, to=SECOND + 99)
        assert not is_hidden(path, from_=SECOND - 9, to=SECOND)
    assert not is_hidden("/kafka/archive", from_=SECOND + 60, to=SECOND + 99)
    # A tap of the talk may have been written up to an hour after it.
    assert is_hidden("/kafka/records", from_=SECOND + 3659, to=SECOND + 3700)
    assert not is_hidden("/kafka/records", from_=SECOND + 3660, to=SECOND + 3700)
    change(site, "kafka001", results="shown")
    assert not is_hidden("/kafka/archive", talk="kafka001")


@pytest.mark.parametrize("path", ["/kafka/archive", "/kafka/records"])
def test_results_that_are_hidden_while_they_are_read_stay_hidden(
    site: Site, totals: dict[str, int], path: str
) -> None:
    with held(site, path, **RANGE) as chunks:
        next(chunks)
        past = {"started_at": SECOND, "ended_at": SECOND + 60}
        answer = talk(site, "POST", "", {"title": "Kafka", "id": "kafka001", **past})
        assert answer.status_code == 201
        change(site, "kafka001", results="hidden")
        rest = b"".join(chunks)
    assert b"The presenter shows the results later" in rest.splitlines()[-1]
    assert b"hate" not in rest
