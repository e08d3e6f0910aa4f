"""Exports of records: what was decided about each, and persons without a name."""

import csv
import io
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dash_app.counting.range_records import RangeRecord
from tests.brokers.sqlite.rows import opened
from tests.sites import Site
from tests.web.archive.conftest import CLICKS
from tests.web.archive.filled import fill
from tests.web.archive.streams import SECOND, archive, ask, held, report
from tests.web.conftest import MakeSite
from tests.web.talks.talking import CODE

RANGE: dict[str, Any] = {"from_": SECOND, "to": SECOND + 60}


def rows(site: Site, **query: Any) -> list[dict[str, Any]]:
    """Return the records of a range as JSON has them."""
    answer = ask(site, "/kafka/records", format="ndjson", **query)
    assert (answer.status_code, answer.mimetype) == (200, "application/x-ndjson"), answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def test_each_record_of_a_range_is_there_in_both_forms(site: Site, totals: dict[str, int]) -> None:
    exported = rows(site, **RANGE)
    answer = ask(site, "/kafka/records", **RANGE)

    assert answer.mimetype == "text/csv"
    name = f"records-{SECOND}-{SECOND + 60}.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    cells = [*csv.DictReader(io.StringIO(answer.text))]
    assert list(cells[0]) == list(exported[0]) == list(RangeRecord._fields)
    as_text = [
        {key: "" if value is None else str(value) for key, value in row.items()} for row in exported
    ]
    assert [{**row, "partition": row["partition"].strip()} for row in cells] == as_text
    assert Counter(row["type"] for row in exported) == totals
    assert [row["offset"] for row in exported] == sorted(row["offset"] for row in exported)


def test_persons_are_numbered_in_the_order_in_which_they_appear(
    site: Site, totals: dict[str, int]
) -> None:
    persons = [row["person"] for row in rows(site, **RANGE)]

    assert list(dict.fromkeys(persons)) == [*range(1, 41)]
    # In another export the same person may have another number.
    later = ask(site, "/kafka/records", format="ndjson", from_=SECOND + 7, to=SECOND + 8).text
    assert json.loads(later.splitlines()[0])["person"] == 1
    for text in (later, ask(site, "/kafka/records", **RANGE).text):
        assert "phone-" not in text
        assert f"{7:016x}" not in text


def test_the_clicks_of_an_export_are_those_of_the_report_on_both_brokers(
    make_site: MakeSite,
) -> None:
    site = make_site(presenter_code=CODE)
    site.wait_for_state("live")
    batch = {"client": "phone-1", "seq": 1, "clicks": [{"type": "cheers"}, {"type": "hate"}]}
    late = {"client": "phone-2", "seq": 1, "clicks": [{"type": "hate", "age_ms": 30_000}]}
    old = {"client": "phone-2", "seq": 2, "clicks": [{"type": "hate", "age_ms": 4_000_000}]}
    for body in (batch, batch, late, old):
        assert site.click(body).status_code == 200
    now = int(time.time())
    site.wait_for_totals(1, 3)

    # The late tap is drawn in the range, and its record was written after it.
    before: dict[str, Any] = {"from_": now - 60, "to": now - 20}
    (row,) = rows(site, **before)
    assert (row["type"], row["decided"], row["record_time"] > now - 20) == ("hate", "counted", True)
    assert report(site, **before)["totals"] == {"cheers": 0, "hate": 1}

    whole: dict[str, Any] = {"from_": now - 20, "to": now + 5}
    exported = rows(site, **whole)
    drawn = Counter(
        row["type"] for row in exported if row["drawn_at"] and row["drawn_at"] >= now - 20
    )
    fields = report(site, **whole)
    assert drawn == fields["totals"] == {"cheers": 1, "hate": 1}
    decided = Counter(row["decided"] for row in exported)
    repeats = decided.pop("repeat", 0)
    assert decided == {"counted": 3, "untimely": 1}
    assert repeats == fields["duplicates"]
    # Records of one file never repeat a click.
    assert repeats == (2 if site.service.settings.broker == "kafka" else 0)
    assert all(row["type"] for row in exported)


def test_a_key_is_no_formula(site: Site) -> None:
    path = site.service.settings.clicks_db
    fill(path, 3, SECOND)
    with opened(path) as database:
        database.execute("UPDATE clicks SET type = '-1' WHERE type = 'hate'")
    (hate, *_) = csv.DictReader(io.StringIO(ask(site, "/kafka/records", **RANGE).text))

    assert (hate["type"], rows(site, **RANGE)[0]["type"]) == ("'-1", "-1")


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_an_export_of_a_log_that_was_replaced_meanwhile_ends_with_a_line_that_says_so(
    site: Site, totals: dict[str, int], tmp_path: Path, form: str
) -> None:
    path = site.service.settings.clicks_db
    with held(site, "/kafka/records", **RANGE, format=form) as chunks:
        said = next(chunks)
        path.rename(tmp_path / "away.sqlite3")
        said += b"".join(chunks)
    *_, last = said.decode().splitlines()

    assert last.lstrip().startswith('error,"' if form == "csv" else '{"error":"')
    assert str(path) in last


def test_an_export_shares_the_one_job(site: Site, totals: dict[str, int]) -> None:
    with held(site, "/kafka/records", **RANGE) as chunks:
        assert next(chunks).startswith(b"partition,offset,")
        assert archive(site, **RANGE).status_code == 503
        assert ask(site, "/kafka/records", **RANGE).status_code == 503
    assert archive(site, **RANGE).status_code == 200


def test_spaces_that_keep_the_stream_alive_change_no_line(site: Site) -> None:
    path = site.service.settings.clicks_db
    fill(path, 3, SECOND)
    # They are written in the hour after the range, so all of them are read and none belongs to it.
    fill(path, 4 * CLICKS, SECOND + 600)
    in_csv = ask(site, "/kafka/records", **RANGE).text
    in_json = ask(site, "/kafka/records", **RANGE, format="ndjson").text

    assert "  " in in_csv
    assert "  " in in_json
    offsets = [int(row["partition"] + row["offset"]) for row in csv.DictReader(io.StringIO(in_csv))]
    assert offsets == [json.loads(line)["offset"] for line in in_json.splitlines()] == [1, 2, 3]
