"""The headers of records: identity and person are found among any others."""

import pytest

from dash_app.brokers.kafka.batches import split
from tests.brokers.kafka.forged import Forged, batch, read
from tests.brokers.kafka.records import click


def test_a_person_is_cut_short_and_of_two_none_is_left() -> None:
    one, other = (b"person", b"f" * 16), (b"person", b"e" * 100)
    headers: list[list[tuple[bytes, bytes | None]]]
    headers = [[one], [other], [one, other], [one, one, one], [(b"person", None)]]
    data = batch([Forged(click(), place, headers=each) for place, each in enumerate(headers)])

    assert [record.person for record in read(data)] == [b"f" * 16, b"e" * 17, None, None, b""]


@pytest.mark.parametrize("length", [1, 20, 63, 64, 99])
def test_the_headers_of_a_click_are_what_they_say(length: int) -> None:
    identity, person = b"c" * length, b"0123456789abcdef"
    headers: list[list[tuple[bytes, bytes | None]]] = [
        [(b"click-id", identity), (b"person", person)],
        [(b"person", person)],
        [(b"person", person), (b"click-id", identity)],
    ]
    data = batch([Forged(click(), place, headers=each) for place, each in enumerate(headers)])

    assert [(record.click_id, record.person) for record in read(data)] == [
        (identity, person),
        (None, person),
        (identity, person),
    ]
    (whole,) = split(data)
    assert [record.outline for record in whole.records(with_keys=True)] == [None] * 3


def test_what_looks_like_another_header_inside_of_a_value_is_its_value() -> None:
    identity = b"c\x0cperson\x200123456789abcdef"
    (record,) = read(batch([Forged(click(), 0, headers=[(b"click-id", identity), (b"", b"")])]))
    assert (record.click_id, record.person) == (identity, None)


def test_a_header_may_have_any_name() -> None:
    headers = [(b"\xff\xfe", b"x"), (b"click-id", b"phone-1:1:0"), (b"", None)]
    (record,) = read(batch([Forged(click(), 0, headers=headers)]))
    assert record.click_id == b"phone-1:1:0"
