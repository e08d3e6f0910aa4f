"""What the documents show a reader: their links, pictures, commands and paths."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.programs import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
"""Every document of the project."""

NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
"""How the tests call them."""

_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^]\n]+\]: (\S+)", re.MULTILINE)
_PICTURE = re.compile(r'!\[([^]]*)\]\(([^)]+)\)|<img src="([^"]+)"(?: alt="([^"]*)")?')
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


class Picture(NamedTuple):
    """A picture of a document: its file, and what it says to who does not see it."""

    file: Path
    alt: str


def prose(document: Path) -> str:
    """Return the text of a document without its blocks of code."""
    return _BLOCK.sub("", document.read_text())


def commands(document: Path) -> Iterator[str]:
    """Yield each line of the blocks of shell, and each piece of code within a sentence."""
    for language, block in _BLOCK.findall(document.read_text()):
        if language == "sh":
            yield from block.replace("\\\n", " ").splitlines()
    yield from _SPAN.findall(prose(document))


def spans(document: Path) -> list[str]:
    """Return each piece of code within a sentence."""
    return _SPAN.findall(prose(document))


def links(document: Path) -> list[str]:
    """Return the targets of the links that lead nowhere else than into this repository."""
    targets = ["".join(found) for found in _LINK.findall(prose(document))]
    return [target for target in targets if "://" not in target]


def anchors(document: Path) -> set[str]:
    """Return the names by which a link reaches a heading of the document."""
    headings = _HEADING.findall(prose(document))
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def pictures(document: Path) -> list[Picture]:
    """Return the pictures of a document."""
    return [
        Picture(document.parent / (file or source), alt or other_alt)
        for alt, file, source, other_alt in _PICTURE.findall(prose(document))
    ]
