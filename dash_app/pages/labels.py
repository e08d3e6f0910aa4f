"""What people read for each type of click: the button, the card and the toast."""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from dash_app.counting.clicks import CHEERS, HATE
from dash_app.settings import Settings

_WORDS = re.compile(r"\w+(?:['’-]\w+)*")
_KEYCAP = "\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"


class Label(NamedTuple):
    """The texts of a type: its button, its name, its card, and the toast after a click was sent."""

    button: str
    name: str
    card: str
    toast: str


_DEFAULTS = {
    CHEERS: Label("Cheers Button! 👍", "Cheers 👍", "Total Cheers 👍", "Event sent: CHEERS 🚀"),
    HATE: Label("Hate button! 👎", "Hate 👎", "Total Hate 👎", "Event sent: HATE 🚀"),
}


def click_labels(settings: Settings) -> Mapping[str, Label]:
    """Return the label of each type, from CHEERS_LABEL and HATE_LABEL where they are set."""
    custom = {CHEERS: settings.cheers_label, HATE: settings.hate_label}
    return {kind: _custom_label(text) if text else _DEFAULTS[kind] for kind, text in custom.items()}


def _custom_label(text: str) -> Label:
    return Label(text, text, f"Total {text}", f"Event sent: {_words(text) or text} 🚀")


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFC", re.sub(f".?[{_KEYCAP}]+", " ", text))
    return " ".join(_WORDS.findall(plain.replace("_", " "))).upper()
