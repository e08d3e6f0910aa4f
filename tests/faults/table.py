"""The table that the fault suite leaves: what became of the clicks in each scenario."""

import pytest

from tests.faults.scenario import SEED, Row
from tests.programs import ROOT
from tests.remarks import remarks

SUBJECT = "faults"
TABLE = ROOT / "var" / "faults.md"
HEAD = """\
| Scenario | Acknowledged | Sent again | Lost | Double | Seconds to recover |
|---|---|---|---|---|---|
"""


def show_table(reporter: pytest.TerminalReporter) -> None:
    """Show the table and keep it in var/, which is never part of the project."""
    rows = [Row(*fields) for fields in remarks(reporter, SUBJECT)]
    if not rows:
        return
    table = HEAD + "".join(map(_line, rows)) + f"\nFAULTS_SEED={SEED}\n"
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(table)
    reporter.section("faults")
    reporter.write(table)


def _line(row: Row) -> str:
    counts = " | ".join(f"{count:,}" for count in row[1:5])
    remark = f" ({row.documented} count twice as documented)" if row.documented else ""
    seconds = f"{row.recovered_seconds:.1f}" if row.recovered_seconds else "–"
    return f"| {row.scenario}{remark} | {counts} | {seconds} |\n"
