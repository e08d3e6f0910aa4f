"""A broker that goes away in the middle of a report: it is said, and nothing half is kept."""

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from dash_app.brokers.kafka import topic_reader
from dash_app.settings import Settings
from tests.brokers.kafka.records import click, produce
from tests.sites import open_live_site
from tests.web.archive.streams import archive, ask, held, report
from tests.web.talks.talking import CODE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.brokers.kafka.broker import Broker

pytestmark = pytest.mark.kafka

RECORDS = 3000
NOTE = "x" * 3000
"""So long values come in several fetches: the first lines are there before the last record is."""

STALLED_SECONDS = 2
LOOK_UP_SECONDS = 5
"""How long the broker is asked at the end whether the topic was replaced."""


def test_a_broker_that_goes_away_ends_the_stream_with_a_line_that_says_so(
    kafka: "Broker", topic: str, tmp_path: "Path", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topic_reader, "STALLED_SECONDS", STALLED_SECONDS)
    values = {
        "clicks_db": tmp_path / "clicks.sqlite3",
        "presenter_code": CODE,
        "kafka_bootstrap_servers": kafka.bootstrap,
        "kafka_topic": topic,
    }
    with open_live_site(Settings.model_validate(values)) as site:
        since = int(time.time())
        produce(kafka, topic, [click(note=NOTE) for _ in range(RECORDS)])
        range_: dict[str, Any] = {"from_": since, "to": int(time.time()) + 1}
        site.wait_for_totals(RECORDS, seconds=10)
        with held(site, **range_) as chunks:
            said = [json.loads(next(chunks))]
            kafka.pause()
            began = time.monotonic()
            said += [json.loads(line) for chunk in chunks for line in chunk.splitlines()]
            took = time.monotonic() - began
        refused = archive(site, **range_)
        kafka.resume()

        assert took < STALLED_SECONDS + 2 * LOOK_UP_SECONDS
        # Lines come also while no record does: whoever leaves then ends the job.
        assert len(said) > 4 * STALLED_SECONDS
        assert [list(line) for line in said] == [*[["done"]] * (len(said) - 1), ["error"]]
        assert f"topic {topic}" in said[-1]["error"]
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert archive(site, **range_, format="json").status_code == 409
        assert not (tmp_path / "archive").exists()

        assert report(site, **range_)["totals"] == {"cheers": RECORDS, "hate": 0}
        exported = ask(site, "/kafka/records", **range_).text.splitlines()
        assert len(exported) == RECORDS + 1
