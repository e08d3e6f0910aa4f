"""Whatever others write is read, or refused with the one error that is foreseen."""

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dash_app.counting import checkpoint
from dash_app.counting.checkpoint import Checkpoint
from dash_app.counting.records import (
    LATEST_TIMESTAMP,
    REASONS,
    Unreadable,
    decode,
    decode_identity,
    decode_person,
    encode_identity,
)
from dash_app.web.requests import MAX_CLICKS, BadRequest, parse
from tests.fuzz.size import CASES, SECONDS

tries = settings(
    max_examples=CASES,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

NAMES = [
    *("type", "timestamp", "clicks", "client", "seq", "age_ms"),
    *("v", "topic_id", "D", "totals", "cheers", "hate", "duplicates", "untimely", "unreadable"),
]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["cheers", "fuck", "hate", "too-slow_2", 1, 1e11, 2**53, 2**62, 2**64, -0.0])
)


def _holding(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.sampled_from(NAMES) | st.text(max_size=4)
    return st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6)


VALUES = st.recursive(LEAVES, _holding, max_leaves=12)
OBJECTS = st.dictionaries(st.sampled_from(NAMES), VALUES)
BYTES = (
    st.binary(max_size=60)
    # Python writes NaN, Infinity and lone surrogates, which are no JSON.
    | (VALUES | OBJECTS).map(lambda value: json.dumps(value).encode())
    | st.integers(1, 3000).map(lambda depth: b"[" * depth)
)

COUNTS = st.integers(0, 2**62) | LEAVES
KEYS = st.from_regex("[a-z0-9_-]{1,32}", fullmatch=True) | st.text(max_size=8)
CHECKPOINTS = st.fixed_dictionaries(
    {
        "v": st.just(checkpoint.VERSION) | LEAVES,
        "topic_id": LEAVES,
        "D": COUNTS,
        "totals": st.dictionaries(KEYS, COUNTS, max_size=40) | VALUES,
        "duplicates": COUNTS,
        "untimely": COUNTS,
        "unreadable": st.dictionaries(st.text(max_size=8), COUNTS, max_size=3) | VALUES,
    }
)


@pytest.mark.timeout(SECONDS)
@tries
@given(st.none() | BYTES)
def test_a_records_value_is_a_click_or_unreadable_for_a_known_reason(value: bytes | None) -> None:
    try:
        click = decode(value)
    except Unreadable as error:
        assert error.reason in REASONS
    else:
        assert 0 <= click.timestamp <= LATEST_TIMESTAMP


@pytest.mark.timeout(SECONDS)
@tries
@given(
    st.none()
    | st.binary(max_size=100)
    | st.from_regex(rb"[A-Za-z0-9_:-]{0,70}:[0-9]{1,20}:[0-9]{1,5}\n?", fullmatch=True)
)
def test_a_header_is_an_identity_that_writes_itself_so_or_none(
    header: bytes | None,
) -> None:
    identity = decode_identity(header)

    assert identity is None or encode_identity(identity) == header


@pytest.mark.timeout(SECONDS)
@tries
@given(st.none() | st.binary(max_size=20) | st.from_regex(rb"[0-9a-gA-F_ -]{14,18}\n?"))
def test_a_header_is_a_person_that_writes_itself_so_or_none(header: bytes | None) -> None:
    person = decode_person(header)

    assert person is None or (header is not None and b"%016x" % person == header.lower())


@pytest.mark.timeout(SECONDS)
@tries
@given(BYTES, st.floats(0, 1e10))
def test_a_request_is_clicks_that_can_be_counted_or_a_bad_request(
    body: bytes, received: float
) -> None:
    try:
        request = parse(body, received, {"cheers", "hate"})
    except BadRequest as error:
        assert str(error)
    else:
        assert 1 <= len(request.batch) <= MAX_CLICKS
        assert all(math.isfinite(outgoing.click.timestamp) for outgoing in request.batch)


@pytest.mark.timeout(SECONDS)
@tries
@given(
    st.integers(0, 2**63),
    st.text(max_size=60) | (VALUES | OBJECTS | CHECKPOINTS).map(json.dumps),
)
def test_a_checkpoint_is_one_that_can_be_written_again_or_none(offset: int, metadata: str) -> None:
    decoded = checkpoint.decode(offset, metadata)

    assert decoded is None or isinstance(decoded, Checkpoint)
    assert decoded is None or checkpoint.decode(offset, decoded.metadata()) == decoded
