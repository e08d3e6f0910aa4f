"""REACTIONS: what buttons a site may have, and one sentence for all others."""

from typing import Any

import pytest

from dash_app.settings import BadSetting, Settings
from dash_app.settings.reactions import ALLOWED, SEED, is_key, written

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
EIGHT = ", ".join(f"{number}={number}" for number in range(8))


def taken(text: str) -> list[tuple[str, str]]:
    """Return the keys and labels that the variable sets."""
    return [(key, label) for key, label in Settings.from_environment({"REACTIONS": text}).reactions]


def test_without_them_a_site_has_those_of_the_seed() -> None:
    assert Settings().reactions == SEED == (("cheers", "Cheers 👍"), ("hate", "Hate 👎"))
    assert Settings.from_environment({"REACTIONS": " "}).reactions == SEED
    assert taken(written(SEED)) == [*SEED]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("ok=OK", [("ok", "OK")]),
        (EIGHT, [(str(number), str(number)) for number in range(8)]),
        ("a=Too fast 🐇,b=Right", [("a", "Too fast 🐇"), ("b", "Right")]),
        (" a = A \t,\n b = B ", [("a", "A"), ("b", "B")]),
        ("a=one, two; three, b=yes, no", [("a", "one, two; three"), ("b", "yes, no")]),
        ("a=1+1=2", [("a", "1+1=2")]),
        ("a==1+1, b=@SUM(A1)", [("a", "=1+1"), ("b", "@SUM(A1)")]),
        ("_-=<b>&amp;</b>", [("_-", "<b>&amp;</b>")]),
        (f"{'k' * 32}={'x' * 40}", [("k" * 32, "x" * 40)]),
        (f"f={FAMILY}, s={SCOTLAND}, k=1️⃣", [("f", FAMILY), ("s", SCOTLAND), ("k", "1️⃣")]),
        ("he=שלום, fa=می\u200cخواهم", [("he", "שלום"), ("fa", "می\u200cخواهم")]),
        ("cheers=Yes, hate=No", [("cheers", "Yes"), ("hate", "No")]),
    ],
)
def test_buttons_are_read_in_their_order(text: str, pairs: list[tuple[str, str]]) -> None:
    assert taken(text) == pairs
    assert Settings(reactions=pairs).reactions == tuple(pairs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        ",",
        "=OK",
        "ok=",
        "ok=\u200d",
        f"{EIGHT}, 9=9",
        "a=A, a=B",
        "a=A, A=B",
        "a b=A",
        "é=A",
        "١=A",
        f"{'k' * 33}=A",
        "fuck=A",
        "too many types=A",
        f"a={'x' * 41}",
        "a=x\u202ey",
        "a=\u3164",
        "a=x\u2800",
        "a=x\u2066y",
        "a=x\ny",
        "a=x\ty",
        "a=\ufeffx",
        "a=x\x07",
        "a=x\ud800",
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(BadSetting) as raised:
        Settings.from_environment({"REACTIONS": text})

    assert str(raised.value) == f"REACTIONS is {text!r}, which cannot work; allowed: {ALLOWED}."


@pytest.mark.parametrize(
    "value",
    [
        *([], (), None, 5, b"a=A", {"a": "A"}, ["a=A"], ["ab"], [("a",)], [("a", "A", "A")]),
        *([("a", 1)], [(1, "A")], [("a", None)], [("a", " ")], [("a", " A")], [("a", "")]),
    ],
)
def test_a_program_gets_the_same_sentence(value: Any) -> None:
    with pytest.raises(
        BadSetting, match=r"^REACTIONS is .*, which cannot work; allowed: 1 to 8 of"
    ):
        Settings(reactions=value)


def test_a_program_may_give_the_text_as_well() -> None:
    text: Any = "ok=OK, no=No"

    assert Settings(reactions=text).reactions == (("ok", "OK"), ("no", "No"))


def test_the_name_on_the_wire_is_no_key() -> None:
    assert is_key("hate")
    assert not is_key("fuck")
