"""What people read for each reaction: the button, the card and the toast."""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from dash_app.settings import Settings
from dash_app.settings.reactions import CHEERS, HATE, SEED

_WORDS = re.compile(r"\w+(?:['’-]\w+)*")
_KEYCAP = "\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"


class Label(NamedTuple):
    """The texts of a reaction: its button, name and card, and the toast after a click was sent."""

    button: str
    name: str
    card: str
    toast: str


_SEED = {
    CHEERS: Label("Cheers Button! 👍", "Cheers 👍", "Total Cheers 👍", "Event sent: CHEERS 🚀"),
    HATE: Label("Hate button! 👎", "Hate 👎", "Total Hate 👎", "Event sent: HATE 🚀"),
}


def click_labels(settings: Settings) -> Mapping[str, Label]:
    """Return the label of each reaction by its key, in the order of the buttons."""
    if settings.reactions == SEED:
        return _SEED
    return {key: _custom_label(label) for key, label in settings.reactions}


def _custom_label(text: str) -> Label:
    return Label(text, text, f"Total {text}", f"Event sent: {_words(text) or text} 🚀")


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFC", re.sub(f".?[{_KEYCAP}]+", " ", text))
    return " ".join(_WORDS.findall(plain.replace("_", " "))).upper()
