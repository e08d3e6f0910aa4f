"""The snippets and commands of docs/mounting.md, to be run as a reader runs them."""

import re
import runpy
from pathlib import Path

from flask import Flask

from tests.programs import ROOT

TEXT = (ROOT / "docs" / "mounting.md").read_text()

SNIPPETS: dict[str, str] = {
    heading: code
    for section in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
    for heading in [section.splitlines()[0]]
    for code in re.findall(r"^```python\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
}
"""The code under each heading; there is one piece at most."""

SITE = "The whole of it"
"""The heading of the site that the commands serve."""

COMMANDS: list[str] = re.findall(r"^\w+ -.*\bwebsite\b.*$", TEXT, re.MULTILINE)
"""The commands that serve it."""


def write_website(folder: Path, heading: str = SITE, more: str = "") -> Path:
    """Write the code under that heading to `website.py` in the folder, and more below it."""
    file = folder / "website.py"
    file.write_text(f"{SNIPPETS[heading]}{more}")
    return file


def run_website(folder: Path, heading: str) -> Flask:
    """Run the code under that heading and return its Flask server."""
    server = runpy.run_path(str(write_website(folder, heading)), run_name="website")["server"]
    assert isinstance(server, Flask)
    return server
