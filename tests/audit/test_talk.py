"""`audit --talk`: the clicks of a talk, counted a second time by the audit's own code."""

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from dash_app.__main__ import main
from dash_app.settings import Settings
from tests.audit.forged import Reply, forged_site
from tests.audit.test_sqlite_audit import log_of, served_by_three
from tests.served import Answer
from tests.sites import open_live_site
from tests.waiting import eventually
from tests.web.talks.talking import started

CODE = "presenting-is-fun"
NOWHERE = "http://127.0.0.1:1/live"


def audit(path: Path, *arguments: str) -> Answer:
    done = CliRunner().invoke(main, ["audit", *arguments], env={"CLICKS_DB": str(path)})
    return Answer(done.exit_code, done.output)


def reported(path: Path, talk: str) -> object:
    """Return the totals of a talk's report, which the site's counting code makes."""
    file = path.with_name("report.json")
    arguments = ["report", "--talk", talk, "-o", str(file)]
    done = CliRunner().invoke(main, arguments, env={"CLICKS_DB": str(path)})
    assert done.exit_code == 0, done.output
    return json.loads(file.read_text())["totals"]


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A file without a click."""
    path = tmp_path / "clicks.sqlite3"
    with open_live_site(Settings(clicks_db=path)):
        return path


@pytest.mark.slow
def test_a_talk_in_all_processes_is_what_the_log_has_in_its_seconds(tmp_path: Path) -> None:
    path = tmp_path / "here" / "clicks.sqlite3"
    path.parent.mkdir()
    start = int(time.time()) - 60
    ages = [70_000, 59_000, 40_000, 30_500, 10_000]
    clicks = [{"type": "cheers", "age_ms": age} for age in ages]
    with served_by_three(path, PRESENTER_CODE=CODE) as (served, url):
        body = {"title": "A talk", "started_at": start, "ended_at": start + 30, "id": "talk0001"}
        answer = served.ask("POST", "/kafka/talks", json.dumps(body).encode(), code=CODE)
        assert answer.status == 201, answer.text
        served.click({"client": "phone-1", "seq": 1, "clicks": clicks})
        served.click({"client": "phone-1", "seq": 1, "clicks": clicks})
        served.wait_for_totals(5, 0)
        eventually(lambda: audit(path, "--talk", "talk0001", url).status == 0, 5, "it differs")
        done = audit(path, "--talk", "talk0001", url)
        missing = audit(path, "--talk", "talk0002", url)
        assert reported(path, "talk0001") == {"cheers": 2, "hate": 0}
        assert served.end() == 0

    assert done.status == 0, done.text
    assert "talk talk0001: of the clicks only those that are drawn from " in done.text
    assert f"equal: {url}: cheers 2, hate 0 as of 0:6" in done.text, done.text
    assert missing.status == 2
    assert "is there such a talk?" in missing.text


def reply(path: Path, **changes: object) -> Reply:
    fields = {
        "log": log_of(path),
        "as_of": {"0": 0},
        "totals": {"ok": 0},
        "reactions": [{"key": "ok", "label": "Okay"}],
        "started_at": 100,
        "ended_at": None,
    }
    return Reply(200, json.dumps(fields | changes).encode())


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({}, 0, "drawn from 1970-01-01 00:01:40Z on"),
        ({"totals": {"ok": 1}}, 1, "DIFFERENT: "),
        ({"totals": {"all": 1}}, 2, "hides its results"),
        ({"totals": None}, 2, "its totals are null"),
        ({"started_at": "1"}, 2, "something else than counts"),
    ],
)
def test_what_a_site_says_of_a_talk_is_equal_different_or_unreadable(
    empty: Path,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, object],
    status: int,
    sentence: str,
) -> None:
    monkeypatch.setattr("dash_app.audit.site_totals.CONNECT_SECONDS", 0.1)
    with forged_site(reply(empty, **changes)) as site:
        done = audit(empty, "--talk", "talk0001", site.url)
        assert site.paths == {"/live/kafka/talks/talk0001"}
    assert (done.status, sentence in done.text) == (status, True), done.text


def test_processes_that_show_different_times_are_not_compared(empty: Path) -> None:
    with forged_site(reply(empty), reply(empty, started_at=101)) as site:
        done = audit(empty, "--talk", "talk0001", site.url)
    assert (done.status, "not all processes show the same times" in done.text) == (2, True)


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """A file with three taps: before a talk, in it, and after it."""
    path, start = tmp_path / "clicks.sqlite3", int(time.time()) - 60
    with open_live_site(
        Settings.model_validate({"clicks_db": path, "presenter_code": CODE})
    ) as site:
        started(site, id="talk0001", title="A talk", started_at=start, ended_at=start + 30)
        clicks = [{"type": "ok", "age_ms": age} for age in (70_000, 45_000, 10_000)]
        for _ in range(2):
            batch = {"client": "phone-1", "seq": 1, "clicks": clicks}
            assert site.click(batch).status_code == 200
    return path


def test_without_a_site_the_talks_beside_the_log_say_when_it_was(held: Path) -> None:
    done = audit(held, "--talk", "talk0001")

    (row,) = (line.split() for line in done.text.splitlines() if line.split()[:1] == ["all"])
    assert done.status == 0, done.text
    assert "talk talk0001: of the clicks only those that are drawn from " in done.text
    assert sum(map(int, row[2:-3])) == 1


def test_an_id_that_there_is_not_is_answered_with_those_that_there_are(held: Path) -> None:
    done = audit(held, "--talk", "talk0002")

    assert done.status == 2
    assert "there is no talk talk0002; there are:\n  talk0001  " in done.text


def test_a_talk_of_which_a_site_knows_no_clicks_is_counted_all_the_same(
    held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dash_app.audit.site_totals.CONNECT_SECONDS", 0.1)
    with forged_site(reply(held, totals=None, started_at=0)) as site:
        done = audit(held, "--talk", "talk0001", site.url)

    (row,) = (line.split() for line in done.text.splitlines() if line.split()[:1] == ["all"])
    assert done.status == 2, done.text
    assert sum(map(int, row[2:-3])) == 3
    assert f"not compared: {site.url} does not know the clicks of this talk" in done.text


@pytest.mark.parametrize("arguments", [["--talk", "../x"], ["--talk", "../x", NOWHERE]])
def test_a_talk_is_named_by_its_id(empty: Path, arguments: list[str]) -> None:
    done = audit(empty, *arguments)
    assert done.status == 2
    assert "--talk '../x' is no id of a talk" in done.text
