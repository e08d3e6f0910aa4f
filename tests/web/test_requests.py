import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_app.brokers import Outgoing
from dash_app.counting.clicks import Click, Identity
from dash_app.web.requests import INVALID_TYPE, BadRequest, ClickRequest, parse

RECEIVED = 1_800_000_000.0
DAY = 24 * 3600.0
TYPES = {"cheers", "hate", "too-slow_2"}


def asked(body: Any) -> ClickRequest:
    return parse(json.dumps(body).encode(), RECEIVED, TYPES)


def refusal(body: Any) -> str:
    with pytest.raises(BadRequest) as raised:
        parse(body if isinstance(body, bytes) else json.dumps(body).encode(), RECEIVED, TYPES)
    return str(raised.value)


def one(**fields: Any) -> dict[str, Any]:
    """Return a batch with one click of the given fields."""
    return {"clicks": [{"type": "cheers", **fields}]}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("cheers", "cheers"), ("fuck", "hate"), ("hate", "hate"), ("too-slow_2",) * 2],
)
def test_a_single_click_has_the_time_of_its_receipt_and_no_identity(name: str, kind: str) -> None:
    assert asked({"type": name}) == ClickRequest([Outgoing(Click(kind, RECEIVED), None)], name)


def test_without_a_button_for_hate_neither_of_its_names_is_taken() -> None:
    for name in ("hate", "fuck"):
        with pytest.raises(BadRequest, match=f"^{INVALID_TYPE}$"):
            parse(json.dumps({"type": name}).encode(), RECEIVED, {"cheers", "ok"})


def test_a_single_click_may_have_an_identity() -> None:
    request = asked({"type": "cheers", "client": "a-_9", "seq": 7})

    assert request.batch == [Outgoing(Click("cheers", RECEIVED), Identity("a-_9", 7, 0))]
    assert request.single_name == "cheers"


def test_a_batch_keeps_its_order_and_gives_each_click_its_place() -> None:
    clicks = [{"type": "cheers", "age_ms": 120}, {"type": "hate", "age_ms": 0.5}, {"type": "fuck"}]

    assert asked({"client": "a", "seq": 7, "clicks": clicks}) == ClickRequest(
        [
            Outgoing(Click("cheers", RECEIVED - 0.12), Identity("a", 7, 0)),
            Outgoing(Click("hate", RECEIVED - 0.0005), Identity("a", 7, 1)),
            Outgoing(Click("hate", RECEIVED), Identity("a", 7, 2)),
        ],
        None,
    )


def test_a_batch_without_client_and_seq_is_anonymous() -> None:
    assert [outgoing.identity for outgoing in asked(one()).batch] == [None]


def test_a_repeat_has_the_same_identities_whatever_the_ages() -> None:
    batch = {"client": "a", "seq": 7}

    first = asked(batch | one(age_ms=10)).batch
    repeated = asked(batch | one(age_ms=4000)).batch

    assert [o.identity for o in first] == [o.identity for o in repeated]
    assert repeated[0].click.timestamp == RECEIVED - 4


@pytest.mark.parametrize(
    ("age_ms", "age"),
    [
        (0, 0),
        (1, 0.001),
        (250.5, 0.2505),
        (86_400_000, DAY),
        (86_400_001, DAY),
        (1e300, DAY),
        (10**30, DAY),
        (-1, 0),
        (-1e300, 0),
    ],
)
def test_an_age_is_clamped_to_a_day(age_ms: float, age: float) -> None:
    assert asked(one(age_ms=age_ms)).batch[0].click.timestamp == RECEIVED - age


def test_500_clicks_fit_into_a_request_and_501_do_not() -> None:
    batch = asked({"client": "a", "seq": 0, "clicks": [{"type": "cheers"}] * 500}).batch

    assert [o.identity.index_in_batch for o in batch if o.identity] == list(range(500))
    assert "at most 500" in refusal({"clicks": [{"type": "cheers"}] * 501})


@pytest.mark.parametrize("seq", [0, 1, 2**53 - 1])
@pytest.mark.parametrize("client", ["a", "A-Z_09", "x" * 64])
def test_an_identity_may_use_its_whole_range(client: str, seq: int) -> None:
    request = asked({"type": "hate", "client": client, "seq": seq})

    assert request.batch[0].identity == Identity(client, seq, 0)


def test_a_number_may_be_written_with_a_point() -> None:
    (outgoing,) = asked({"type": "hate", "client": "a", "seq": 7.0}).batch

    assert repr(outgoing.identity) == repr(Identity("a", 7, 0))


@pytest.mark.parametrize("seq", [-1, 2**53, 10**30, 1e30, -1.0, 1.5, "7", True, [7]])
@pytest.mark.parametrize("body", [{"type": "cheers"}, one()], ids=["single", "batch"])
def test_a_seq_that_is_no_number_of_a_batch_is_refused(body: dict[str, Any], seq: Any) -> None:
    assert refusal(body | {"client": "a", "seq": seq}).startswith("seq is ")


@pytest.mark.parametrize(
    "client", ["", "x" * 65, "a b", "a:b", "a.b", "ä", "a\n", "\na", "a\x00", 7, True, ["a"]]
)
@pytest.mark.parametrize("body", [{"type": "cheers"}, one()], ids=["single", "batch"])
def test_a_client_that_is_no_id_is_refused(body: dict[str, Any], client: Any) -> None:
    assert refusal(body | {"client": client, "seq": 1}).startswith("client is ")


@pytest.mark.parametrize("half", [{"client": "a"}, {"seq": 7}, {"client": "a", "seq": None}])
@pytest.mark.parametrize("body", [{"type": "cheers"}, one()], ids=["single", "batch"])
def test_only_one_of_client_and_seq_is_refused(body: dict[str, Any], half: dict[str, Any]) -> None:
    assert refusal(body | half) == "client and seq must come together, or neither"


@pytest.mark.parametrize("clicks", [[{"type": "cheers"}], [], None])
def test_a_type_together_with_clicks_is_refused(clicks: Any) -> None:
    assert refusal({"type": "cheers", "clicks": clicks}) == "type and clicks must not come together"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "love"},
        {"type": "Cheers"},
        {"type": "cheers "},
        {"type": ""},
        {"type": None},
        {"type": 1},
        {"type": ["cheers"]},
        {"kind": "cheers"},
        {"clicks": [{}]},
        {"clicks": [{"type": "cheers"}, {"type": "love"}]},
        {"clicks": [{"type": None, "age_ms": "x"}]},
    ],
)
def test_an_unknown_or_missing_type_is_refused_in_the_words_of_the_contract(body: Any) -> None:
    assert refusal(body) == INVALID_TYPE == "Invalid click type"


@pytest.mark.parametrize("age_ms", ["120", None, True, [1], {}])
def test_an_age_that_is_no_number_is_refused(age_ms: Any) -> None:
    assert refusal(one(age_ms=age_ms)).startswith(f"clicks.0.age_ms is {age_ms!r}: ")


@pytest.mark.parametrize(
    "clicks", [[], None, {}, {"0": {"type": "cheers"}}, "cheers", 1, ["cheers"], [None], [[]]]
)
def test_clicks_that_are_no_list_of_clicks_are_refused(clicks: Any) -> None:
    assert refusal({"clicks": clicks}).startswith("clicks")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"type=cheers",
        b"{'type': 'cheers'}",
        b'{"type": "cheers"',
        b'{"type": "cheers"} {"type": "cheers"}',
        b'{"type": "cheers", "x": NaN}',
        b'{"clicks": [{"type": "cheers", "age_ms": Infinity}]}',
        b'{"clicks": [{"type": "cheers", "age_ms": 1e999}]}',
        b'{"type": "cheers\xff"}',
        b'\xef\xbb\xbf{"type": "cheers"}',
        b"[" * 60_000,
    ],
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    assert refusal(body).startswith("The body is not JSON: ")


@pytest.mark.parametrize("body", [None, 7, "cheers", [], [{"type": "cheers"}], True])
def test_what_is_no_object_is_refused(body: Any) -> None:
    assert refusal(body) == 'The body must be a JSON object such as {"type": "cheers"}'


def test_unknown_fields_are_ignored() -> None:
    assert asked({"type": "cheers", "age": 3, "user": {"seq": -1}}) == asked({"type": "cheers"})
    assert asked(one(colour="red") | {"v": 2}) == asked(one())


def test_a_refusal_stays_short_whatever_was_sent() -> None:
    assert len(refusal({"clicks": "x" * 60_000})) < 200
    assert len(refusal({"type": "cheers", "client": "x" * 60_000, "seq": 1})) < 200


def deep(opening: bytes, levels: int, closing: bytes) -> bytes:
    return opening * levels + b"1" + closing * levels


@pytest.mark.parametrize("levels", [200, 980, 1_000, 1_020, 1_023, 1_024, 1_100, 20_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"cheers","client":"a","seq":%s}',
        b'{"type":"cheers","client":%s,"seq":1}',
        b'{"type":%s}',
        b'{"clicks":%s}',
        b'{"clicks":[%s]}',
        b'{"clicks":[{"type":%s}]}',
        b'{"clicks":[{"type":"cheers","age_ms":%s}]}',
        b"%s",
    ],
)
def test_lists_in_lists_in_lists_are_refused(
    body: bytes, opening: bytes, closing: bytes, levels: int
) -> None:
    with pytest.raises(BadRequest) as refused:
        parse(body % deep(opening, levels, closing), RECEIVED, TYPES)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    "value",
    [
        *(b"9" * 5_000, b"-" + b"9" * 4_301, b"1e5000"),
        *(b"NaN", b"-Infinity", b'"\\ud800"', b'"\\udc00\\ud800"', b'"\xed\xa0\x80"', b"\x00"),
        *(b"9" * 60_000, b"[" + b"9," * 20_000 + b"9]", b'"' + b"\\u0000" * 9_000 + b'"'),
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"cheers","client":"a","seq":%s}',
        b'{"type":"cheers","client":%s,"seq":1}',
        b'{"type":"cheers","client":"a","client":%s,"seq":1,"seq":"b"}',
        b'{"type":%s,"type":%s}',
        b'{%s:1,"type":"x"}',
    ],
)
def test_odd_numbers_and_texts_are_refused(body: bytes, value: bytes) -> None:
    with pytest.raises(BadRequest) as refused:
        parse(body.replace(b"%s", value), RECEIVED, TYPES)
    assert len(str(refused.value)) < 300


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(["cheers", "fuck", "hate", "a", 7])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "clicks", "client", "seq", "age_ms", "x"]), inner
        )
    ),
    max_leaves=8,
)


@settings(max_examples=400)
@given(JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40))
def test_any_body_is_a_request_or_a_bad_one_and_nothing_else(body: bytes) -> None:
    try:
        request = parse(body, RECEIVED, TYPES)
    except BadRequest as error:
        assert str(error)
    else:
        assert 1 <= len(request.batch) <= 500
        assert (request.single_name is None) == ("clicks" in json.loads(body))
        for click, identity, person in request.batch:
            assert click.type in TYPES
            assert RECEIVED - DAY <= click.timestamp <= RECEIVED
            assert identity is None or identity.seq >= 0
            assert person is None
