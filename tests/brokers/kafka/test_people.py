"""The header `person` on a topic: what the site writes, and what other programs may write."""

import re
from pathlib import Path

from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.conftest import MakeSite
from tests.brokers.kafka.records import Headers, Sent, click, produce, read
from tests.brokers.kafka.test_audit import audit

PERSON = b"00000000000000ff"
NOBODY: list[Headers] = [
    [("person", b"")],
    [("person", b"f" * 15)],
    [("person", b"f" * 17)],
    [("person", b"f" * 100_000)],
    [("person", b"0x0000000000000f")],
    [("person", b"\xff\xfe" * 8)],
    [("person", PERSON), ("person", PERSON)],
    [("person", PERSON), ("trace", b"x"), ("person", b"e" * 16), ("person", PERSON)],
    [("Person", PERSON)],
]


def test_persons_of_any_program_count_and_what_names_none_harms_nothing(
    kafka: Broker, topic: str, make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site()
    body = {"client": "phone-1", "seq": 1, "clicks": [{"type": "cheers"}] * 2}
    assert site.click(body).status_code == 200
    assert site.click({"type": "cheers"}).status_code == 200
    own, second, of_a_program = [record.headers for record in read(kafka, topic)]
    assert [name for name, _ in own] == ["click-id", "person"]
    assert re.fullmatch(b"[0-9a-f]{16}", own[1][1])
    assert second[1] == own[1]
    assert of_a_program == []

    foreign: list[Headers] = [[("person", PERSON)], [("person", PERSON.upper())], own[1:]]
    produce(kafka, topic, [Sent(click(), headers=each) for each in (*NOBODY, *foreign)])
    total = 3 + len(NOBODY) + len(foreign)
    site.wait_for_totals(total)
    assert [each.timeline()["people"] for each in (site, make_site())] == [2, 2]
    done = audit(tmp_path, kafka, topic)
    assert (done.status, f" {total} " in done.text) == (0, True), done.text
