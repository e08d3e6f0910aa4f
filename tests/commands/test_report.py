"""`report`: the same numbers as on the dashboard, on the terminal and in files, without a site."""

import contextlib
import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from dash_app.__main__ import main
from dash_app.settings import Settings
from tests.ports import free_port
from tests.programs import clean_environment
from tests.served import Answer, run_command
from tests.sites import Site, open_live_site
from tests.waiting import eventually
from tests.web.talks.talking import CODE, change, started, talk

LENGTH = 600


class Held(NamedTuple):
    """A file of clicks in which two talks were held, and when the older one was."""

    path: Path
    since: int


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Taps before, in and after a talk of ten minutes with a mark in its middle; repeats, too."""
    path = tmp_path_factory.mktemp("held") / "clicks.sqlite3"
    since = int(time.time()) - 1800
    with open_live_site(settings_of(path)) as site:
        started(site, id="talk0001", title="Kafka in ten minutes", **ends(since))
        talk(site, "POST", "/talk0001/marks", {"label": "Demo", "at": since + LENGTH // 2})
        for seconds, clicks in ((-1, 1), (0, 2), (LENGTH // 2, 3), (LENGTH - 1, 4), (LENGTH, 5)):
            tap(site, since + seconds, clicks)
        started(site, id="talk0002", title="Still running", started_at=since + 2 * LENGTH)
        tap(site, int(time.time()) - 2, 6)
        eventually(lambda: site.timeline()["totals"]["ok"] == 21, 5, "not all are counted")
    return Held(path, since)


def settings_of(path: Path) -> Settings:
    return Settings.model_validate({"clicks_db": path, "presenter_code": CODE})


def ends(since: int) -> dict[str, int]:
    return {"started_at": since, "ended_at": since + LENGTH}


def tap(site: Site, at: int, clicks: int) -> None:
    """Tap in an epoch second, and send the same batch twice."""
    # Whatever the request takes makes the tap seem later.
    age_ms = 1000 * (time.time() - at - 0.1)
    batch = {"client": "phone-1", "seq": at, "clicks": [{"type": "ok", "age_ms": age_ms}] * clicks}
    for _ in range(2):
        assert site.click(batch).status_code == 200


def report(held: Held, *arguments: object) -> Answer:
    env = {"CLICKS_DB": str(held.path)}
    done = CliRunner().invoke(main, ["report", *map(str, arguments)], env=env)
    return Answer(done.exit_code, done.output)


def as_json(held: Held, tmp_path: Path, *arguments: object) -> Any:
    file = tmp_path / "report.json"
    done = report(held, *arguments, "-o", file)
    fields = json.loads(file.read_text())
    assert (done.status, done.text.splitlines()[0]) == (0, f"{file}: {fields['clicks']} taps")
    assert ("Not final" in done.text) is not fields["final"]
    return fields


def test_a_talk_has_the_taps_of_its_seconds(held: Held, tmp_path: Path) -> None:
    fields = as_json(held, tmp_path, "--talk", "talk0001")

    assert (fields["from"], fields["to"]) == (held.since, held.since + LENGTH)
    assert fields["talk"]["title"] == "Kafka in ten minutes"
    assert fields["totals"] == {"fast": 0, "ok": 9}
    segments = [(one["label"], one["clicks"]) for one in fields["segments"]]
    assert segments == [(None, 2), ("Demo", 7)]
    assert fields["seconds"]["ok"] == [[0, 2], [LENGTH // 2, 3], [LENGTH - 1, 4]]
    assert (fields["whole"], fields["talk"]["running"]) == (True, False)


def test_the_newest_talk_is_reported_up_to_now_if_it_runs(held: Held) -> None:
    done = report(held, "--zone", "UTC")

    assert done.status == 0
    assert done.text.startswith("Still running (talk talk0002)\n")
    assert "\nThe talk is still running: this is what was tapped up to now.\n" in done.text
    assert "\n6 taps\n" in done.text


def test_a_range_of_any_two_times_is_counted(held: Held, tmp_path: Path) -> None:
    times = "--from", held.since - 1, "--to", held.since + 1
    fields = as_json(held, tmp_path, *times)

    assert (fields["talk"], fields["totals"]) == (None, {"cheers": 0, "hate": 0, "ok": 3})


def test_results_that_the_presenter_hides_are_said_to_be_hidden(tmp_path: Path) -> None:
    path, since = tmp_path / "clicks.sqlite3", int(time.time()) - 1800
    with open_live_site(settings_of(path)) as site:
        started(site, id="talk0001", title="A surprise", **ends(since))
        change(site, "talk0001", results="hidden")
    file = Held(path, since)
    said = "The presenter hides the results of this time: a site shows this report to nobody yet."

    for arguments in ([], ["-o", tmp_path / "talk.csv"], ["--from", since + 1, "--to", since + 2]):
        done = report(file, *arguments)
        assert (done.status, said in done.text) == (0, True), done.text
    assert said not in report(file, "--from", since - 9, "--to", since).text


def test_times_may_be_iso_8601_in_a_zone(held: Held, tmp_path: Path) -> None:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(held.since))
    inputs = [(moment, ("--zone", "UTC")), (f"{moment}Z", ()), (f"{moment}+00:00", ())]
    for index, (since, zone) in enumerate(inputs):
        (tmp_path / str(index)).mkdir()
        fields = as_json(held, tmp_path / str(index), "--from", since, *zone)
        assert (fields["from"], fields["clicks"]) == (held.since, 20)


def test_csv_has_times_of_the_zone(held: Held, tmp_path: Path) -> None:
    file = tmp_path / "talk.csv"
    assert report(held, "--talk", "talk0001", "--zone", "Asia/Tokyo", "-o", file).status == 0
    heads, *lines = file.read_bytes().decode().removesuffix("\r\n").split("\r\n")

    assert heads == "start_utc,start_local (Asia/Tokyo),seconds,fast,ok,total"
    assert sum(int(line.split(",")[-1]) for line in lines) == 9


@pytest.mark.parametrize(
    ("variables", "zone"), [({"TZ": "Asia/Tokyo"}, " (Asia/Tokyo)"), ({"TZ": "JST-9"}, "")]
)
def test_without_a_zone_times_are_those_of_the_machine(
    held: Held,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    zone: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    time.tzset()
    try:
        assert report(held, "--talk", "talk0001", "-o", tmp_path / "talk.csv").status == 0
    finally:
        monkeypatch.undo()
        time.tzset()
    heads, first, *_ = (tmp_path / "talk.csv").read_text().splitlines()
    tokyo = datetime.fromtimestamp(held.since, ZoneInfo("Asia/Tokyo"))

    assert heads.split(",")[1] == f"start_local{zone}"
    assert first.split(",")[1] == f"{tokyo:%Y-%m-%dT%H:%M:%S}"


@pytest.mark.parametrize("language", ["en", "es"])
def test_html_is_one_file_with_the_report_in_it(held: Held, tmp_path: Path, language: str) -> None:
    file = tmp_path / "talk.html"
    zone = "--zone", "Europe/Madrid", "--lang", language
    assert report(held, "--talk", "talk0001", *zone, "-o", file).status == 0
    text = file.read_text()

    assert text.startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}"' in text
    assert 'data-zone="Europe/Madrid"' in text
    assert '"title":"Kafka in ten minutes"' in text.replace('": "', '":"')


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["--talk", "nowhere1"], 1, "there is no talk nowhere1; there are:\n  talk0002  20"),
        (["--talk", "talk0001", "--from", "1"], 2, "give one of them"),
        (["--to", "1"], 2, "--to needs --from"),
        (["--from", "yesterday"], 2, "'yesterday' is no time; give epoch seconds or ISO 8601"),
        (["--from", "9" * 5000], 2, "is no time; give epoch seconds"),
        (["--from", "1960-01-01"], 1, "is before 1970, where no clicks are"),
        (
            ["--from", "9", "--to", "8"],
            1,
            "1970-01-01T00:00:09Z is not before 1970-01-01T00:00:08Z",
        ),
        (["--from", "9"], 1, "is longer than 24 h"),
        (["--from", "1800000000000"], 1, "1800000000000 is in the future"),
        (
            ["--zone", "Mars/Olympus"],
            2,
            "there is no time zone 'Mars/Olympus'; take a name such as",
        ),
        (["-o", "report.txt"], 1, "report.txt ends with none of .csv, .html, .json"),
        (["-o", "nowhere/report.csv"], 1, "there is no folder nowhere; create it first"),
    ],
)
def test_bad_input_is_named_with_the_way_out(
    held: Held, arguments: list[str], status: int, sentence: str
) -> None:
    done = report(held, *arguments)

    assert (done.status, sentence in done.text) == (status, True), done.text
    assert "Traceback" not in done.text


def test_a_file_that_exists_stays(held: Held, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("mine")
    done = report(held, "-o", file)

    assert (done.status, file.read_text()) == (1, "mine")
    assert f"{file} exists; name another file, or remove it" in done.text


def test_before_the_log_there_is_nothing(held: Held, tmp_path: Path) -> None:
    fields = as_json(held, tmp_path, "--from", 1000, "--to", 2000)

    assert (fields["clicks"], fields["whole"], fields["final"]) == (0, True, True)


def test_without_talks_and_without_clicks_the_way_out_is_named(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    assert "there is no file" in report(Held(path, 0)).text
    assert not path.exists()
    with open_live_site(settings_of(path)):
        pass
    done = report(Held(path, 0))
    assert (done.status, "name a range with --from and --to" in done.text) == (1, True)


def test_more_records_than_may_be_counted_are_named(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHIVE_RECORDS", "3")
    done = report(held, "--talk", "talk0001")

    assert (done.status, "ARCHIVE_RECORDS" in done.text) == (1, True), done.text


def test_a_terminal_sees_a_bar_and_the_log_stays_as_it_is(held: Held) -> None:
    before = {path: path.read_bytes() for path in held.path.parent.iterdir()}
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        done = subprocess.run(
            [sys.executable, "-m", "dash_app", "report", "--talk", "talk0001"],
            env={**clean_environment(), "CLICKS_DB": str(held.path)},
            stdout=subprocess.PIPE,
            stderr=terminal,
            timeout=60,
            check=True,
            text=True,
        )
    written = b"".join(parts_of(ours))

    assert "\n9 taps\n" in done.stdout
    assert b"100%" in written
    assert {path: path.read_bytes() for path in held.path.parent.iterdir()} == before


def parts_of(terminal: int) -> Iterator[bytes]:
    """Yield what was written to a terminal, which fails after the last part."""
    with contextlib.suppress(OSError):
        while part := os.read(terminal, 100_000):
            yield part
    os.close(terminal)


@pytest.mark.slow
def test_a_broker_that_is_away_is_one_sentence(tmp_path: Path) -> None:
    settings = {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}"}
    done = run_command(tmp_path, "report", "-o", "report.csv", **settings)

    assert done.status == 1
    assert "Error: no broker answered at 127.0.0.1:" in done.text
    assert "Traceback" not in done.text
    assert list(tmp_path.iterdir()) == []
