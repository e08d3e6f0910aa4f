"""Records of other programs: counted, or passed over with a reason, and never fatal."""

import time

import pytest

from dash_app.counting.records import (
    BAD_TIMESTAMP,
    NO_VALUE,
    NOT_AN_OBJECT,
    NOT_JSON,
    NOT_SECONDS,
    SCHEMA_REGISTRY,
    TEXT_TIMESTAMP,
    TOO_LARGE,
    UNKNOWN_TYPE,
)
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.conftest import MakeSite
from tests.brokers.kafka.records import NotText, Sent, click, produce

LARGE = 900_000


def readable(now: float) -> list[bytes]:
    """Return six cheers and three hate as programs may write them; two cheers are not drawn."""
    return [
        b'{"type":"cheers","timestamp":%.3f}' % now,
        b' {\n "timestamp" : %d ,\t"type" : "fuck" }\n' % now,
        b'{"type":"cheers","timestamp":1.7e9}',
        b'{"type":"cheers","timestamp":0}',
        b'{"type":"\\u0063heers","timestamp":%.3f}' % now,
        click("cheers", now, user={"name": "x"}, clicks=[1, 2]),
        click("fuck", now, note="x" * 60_000),
        click("hate", now),
        click("cheers", 9e10),
    ]


UNREADABLE = {
    b"hello": NOT_JSON,
    b"": NOT_JSON,
    b'{"type":"cheers"': NOT_JSON,
    b"\xff\xfe\x00not utf-8": NOT_JSON,
    b'{"type":"cheers","timestamp":NaN}': NOT_JSON,
    b'{"type":"cheers","timestamp":Infinity}': NOT_JSON,
    b"x" * LARGE: TOO_LARGE,
    b"[" * 200_000: TOO_LARGE,
    b"[" * 60_000: NOT_JSON,
    click("fuck", 1, note="x" * LARGE): TOO_LARGE,
    b"[1]": NOT_AN_OBJECT,
    b'"cheers"': NOT_AN_OBJECT,
    b"null": NOT_AN_OBJECT,
    b"1": NOT_AN_OBJECT,
    b'{"timestamp":1}': UNKNOWN_TYPE,
    click("Hate", 1): UNKNOWN_TYPE,
    click("CHEERS", 1): UNKNOWN_TYPE,
    b'{"type":null,"timestamp":1}': UNKNOWN_TYPE,
    b'{"type":["cheers"],"timestamp":1}': UNKNOWN_TYPE,
    b'{"type":"cheers"}': BAD_TIMESTAMP,
    b'{"type":"cheers","timestamp":"1795494000"}': TEXT_TIMESTAMP,
    b'{"type":"cheers","timestamp":true}': BAD_TIMESTAMP,
    b'{"type":"cheers","timestamp":null}': BAD_TIMESTAMP,
    b'{"type":"cheers","timestamp":-1}': BAD_TIMESTAMP,
    click("cheers", 1000 * 1.7e9): NOT_SECONDS,
    b"\x00\x00\x00\x00\x07" + click(): SCHEMA_REGISTRY,
}


def test_readable_records_count_whoever_wrote_them(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    site = make_site()
    produce(kafka, topic, readable(time.time()), max_request_size=2 * LARGE)

    site.wait_for_totals(6, 3)
    assert sum(site.timeline()["series"]["cheers"]) == 4
    assert site.service.consumer is not None
    assert site.service.consumer.snapshot.counts.unreadable == {}
    assert site.service.consumer.snapshot.counts.out_of_window == 2


def test_unreadable_records_are_counted_by_reason_and_passed_over(
    kafka: Broker, topic: str, make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_site()
    bad = [Sent(value) for value in UNREADABLE] + [Sent(None, key=b"tombstone")]
    mixed = [one for value in bad for one in (value, click())]
    produce(kafka, topic, mixed, max_request_size=2 * LARGE)

    site.wait_for_totals(len(bad))
    assert site.service.consumer is not None
    unreadable = site.service.consumer.snapshot.counts.unreadable
    reasons = [*UNREADABLE.values(), NO_VALUE]
    assert unreadable == {reason: reasons.count(reason) for reason in set(reasons)}
    assert site.timeline()["as_of"] == {"0": len(mixed)}
    site.wait_for_state("live")
    assert f"no click in {topic}, partition 0, offset 0: {NOT_JSON}" in caplog.text
    assert caplog.text.count("passed over a record that is no click") <= 5


def test_a_foreign_or_malformed_header_means_no_identity_and_never_unreadable(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    site = make_site()
    names = [
        b"", b":", b"::", b"a:1", b"a:1:2:3", b"a:-1:0", b"a:1:500", b"a:01:0", b"a:1.0:0",
        b"a b:1:0", b"a:9007199254740992:0", b"\xff\xfe:1:0", b"a:1:0\n", b"x" * 65 + b":1:0",
        b"3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    ]  # fmt: skip
    records = [Sent(click(), headers=[("click-id", name)]) for name in names]
    records += [Sent(click("fuck"), key=b"k", headers=[("trace", b"1"), ("é", b"")])]
    produce(kafka, topic, [*records, *records])

    site.wait_for_totals(2 * len(names), 2)
    assert site.service.consumer is not None
    assert site.service.consumer.snapshot.counts.duplicates == 0


def test_a_foreign_record_with_an_identity_counts_once_among_our_own(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    site = make_site()
    site.click({"client": "phone-1", "seq": 3, "clicks": [{"type": "cheers"}] * 2})
    identity = [("trace", b"x"), ("click-id", b"phone-1:3:1")]
    other = [("click-id", b"phone-1:3:2")]
    produce(kafka, topic, [Sent(click(), headers=identity), Sent(click("fuck"), headers=other)])

    site.wait_for_totals(2, 1)
    assert site.service.consumer is not None
    assert site.service.consumer.snapshot.counts.duplicates == 1


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_a_header_whose_name_is_not_text_does_not_stop_the_counting(
    kafka: Broker, topic: str, make_site: MakeSite, compression: str | None
) -> None:
    site = make_site()
    odd: list[tuple[str, bytes]] = [(NotText("trace"), b"\xff"), ("click-id", b"phone-1:1:0")]
    records = [Sent(click()), Sent(click("fuck"), headers=odd), Sent(click(), headers=odd[:1])]
    produce(kafka, topic, [*records, *records], compression_type=compression, linger_ms=100)

    site.wait_for_totals(4, 1)
    site.wait_for_state("live")
    assert make_site().totals() == (4, 1)


@pytest.mark.parametrize("compression", ["gzip", "lz4", "snappy", "zstd"])
def test_compressed_records_count(
    kafka: Broker, topic: str, make_site: MakeSite, compression: str
) -> None:
    site = make_site()
    produce(kafka, topic, [click() for _ in range(50)], compression_type=compression, linger_ms=50)

    site.wait_for_totals(50)


def test_hostile_records_neither_stop_the_counting_nor_slow_it_down(
    kafka: Broker, topic: str, make_site: MakeSite
) -> None:
    site = make_site()
    hostile = [b"\xff", b"{", b"[" * 5000, b'{"type":1}', click("Boo"), click("cheers", -5)]
    records = [one for n in range(3000) for one in (hostile[n % 6], click())]
    produce(kafka, topic, records, linger_ms=20)

    site.wait_for_totals(3000, seconds=5)
    site.wait_for_state("live", 3)
