import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_app.counting.clicks import MAX_INDEX, MAX_SEQ, Click, Identity
from dash_app.counting.records import (
    BAD_TIMESTAMP,
    KEPT_VALUE_BYTES,
    LARGEST_VALUE_BYTES,
    LATEST_TIMESTAMP,
    NO_VALUE,
    NOT_AN_OBJECT,
    NOT_JSON,
    NOT_SECONDS,
    REASONS,
    SCHEMA_REGISTRY,
    TEXT_TIMESTAMP,
    TOO_LARGE,
    UNKNOWN_TYPE,
    Record,
    Unreadable,
    decode,
    decode_identity,
    encode,
    encode_identity,
    hold,
    read,
)

KEY = re.compile("[a-z0-9_-]{1,32}")
CLIENTS = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
IDENTITIES = st.builds(Identity, CLIENTS, st.integers(0, MAX_SEQ), st.integers(0, MAX_INDEX))
TIMESTAMPS = st.floats(0, LATEST_TIMESTAMP) | st.integers(0, int(LATEST_TIMESTAMP))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def reason_of(value: bytes | None) -> str:
    with pytest.raises(Unreadable) as raised:
        decode(value)
    assert str(raised.value) == raised.value.reason
    return raised.value.reason


def test_the_wire_form_is_the_one_that_other_programs_read() -> None:
    assert json.loads(encode(Click("hate", 1.5))) == {"type": "fuck", "timestamp": 1.5}
    assert json.loads(encode(Click("cheers", 2.0))) == {"type": "cheers", "timestamp": 2}


@pytest.mark.parametrize(
    ("value", "click"),
    [
        (b'{"type":"cheers","timestamp":1762300000.25}', Click("cheers", 1762300000.25)),
        (b'{"type":"fuck","timestamp":1762300000}', Click("hate", 1762300000.0)),
        (b'\n{ "timestamp" : 17e8 ,\t"type" : "fuck" }\r\n', Click("hate", 1.7e9)),
        (b'{"type":"\\u0063heers","timestamp":0}', Click("cheers", 0.0)),
        (b'{"type":"cheers","timestamp":1e11,"user":{"id":[1]}}', Click("cheers", 1e11)),
        (b'{"type":"love","type":"fuck","timestamp":1}', Click("hate", 1.0)),
        (b'{"type":"too-slow_2","timestamp":1}', Click("too-slow_2", 1.0)),
        (b'{"type":"' + b"x" * 32 + b'","timestamp":1}', Click("x" * 32, 1.0)),
        (b'{"type":"hate","timestamp":1}', Click("hate", 1.0)),
    ],
)
def test_a_record_of_any_producer_is_read(value: bytes, click: Click) -> None:
    assert decode(value) == click
    assert type(decode(value).timestamp) is float


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, NO_VALUE),
        (b"", NOT_JSON),
        (b"cheers", NOT_JSON),
        (b"\x00\x00\x00\x00\x07" + b'{"type":"cheers","timestamp":1}', SCHEMA_REGISTRY),
        (b"\x00", SCHEMA_REGISTRY),
        (b'{"type":"cheers","timestamp":1', NOT_JSON),
        (b"{'type':'cheers','timestamp':1}", NOT_JSON),
        (b'\xef\xbb\xbf{"type":"cheers","timestamp":1}', NOT_JSON),
        (b'{"type":"cheers\xff","timestamp":1}', NOT_JSON),
        ('{"type":"cheers","timestamp":1}'.encode("utf-16"), NOT_JSON),
        (b'{"type":"cheers","timestamp":NaN}', NOT_JSON),
        (b'{"type":"cheers","timestamp":-Infinity}', NOT_JSON),
        (b'{"type":"cheers","timestamp":1e999}', NOT_JSON),
        (b'{"type":"\\ud800","timestamp":1}', NOT_JSON),
        (b"[" * 100_000, NOT_JSON),
        (b"null", NOT_AN_OBJECT),
        (b"7", NOT_AN_OBJECT),
        (b'"cheers"', NOT_AN_OBJECT),
        (b'[{"type":"cheers","timestamp":1}]', NOT_AN_OBJECT),
        (b"{}", UNKNOWN_TYPE),
        (b'{"timestamp":1}', UNKNOWN_TYPE),
        (b'{"type":"Hate","timestamp":1}', UNKNOWN_TYPE),
        (b'{"type":"Cheers","timestamp":1}', UNKNOWN_TYPE),
        (b'{"type":"cheers ","timestamp":1}', UNKNOWN_TYPE),
        (b'{"type":"cheers\\n","timestamp":1}', UNKNOWN_TYPE),
        (b'{"type":"","timestamp":1}', UNKNOWN_TYPE),
        (b'{"type":"too many types","timestamp":1}', UNKNOWN_TYPE),
        (b'{"type":"' + b"x" * 33 + b'","timestamp":1}', UNKNOWN_TYPE),
        ('{"type":"éclat","timestamp":1}'.encode(), UNKNOWN_TYPE),
        ('{"type":"١","timestamp":1}'.encode(), UNKNOWN_TYPE),
        (b'{"type":["cheers"],"timestamp":1}', UNKNOWN_TYPE),
        (b'{"type":{"cheers":1},"timestamp":1}', UNKNOWN_TYPE),
        (b'{"type":null,"timestamp":1}', UNKNOWN_TYPE),
        (b'{"type":"cheers"}', BAD_TIMESTAMP),
        (b'{"type":"cheers","timestamp":null}', BAD_TIMESTAMP),
        (b'{"type":"cheers","timestamp":"1762300000"}', TEXT_TIMESTAMP),
        (b'{"type":"cheers","timestamp":"2026-11-29T15:34:47Z"}', TEXT_TIMESTAMP),
        (b'{"type":"cheers","timestamp":true}', BAD_TIMESTAMP),
        (b'{"type":"cheers","timestamp":[1]}', BAD_TIMESTAMP),
        (b'{"type":"cheers","timestamp":-0.001}', BAD_TIMESTAMP),
        (b'{"type":"cheers","timestamp":1762300000000}', NOT_SECONDS),
        (b'{"type":"cheers","timestamp":100000000000.1}', NOT_SECONDS),
        (b'{"type":"cheers","timestamp":' + b"9" * 300 + b"}", NOT_SECONDS),
    ],
)
def test_what_is_no_click_raises_the_reason(value: bytes | None, reason: str) -> None:
    assert reason_of(value) == reason


@settings(max_examples=200)
@given(st.none() | st.binary(max_size=80) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_click_or_unreadable_and_nothing_else(value: bytes | None) -> None:
    try:
        click = decode(value)
    except Unreadable as error:
        assert error.reason in REASONS
    else:
        assert click.type != "fuck"
        assert KEY.fullmatch(click.type)
        assert 0 <= click.timestamp <= LATEST_TIMESTAMP


@settings(max_examples=200)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["cheers", "fuck", "hate"]) | st.from_regex(KEY) | JSON,
            "timestamp": TIMESTAMPS | JSON,
            "user": JSON,
        },
    )
)
def test_an_object_is_a_click_iff_its_type_and_its_timestamp_are_good(
    fields: dict[str, Any],
) -> None:
    timestamp: Any = fields.get("timestamp")
    kind: Any = fields.get("type")
    good = (
        isinstance(kind, str)
        and KEY.fullmatch(kind) is not None
        and isinstance(timestamp, int | float)
        and not isinstance(timestamp, bool)
        and 0 <= timestamp <= 1e11
    )
    try:
        click = decode(json.dumps(fields).encode())
    except Unreadable as error:
        # NaN in a further field makes all of it no JSON.
        assert not good or error.reason == NOT_JSON
    else:
        assert good
        assert click == Click("hate" if kind == "fuck" else kind, float(timestamp))


@given(
    st.builds(
        Click,
        st.from_regex(KEY, fullmatch=True).filter(lambda key: key != "fuck"),
        st.floats(0, LATEST_TIMESTAMP),
    )
)
def test_a_click_comes_back_as_it_was_written(click: Click) -> None:
    assert decode(encode(click)) == click


@given(IDENTITIES)
def test_an_identity_comes_back_as_it_was_written(identity: Identity) -> None:
    header = encode_identity(identity)

    assert header == f"{identity.client}:{identity.seq}:{identity.index_in_batch}".encode()
    assert decode_identity(header) == identity


@pytest.mark.parametrize(
    ("header", "identity"),
    [
        (b"a:0:0", Identity("a", 0, 0)),
        (b"-_Zz09:9007199254740991:499", Identity("-_Zz09", MAX_SEQ, MAX_INDEX)),
        (b"a" * 64 + b":10:20", Identity("a" * 64, 10, 20)),
    ],
)
def test_an_identity_may_use_its_whole_range(header: bytes, identity: Identity) -> None:
    assert decode_identity(header) == identity


@pytest.mark.parametrize(
    "header",
    [
        None,
        b"",
        b"a",
        b"a:1",
        b"a:1:",
        b":1:1",
        b"a:1:1:1",
        b"a:01:1",
        b"a:1:01",
        b"a:00:1",
        b"a:-1:1",
        b"a:+1:1",
        b"a:1.0:1",
        b"a:1e3:1",
        b"a: 1:1",
        b" a:1:1",
        b"a:1:1 ",
        b"a:1:1\n",
        b"a\n:1:1",
        b"a\x00:1:1",
        b"a.b:1:1",
        b"a" * 65 + b":1:1",
        b"a:9007199254740992:0",
        b"a:9999999999999999:0",
        b"a:10000000000000000:0",
        b"a:1:500",
        b"a:1:1000",
        "ä:1:1".encode(),
        "a:١:1".encode(),
        "a:1:１".encode(),
        b"\xff:1:1",
    ],
)
def test_a_foreign_or_malformed_header_is_no_identity(header: bytes | None) -> None:
    assert decode_identity(header) is None


@settings(max_examples=200)
@given(st.binary(max_size=30) | st.from_regex(rb"[a-z0-9:]{0,9}:[0-9]{1,18}:[0-9]{1,4}\n?"))
def test_any_header_is_an_identity_in_its_only_spelling_or_none(header: bytes) -> None:
    identity = decode_identity(header)

    assert identity is None or encode_identity(identity) == header


@pytest.mark.parametrize(
    "value",
    [
        b'{"type":"cheers","timestamp":1800000000.123456}',
        b'{"type":"hate","timestamp":1800000000}',
        b'{"type":"cheers","timestamp":"now"}',
        b"[]",
        b"\0\0\0\0\1{}",
        b"{",
    ],
)
def test_a_long_value_says_the_same_and_takes_little_memory(value: bytes) -> None:
    def said(size: int) -> Click | str:
        record = hold(Record(0, 1.0, value.ljust(size), None))
        assert len(record.value or b"") <= KEPT_VALUE_BYTES
        try:
            return read(record)
        except Unreadable as error:
            return error.reason

    assert said(KEPT_VALUE_BYTES) == said(KEPT_VALUE_BYTES + 1) == said(LARGEST_VALUE_BYTES)
    assert said(LARGEST_VALUE_BYTES + 1) == TOO_LARGE
