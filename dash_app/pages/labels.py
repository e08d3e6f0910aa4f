"""What people read for each reaction: its button, and the toast after a tap was sent."""

import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from dash_app.settings import Settings
from dash_app.settings.reactions import CHEERS, HATE, SEED

_ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"


class Label(NamedTuple):
    """The texts of a reaction on the clicker."""

    button: str
    toast: str


_SEED = {
    CHEERS: Label("Cheers Button! 👍", "Event sent: CHEERS 🚀"),
    HATE: Label("Hate button! 👎", "Event sent: HATE 🚀"),
}


def click_labels(settings: Settings) -> Mapping[str, Label]:
    """Return the label of each reaction by its key, in the order of the buttons."""
    if settings.reactions == SEED:
        return _SEED
    return {
        key: Label(label, f"Event sent: {isolated(label)} 🚀") for key, label in settings.reactions
    }


def isolated(label: str) -> str:
    """Return a label as part of a text: one from right to left does not turn what follows it."""
    turns = any(unicodedata.bidirectional(char) in ("R", "AL") for char in label)
    return _ISOLATED.format(label) if turns else label
