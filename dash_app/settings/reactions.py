"""The reactions that the buttons send: a key, which is the type of a click, and a label."""

import re
from collections.abc import Iterable
from typing import NamedTuple

CHEERS = "cheers"
HATE = "hate"

HATE_ON_THE_WIRE = "fuck"
"""The name of HATE in records, `POST /kafka/click` and `GET /kafka/data`; no key."""

LONGEST_KEY = 32
KEY_PATTERN = f"[a-z0-9_-]{{1,{LONGEST_KEY}}}"
"""The form of a key."""

MAX_REACTIONS = 8
LABEL_LIMIT = 40
"""Characters of a label."""

ALLOWED = (
    f"1 to {MAX_REACTIONS} of key=Label, separated by commas; the keys differ, each has 1 to"
    f" {LONGEST_KEY} of a-z 0-9 _ - and is not {HATE_ON_THE_WIRE}; a label has 1 to {LABEL_LIMIT}"
    " printable characters"
)

_INVISIBLE = {*"\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}", *map(chr, range(0xE0020, 0xE0080))}
"""What joins emoji and letters, and the tags that flags such as that of Scotland are made of."""

_BLANK = {*"\u2800\u115f\u1160\u3164\uffa0"}
"""The empty Braille pattern and the fillers of Hangul, which Python calls printable."""

_KEY = re.compile(KEY_PATTERN)
_NEXT_KEY = re.compile(r",(?=[^,=]*=)")


class Reaction(NamedTuple):
    """What a button sends and how people call it."""

    key: str
    label: str


Reactions = tuple[Reaction, ...]

SEED = (Reaction(CHEERS, "Cheers 👍"), Reaction(HATE, "Hate 👎"))
"""The reactions of a site that names none."""


def is_key(text: str) -> bool:
    """Return whether a text is a key; HATE_ON_THE_WIRE is another name of one."""
    return _KEY.fullmatch(text) is not None and text != HATE_ON_THE_WIRE


def is_line(text: str) -> bool:
    """Return whether a text is one line that shows all its characters, emoji sequences included.

    What turns the direction of the text after it (such as U+202E) is refused.
    """
    invisible = {*text} - {char for char in text if char.isprintable() and char not in _BLANK}
    return invisible <= _INVISIBLE and bool({*text} - invisible)


def written(reactions: Iterable[Reaction]) -> str:
    """Return the reactions as REACTIONS holds them."""
    return ", ".join("=".join(reaction) for reaction in reactions)


def split_reactions(value: object) -> object:
    """Return the pairs in a text such as `ok=Just right 👌, slow=Too slow`; all else as it is.

    A label may contain commas.
    """
    if not isinstance(value, str):
        return value
    parts = [part.partition("=") for part in _NEXT_KEY.split(value)]
    return [(key.strip(), label.strip()) for key, _, label in parts]


def check_reactions(reactions: Reactions) -> Reactions:
    """Return the reactions. Raises ValueError if a site cannot have them."""
    if not 1 <= len(reactions) <= MAX_REACTIONS:
        raise ValueError(f"{len(reactions)} reactions")
    if len({reaction.key for reaction in reactions}) < len(reactions):
        raise ValueError("two reactions have the same key")
    for key, label in reactions:
        if not is_key(key):
            raise ValueError(f"{key!r} is no key")
        if not 1 <= len(label) <= LABEL_LIMIT or label != label.strip() or not is_line(label):
            raise ValueError(f"{label!r} is no label")
    return reactions
