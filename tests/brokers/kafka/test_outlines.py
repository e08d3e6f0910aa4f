"""The outline of a record of another program: what somebody may see of it, and no more."""

import pytest

from dash_app.brokers.kafka.batches import split
from dash_app.brokers.kafka.outlines import HEADERS_BYTES, MOST_HEADERS
from dash_app.counting.records import KEPT_VALUE_BYTES, Record
from tests.brokers.kafka.forged import Forged, batch
from tests.brokers.kafka.records import click

ID = (b"click-id", b"phone-1:1:0")
PERSON = (b"person", b"f" * 16)


def read(forged: Forged) -> Record:
    (only,) = split(batch([forged]))
    (record,) = only.records(with_keys=True)
    # What counts is the same without an outline.
    (bare,) = only.records()
    assert bare == record._replace(key=None, outline=None)
    return record


@pytest.mark.parametrize(
    "forged",
    [
        Forged(click(), 0, headers=[ID, PERSON], key=b"phone-1"),
        Forged(None, 0, headers=[ID]),
        Forged(b"{}".ljust(KEPT_VALUE_BYTES), 0, key=b"k" * 100),
    ],
)
def test_a_record_as_ours_are_needs_no_outline(forged: Forged) -> None:
    record = read(forged)

    assert record.outline is None
    assert (record.key, record.value) == (forged.key, forged.value)


def test_headers_of_other_programs_are_in_it_in_their_order() -> None:
    headers = [(b"trace", b"00-4bf9"), ID, (b"\xff", None), (b"trace", b"00-77a0")]
    value = click()
    record = read(Forged(value, 0, headers=headers, key=b"key"))

    assert record.outline is not None
    assert record.outline.headers == headers
    assert (record.outline.key, record.outline.value) == (b"key", value)
    parts = [part for _, part in headers if part is not None]
    assert record.outline.size == len(b"key") + len(value) + sum(map(len, parts))
    assert record.click_id == ID[1]


@pytest.mark.parametrize("headers", [[ID, ID], [PERSON, PERSON, ID]])
def test_headers_that_come_twice_are_in_it(headers: list[tuple[bytes, bytes | None]]) -> None:
    outline = read(Forged(click(), 0, headers=headers)).outline

    assert outline is not None
    assert outline.headers == headers


def test_of_what_is_long_it_has_the_beginning_and_the_size() -> None:
    value = b'{"type":"cheers","timestamp":1}'.ljust(50_000)
    headers = [(b"n" * 900, b"v" * 9_000)] * 50
    record = read(Forged(value, 0, headers=headers, key=b"k" * 101))

    outline = record.outline
    assert outline is not None
    assert outline.value == value[:2001]
    assert outline.key == b"k" * 101
    assert outline.headers == [(b"n" * 401, b"v" * 401)] * 2
    assert outline.header_count == 50
    assert outline.size == 101 + 50_000 + 50 * 9_000
    held = sum(len(name) + len(part or b"") for name, part in outline.headers)
    assert held < HEADERS_BYTES + 2 * 401


def test_headers_without_bytes_are_bounded_too() -> None:
    record = read(Forged(None, 0, headers=[(b"", None)] * 5000))

    assert record.outline is not None
    assert record.outline.headers == [(b"", None)] * MOST_HEADERS
    assert record.outline.header_count == 5000


@pytest.mark.parametrize(
    "header", [(b"click-id", b"x" * 9000), (b"click-id", b"x" * 100), (b"person", b"f" * 17)]
)
def test_a_header_of_ours_that_is_cut_is_in_it(
    header: tuple[bytes, bytes],
) -> None:
    outline = read(Forged(None, 0, headers=[header])).outline

    assert outline is not None
    assert outline.headers == [(header[0], header[1][:401])]
    assert outline.size == len(header[1])
