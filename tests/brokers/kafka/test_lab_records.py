"""What the laboratory shows of records that other programs wrote, and of its own broken ones."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.records import Sent, click, produce, read
from tests.sites import Site, open_site
from tests.waiting import eventually
from tests.web.talks.talking import CODE, RIGHT

SECRET = b"ann@example.org"


@pytest.fixture
def lab_site(kafka_settings: Callable[..., Settings]) -> Iterator[Site]:
    with open_site(kafka_settings(presenter_code=CODE)) as site:
        site.wait_for_state("live")
        site.ask("GET", "/kafka/lab")
        yield site


def seen(site: Site, count: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return so many records, oldest first, as a presenter sees them and as everybody does."""
    presenter = site.server.test_client()
    presenter.get(f"{site.prefix}/kafka-dashboard?presenter={CODE}")

    def records(ask: Callable[[str], Any]) -> list[dict[str, Any]]:
        return list(reversed(ask(f"{site.prefix}/kafka/lab").get_json()["records"]))

    eventually(lambda: len(records(presenter.get)) == count, 10, "not all records are shown")
    return records(presenter.get), records(site.client.get)


def test_records_of_other_programs_are_shown_whole_to_a_presenter_alone(
    kafka: Broker, topic: str, lab_site: Site
) -> None:
    name = SECRET.decode()
    foreign = [
        Sent(SECRET, SECRET, [("trace", SECRET), (name, b"")]),
        Sent(click(user=name), b"k"),
        Sent(b'{"type":"ann-example","timestamp":1800000000.0}'),
        Sent(b"\xff\x00" + SECRET),
    ]
    produce(kafka, topic, foreign)
    lab_site.click({"type": "cheers"})
    whole, shown = seen(lab_site, 5)

    raw, with_user, of_type, no_text, ours = whole
    assert (raw["key"], raw["value"]) == (name, name)
    assert raw["headers"] == [{"name": "trace", "value": name}, {"name": name, "value": ""}]
    assert raw["bytes"] == 3 * len(SECRET)
    assert name in with_user["value"]
    assert with_user["type"] == "cheers"
    assert of_type["type"] == "ann-example"
    assert no_text["value"] == f"\\xff\\x00{name}"
    for record in shown:
        assert "ann" not in str(record)
    assert [record["value"] for record in shown[:4]] == ["…"] * 4
    assert shown[0]["headers"] == [{"name": "…", "value": "…"}] * 2
    assert shown[2]["type"] is None
    assert [each["decision"] for each in shown] == [each["decision"] for each in whole]
    assert shown[4]["value"] == ours["value"].replace("…", "")
    assert "ann-example" not in lab_site.ask("GET", "/kafka/lab").get_json()["totals"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("😀" * 500, "😀" * 500),
        ("😀" * 501, "😀" * 500 + "…"),
        ("😀" * 9000, "😀" * 500 + "…"),
        ("é" + "😀" * 9000, "é" + "😀" * 499 + "…"),
        ("x" * 500, "x" * 500),
        ("x" * 501, "x" * 500 + "…"),
        ("x" * 90_000, "x" * 500 + "…"),
        ('{"type":"cheers","timestamp":1}' + " " * 5000, '{"type":"cheers","timestamp":1}'),
    ],
)
def test_a_long_value_is_cut_between_two_signs_and_its_size_is_true(
    kafka: Broker, topic: str, lab_site: Site, value: str, text: str
) -> None:
    produce(kafka, topic, [Sent(value.encode())])
    ((record,), _) = seen(lab_site, 1)

    assert record["value"].replace(" ", "").removesuffix("…") == text.removesuffix("…")
    assert record["value"].endswith("…") == (len(value) > 500)
    assert record["bytes"] == len(value.encode())


def test_of_a_broken_record_without_an_acknowledgement_nobody_knows_whether_it_is_there(
    kafka: Broker, topic: str, kafka_settings: Callable[..., Settings]
) -> None:
    kafka.create_topic(topic, configs={"max.message.bytes": "10"})
    with open_site(kafka_settings(presenter_code=CODE, answer_limit_ms=1500)) as site:
        site.wait_for_state("live")
        broken = {"json": {"kind": "not-json"}, "headers": RIGHT}
        answer = site.ask("POST", "/kafka/lab/broken", **broken)

    assert answer.status_code == 503
    fields = answer.get_json()
    assert fields["message"].startswith("Nobody knows whether the record was written: ")
    assert "appended" not in fields
    assert read(kafka, topic) == []
