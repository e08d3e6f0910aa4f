"""The table: the last finding of each row, kept as JSON, shown as Markdown."""

import os
import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import orjson

from bench.rows import ROWS, Finding, Target, quantity

ROOT = Path(__file__).resolve().parents[1]
JSON = ROOT / "var" / "bench.json"
MARKDOWN = ROOT / "docs" / "performance.md"

HEAD = "| # | what | target | found | met | behind it |\n|---|---|---|---|---|---|"
_PLACE = re.compile(r"(<!-- table -->\n)(.*?)(<!-- end of table -->)", re.DOTALL)
_LINE = re.compile(r"^\| \d+ \|.*$", re.MULTILINE)


class Results:
    """Findings by row, of this run and of earlier ones."""

    def __init__(self, rows: dict[int, dict[str, Any]] | None = None) -> None:
        self._rows = rows or {}
        self._added: set[int] = set()

    @classmethod
    def load(cls, path: Path = JSON) -> Self:
        """Return what earlier runs kept on this machine."""
        if not path.exists():
            return cls()
        return cls({int(number): row for number, row in orjson.loads(path.read_bytes()).items()})

    def add(self, number: int, finding: Finding) -> None:
        """Take a finding in the place of an earlier one of the row."""
        targets = ROWS[number].targets
        unmeasured = {target.figure for target in targets} ^ finding.figures.keys()
        if unmeasured:
            raise ValueError(f"row {number}: the figures and the targets differ in {unmeasured}")
        self._added.add(number)
        self._rows[number] = {
            "what": ROWS[number].what,
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "cpus": os.cpu_count(),
            "targets": [_as_fields(target, finding.figures[target.figure]) for target in targets],
            "behind": finding.behind,
        }

    def save(self, json: Path = JSON, markdown: Path = MARKDOWN) -> None:
        """Keep everything as JSON, and put the table into the document."""
        json.parent.mkdir(exist_ok=True)
        # Another run may have kept other rows since this one began.
        self._rows = self.load(json)._rows | {n: self._rows[n] for n in self._added}
        rows = {str(number): self._rows[number] for number in sorted(self._rows)}
        json.write_bytes(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        text, places = _PLACE.subn(
            lambda at: f"{at[1]}{self._with_others(at[2])}\n{at[3]}", markdown.read_text()
        )
        if places != 1:
            raise ValueError(f"{markdown} has {places} places for the table, not one")
        markdown.write_text(text)

    def _with_others(self, written: str) -> str:
        """Return the whole table; what was written of rows that this run did not measure stays."""
        lines = {number: self.line(number) for number in self._rows}
        lines |= {int(line.split("|")[1]): line for line in _LINE.findall(written)}
        lines |= {number: self.line(number) for number in self._added}
        return "\n".join([HEAD, *(lines[number] for number in sorted(lines.keys() & ROWS.keys()))])

    def table(self, numbers: Collection[int]) -> str:
        """Return the Markdown table of these rows, as far as they were ever measured."""
        return "\n".join([HEAD, *(self.line(n) for n in sorted(numbers) if n in self._rows)])

    def line(self, number: int) -> str:
        """Return the line of a row."""
        row = self._rows[number]
        behind = "; ".join(f"{name}: {figure}" for name, figure in row["behind"].items())
        cells = [
            str(number),
            row["what"],
            "<br>".join(target["target"] for target in row["targets"]),
            "<br>".join(target["found"] for target in row["targets"]),
            "<br>".join("yes" if target["met"] else "**no**" for target in row["targets"]),
            behind,
        ]
        return f"| {' | '.join(cells)} |"


def _as_fields(target: Target, value: float) -> dict[str, Any]:
    measured_value = quantity(value, target.unit)
    return {
        "target": str(target),
        "value": value,
        "found": measured_value,
        "met": target.is_met(value),
    }
