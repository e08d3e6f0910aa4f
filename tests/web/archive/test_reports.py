"""Reports: what a stream says, what is kept of it, and the files that are made of that."""

import csv
import dataclasses
import io
import json
import resource
import shutil
import time
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from dash_app.consumer.kept_counts import KeptCounts, RangeKey
from dash_app.counting.archive import STEP_RECORDS
from dash_app.settings import Settings
from tests.brokers.sqlite.rows import opened
from tests.programs import ROOT
from tests.sites import Site, open_live_site
from tests.waiting import eventually
from tests.web.archive.conftest import CLICKS
from tests.web.archive.filled import fill
from tests.web.archive.streams import SECOND, archive, held, lines, report
from tests.web.talks.talking import RIGHT, change, started, talk, wait_for_talk_totals

SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())
RANGE: dict[str, Any] = {"from_": SECOND, "to": SECOND + 60}


def counted_anew(site: Site, **query: Any) -> bool:
    """Tell that a report is counted, and not taken from what is kept."""
    return len(lines(archive(site, **query))) > 1


def test_a_range_is_counted_line_by_line_and_then_reported(
    site: Site, totals: dict[str, int]
) -> None:
    answer = archive(site, **RANGE, bin=10)

    assert answer.mimetype == "application/x-ndjson"
    assert answer.headers["Cache-Control"] == "no-store"
    # It tells nginx and others like it to hold no line back.
    assert answer.headers["X-Accel-Buffering"] == "no"
    *progress, last = lines(answer)
    done = [line["done"] for line in progress]
    assert done == sorted(done)
    assert done[0] == 0
    jsonschema_rs.validate(SCHEMA, last["report"])
    fields = last["report"]
    assert (fields["from"], fields["to"], fields["bin"]) == (SECOND, SECOND + 60, 10)
    assert (fields["totals"], fields["clicks"], fields["people"]["count"]) == (totals, CLICKS, 40)
    assert fields["records"] == CLICKS


def test_a_talk_has_in_its_report_the_totals_and_people_that_live_processes_show(
    site: Site,
) -> None:
    talk_id = started(site)["id"]
    for client in range(3):
        batch = {
            "client": f"phone-{client}",
            "seq": 1,
            "clicks": [{"type": "ok"}, {"type": "fast"}],
        }
        for _ in range(2):
            assert site.click(batch).status_code == 200
    talk(site, "POST", f"/{talk_id}/marks", {"label": "Slide 2"})
    wait_for_talk_totals(site, {"fast": 3, "ok": 3})
    live = site.timeline()["talk"]
    running = report(site, talk=talk_id)
    ended = change(site, talk_id, ended_at="now")
    eventually(lambda: time.time() >= ended["ended_at"], 2, "it runs on")
    over = report(site, talk=talk_id, right=False)

    for fields, is_running in ((running, True), (over, False)):
        assert fields["totals"] == live["totals"]
        assert fields["people"]["count"] == live["people"]
        assert (fields["talk"]["id"], fields["talk"]["running"]) == (talk_id, is_running)
        assert [mark["label"] for mark in fields["talk"]["marks"]] == ["Slide 2"]
    assert (over["from"], over["to"]) == (ended["started_at"], ended["ended_at"])
    # A late tap may still come.
    assert over["final"] is False


def test_what_is_over_is_counted_once_until_a_record_comes(
    site: Site, totals: dict[str, int], tmp_path: Path
) -> None:
    assert counted_anew(site, **RANGE)
    assert lines(archive(site, **RANGE))[0]["report"]["totals"] == totals
    # Half an hour later somebody writes a tap of before: it belongs to the range.
    late = fill(site.service.settings.clicks_db, 1, SECOND + 1800, late=1790)
    assert counted_anew(site, **RANGE)
    assert not counted_anew(site, **RANGE)
    # The clock says that no other late tap can come, and the log is asked all the same.
    fields = report(site, **RANGE)
    assert (fields["final"], fields["totals"]["hate"]) == (True, totals["hate"] + late["hate"])
    # From an hour later on no record can change it, and nobody reads the log again.
    fill(site.service.settings.clicks_db, 1, SECOND + 3660)
    (line,) = lines(archive(site, **RANGE))
    assert line["report"]["final"] is True
    site.service.settings.clicks_db.rename(tmp_path / "away.sqlite3")
    assert lines(archive(site, **RANGE)) == [line]


def test_taps_after_a_range_take_nothing_from_what_is_kept_and_are_read_once(
    site: Site, totals: dict[str, int]
) -> None:
    path = site.service.settings.clicks_db
    assert report(site, **RANGE)["totals"] == totals
    # Whoever counted anew would find none of them.
    with opened(path) as database:
        database.execute("DELETE FROM clicks")
        database.execute("UPDATE totals SET clicks = 0")
    fill(path, 500, SECOND + 1800)
    taps, nothing = lines(archive(site, **RANGE)), lines(archive(site, **RANGE))

    assert len(taps) > len(nothing) == 1
    assert taps[-1] == nothing[-1]
    assert (taps[-1]["report"]["totals"], taps[-1]["report"]["whole"]) == (totals, True)
    assert taps[-1]["report"]["as_of"] == {"0": CLICKS + 501}


def test_what_is_kept_becomes_final_once_no_late_tap_can_come(site: Site) -> None:
    def final_in_file() -> Any:
        return json.loads(archive(site, **RANGE, format="json").text)["final"]

    settings, kept = site.service.settings, KeptCounts(site.service.settings.counted_ranges)
    log_id = report(site, **RANGE)["log"]
    key = RangeKey(log_id, settings.dedup_offsets, SECOND, SECOND + 60)
    count = kept.find(key)
    assert count is not None
    kept.keep(key, dataclasses.replace(count, counted_at=SECOND + 60))
    assert final_in_file() is False

    (line,) = lines(archive(site, **RANGE))
    assert (line["report"]["final"], final_in_file()) == (True, True)


def test_what_is_kept_holds_in_another_process_and_not_for_another_log(
    settings: Settings, site: Site, totals: dict[str, int], tmp_path: Path
) -> None:
    assert counted_anew(site, **RANGE)
    with open_live_site(settings) as other:
        assert not counted_anew(other, **RANGE)
    elsewhere = settings.model_copy(
        update={"clicks_db": tmp_path / "new.sqlite3", "archive_folder": tmp_path / "archive"}
    )
    with open_live_site(elsewhere) as new:
        assert report(new, **RANGE)["totals"] == {"cheers": 0, "hate": 0}


def test_what_lacks_clicks_says_so_and_is_counted_each_time(
    site: Site, totals: dict[str, int]
) -> None:
    # The file's first row may have had others before it.
    with opened(site.service.settings.clicks_db) as database:
        database.execute("DELETE FROM clicks WHERE id < 100")
    for _ in range(2):
        assert counted_anew(site, **RANGE)
    fields = archive(site, **RANGE, format="json").get_json()
    assert (fields["whole"], fields["clicks"]) == (False, CLICKS - 99)
    assert fields["why"]


def test_a_damaged_file_is_counted_anew_and_a_lost_folder_too(
    site: Site, totals: dict[str, int], tmp_path: Path
) -> None:
    assert counted_anew(site, **RANGE)
    (file,) = (tmp_path / "archive").iterdir()
    file.write_bytes(file.read_bytes()[:-9])
    assert counted_anew(site, **RANGE)
    assert not counted_anew(site, **RANGE)
    shutil.rmtree(tmp_path / "archive")
    assert counted_anew(site, **RANGE)


def test_without_a_folder_reports_and_their_files_are_there_all_the_same(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("a file where the folder would be")
    settings = settings.model_copy(update={"archive_folder": tmp_path / "taken"})
    with open_live_site(settings) as site:
        fill(settings.clicks_db, CLICKS, SECOND)
        whole = report(site, **RANGE)
        assert not counted_anew(site, **RANGE)
        report(site, from_=SECOND, to=SECOND + 30)
        assert archive(site, **RANGE, format="json").get_json() == whole
    assert caplog.text.count("counted ranges stay in memory only") == 1


def test_a_file_is_made_of_what_was_counted_and_names_the_way_there(
    site: Site, totals: dict[str, int]
) -> None:
    early = archive(site, **RANGE, format="csv")
    assert (early.status_code, early.get_json()["message"]) == (
        409,
        "This is not counted yet: ask for it without format first",
    )
    whole = report(site, **RANGE)
    # What comes after it does not take the file away.
    fill(site.service.settings.clicks_db, 1, SECOND + 1800)

    answer = archive(site, **RANGE, format="json")
    assert (answer.mimetype, answer.get_json()) == ("application/json", whole)
    answer = archive(site, **RANGE, format="csv", bin=20, zone="Europe/Madrid", lang="es")
    assert answer.mimetype == "text/csv"
    disposition = 'attachment; filename="clicks-2026-09-21.csv"'
    assert answer.headers["Content-Disposition"] == disposition
    rows = [*csv.DictReader(io.StringIO(answer.text))]
    assert [int(row["seconds"]) for row in rows] == [20, 20, 20]
    assert sum(int(row["hate"]) for row in rows) == totals["hate"]
    assert rows[0]["start_local (Europe/Madrid)"] == "2026-09-21T16:13:20"


def test_a_report_is_of_the_kinds_that_the_api_document_names(
    site: Site, totals: dict[str, int]
) -> None:
    described = site.ask("GET", "/openapi.json").get_json()["paths"]["/kafka/archive"]["get"]
    (formats,) = [
        each["schema"]["enum"] for each in described["parameters"] if each["name"] == "format"
    ]
    kinds = {archive(site, **RANGE).mimetype}
    kinds |= {archive(site, **RANGE, format=name).mimetype for name in formats}

    assert kinds == described["responses"]["200"]["content"].keys()


def test_no_answer_tells_who_clicked(site: Site, totals: dict[str, int]) -> None:
    texts = [archive(site, **RANGE).text]
    texts += [archive(site, **RANGE, format=name).text for name in ("json", "csv")]
    kept = b"".join(path.read_bytes() for path in site.service.settings.counted_ranges.iterdir())
    assert b"phone-" not in kept
    for text in texts:
        assert "phone-" not in text
        assert f"{7:016x}" not in text


def test_one_job_at_a_time_and_nobody_waits_for_it(site: Site, totals: dict[str, int]) -> None:
    with held(site, **RANGE) as chunks:
        assert json.loads(next(chunks)) == {"done": 0.0}
        for _ in range(19):
            refused = archive(site, **RANGE)
            assert refused.status_code == 503
            assert int(refused.headers["Retry-After"]) > 0
            assert "another report or export is under way" in refused.text.lower()
    # Whoever left has ended the job.
    assert report(site, **RANGE)["totals"] == totals


def test_a_log_that_goes_away_in_the_middle_ends_the_stream_and_nothing_is_kept(
    site: Site, totals: dict[str, int], tmp_path: Path
) -> None:
    path = site.service.settings.clicks_db
    with held(site, **RANGE) as chunks:
        said = [json.loads(next(chunks))]
        path.rename(tmp_path / "away.sqlite3")
        said += [json.loads(line) for line in b"".join(chunks).splitlines()]
    (tmp_path / "away.sqlite3").rename(path)

    assert [list(line) for line in said[:-1]] == [["done"]] * (len(said) - 1)
    assert list(said[-1]) == ["error"]
    assert str(path) in said[-1]["error"]
    assert archive(site, **RANGE, format="json").status_code == 409
    assert not (tmp_path / "archive").exists()


def test_a_site_that_ends_ends_the_job(site: Site, totals: dict[str, int]) -> None:
    with held(site, **RANGE) as chunks:
        next(chunks)
        site.service.stop()
        assert json.loads(b"".join(chunks).splitlines()[-1]) == {"error": "The server ends"}


def test_a_job_leaves_half_of_the_time_to_others(site: Site, totals: dict[str, int]) -> None:
    # Until then the consumer takes its part, too.
    site.wait_for_totals(totals["cheers"], totals["hate"], seconds=10)
    pauses = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
    began, worked = time.monotonic(), time.thread_time()
    report(site, **RANGE)
    worked = time.thread_time() - worked

    assert time.monotonic() - began > 1.5 * worked
    # The system says how often a thread gave its processor away by itself: after each step.
    steps = CLICKS / STEP_RECORDS
    assert resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw - pauses >= steps


def test_a_request_that_wants_no_body_holds_no_job(site: Site, totals: dict[str, int]) -> None:
    query = {"from": SECOND, "to": SECOND + 60}
    for path in 2 * ("/kafka/archive", "/kafka/records"):
        answer = site.ask("HEAD", path, query_string=query, headers=RIGHT)
        assert (answer.status_code, answer.data) == (200, b"")
    assert report(site, **RANGE)["totals"] == totals
