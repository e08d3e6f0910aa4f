from typing import Any

import pytest

from dash_app.pages.labels import Label, click_labels
from dash_app.settings import Settings


def test_unset_labels_are_the_known_texts() -> None:
    assert click_labels(Settings()) == {
        "cheers": Label(
            "Cheers Button! 👍", "Cheers 👍", "Total Cheers 👍", "Event sent: CHEERS 🚀"
        ),
        "hate": Label("Hate button! 👎", "Hate 👎", "Total Hate 👎", "Event sent: HATE 🚀"),
    }


def test_a_label_of_ones_own_changes_one_type_only() -> None:
    texts = click_labels(Settings(hate_label="Too fast 🐢"))

    assert texts["hate"] == Label(
        "Too fast 🐢", "Too fast 🐢", "Total Too fast 🐢", "Event sent: TOO FAST 🚀"
    )
    assert texts["cheers"] == click_labels(Settings())["cheers"]


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Bravo!", "BRAVO"),
        ("¡Más rápido! 🏃🏽‍♀️", "MÁS RÁPIDO"),
        ("Don't know_why", "DON'T KNOW WHY"),
        ("Plan B: 2 of 3", "PLAN B 2 OF 3"),
        ("好 👌", "好"),
        ("Vote 1️⃣", "VOTE"),
    ],
)
def test_a_toast_says_the_words_of_the_label_in_capitals(label: str, words: str) -> None:
    assert click_labels(Settings(cheers_label=label))["cheers"].toast == f"Event sent: {words} 🚀"


def test_a_label_without_words_stands_in_the_toast_as_it_is() -> None:
    assert click_labels(Settings(cheers_label="🎉"))["cheers"].toast == "Event sent: 🎉 🚀"


def test_no_text_has_the_wire_name_in_it() -> None:
    texts: Any = click_labels(Settings())

    assert "fuck" not in str(texts).lower()
