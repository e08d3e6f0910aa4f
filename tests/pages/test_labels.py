from itertools import starmap
from typing import Any

import pytest

from dash_app.pages.labels import Label, click_labels
from dash_app.settings import Settings
from dash_app.settings.reactions import Reaction


def test_unset_labels_are_the_known_texts() -> None:
    assert click_labels(Settings()) == {
        "cheers": Label("Cheers Button! 👍", "Event sent: CHEERS 🚀"),
        "hate": Label("Hate button! 👎", "Event sent: HATE 🚀"),
    }


def test_reactions_of_ones_own_have_their_labels_in_their_order() -> None:
    own = {"too-fast": "Too fast 🐇", "ok": "OK", "hate": "Meh"}
    texts = click_labels(Settings(reactions=tuple(starmap(Reaction, own.items()))))

    assert list(texts) == ["too-fast", "ok", "hate"]
    assert texts["too-fast"] == Label("Too fast 🐇", "Event sent: Too fast 🐇 🚀")
    assert texts["hate"].button == "Meh"


@pytest.mark.parametrize(
    ("label", "part"),
    [
        ("Más rápido, 2×!", "Más rápido, 2×!"),
        ("أسرع!", "\u2068أسرع!\u2069"),
        ("מהר", "\u2068מהר\u2069"),
    ],
)
def test_a_label_from_right_to_left_turns_nothing_after_it(label: str, part: str) -> None:
    label_of = click_labels(Settings(reactions=(Reaction("ok", label),)))["ok"]

    assert label_of == Label(label, f"Event sent: {part} 🚀")


def test_no_text_has_the_wire_name_in_it() -> None:
    texts: Any = click_labels(Settings())

    assert "fuck" not in str(texts).lower()
