"""`report` of a topic: the numbers that the audit finds by code of its own."""

import json
import time
from pathlib import Path

from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.test_audit import audit, served_on
from tests.served import Answer, Served, run_command
from tests.waiting import eventually
from tests.web.talks.talking import CODE

LENGTH = 60
KINDS = ("cheers", "hate", "hate")


def report(folder: Path, kafka: Broker, topic: str, *arguments: object) -> Answer:
    settings = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "KAFKA_TOPIC": topic}
    return run_command(folder, "report", *map(str, arguments), **settings)


def audited(text: str) -> dict[str, int]:
    """Return the clicks by key that the audit's table has for all partitions."""
    heads, all_of_them = (
        next(line.split() for line in text.splitlines() if line.split()[:1] == [first])
        for first in ("partition", "all")
    )
    numbers = dict(zip(heads[2:], all_of_them[2:], strict=True))
    others = ("duplicates", "unreadable", "untimely")
    return {key: int(number) for key, number in numbers.items() if key not in others}


def begin(served: Served, talk: dict[str, object]) -> Answer:
    return served.ask("POST", "/kafka/talks", json.dumps(talk).encode(), code=CODE)


def tap(served: Served, start: int) -> None:
    """Tap before, in and after a minute, and send each batch twice."""
    for phone, seconds in enumerate((-1, 0, 30, LENGTH - 1, LENGTH)):
        clicks = [
            {"type": kind, "age_ms": 1000 * (time.time() - start - seconds - 0.1)} for kind in KINDS
        ]
        batch = {"client": f"phone-{phone}", "seq": 1, "clicks": clicks}
        for _ in range(2):
            assert served.click(batch).status == 200


def test_a_talk_has_what_the_audit_finds_while_the_site_runs_and_afterwards(
    tmp_path: Path, kafka: Broker, topic: str
) -> None:
    kafka.create_topic(topic, partitions=3)
    start = int(time.time()) - 600
    talk: dict[str, object] = {
        "title": "A talk",
        "started_at": start,
        "ended_at": start + LENGTH,
        "id": "talk0001",
    }
    with served_on(tmp_path, kafka, topic, PRESENTER_CODE=CODE) as (served, url):
        eventually(lambda: begin(served, talk).status in {200, 201}, 20, "no talk begins")
        tap(served, start)
        served.wait_for_totals(5, 10)
        second = audit(tmp_path, kafka, topic, "--talk", "talk0001", url)
        while_it_runs = report(tmp_path, kafka, topic, "-o", "running.json")
    afterwards = report(tmp_path, kafka, topic, "--talk", "talk0001", "-o", "afterwards.json")

    counted = audited(second.text)
    assert (second.status, counted) == (0, {"cheers": 3, "hate": 6}), second.text
    assert (while_it_runs.status, afterwards.status) == (0, 0), while_it_runs.text
    reports = [
        json.loads((tmp_path / f"{one}.json").read_text()) for one in ("running", "afterwards")
    ]
    assert [one["totals"] for one in reports] == [counted] * 2
    assert [one["whole"] for one in reports] == [True] * 2
    assert reports[0]["as_of"].keys() == {"0", "1", "2"}
