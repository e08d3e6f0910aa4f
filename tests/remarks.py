"""What tests tell a person at the end of a run, whichever of its processes they ran in."""

from typing import Any

import pytest

UNDECIDED = "axe-core could not decide"
LOST = "Lighthouse lost its browser and began anew"


def remark(item: pytest.Item, subject: str, value: object) -> None:
    """Send a number, a text or a tuple of them along with the report of a test that ends now."""
    item.user_properties.append((subject, value))


def remarks(reporter: pytest.TerminalReporter, subject: str) -> list[Any]:
    """Return what all tests of the run remarked on the subject."""
    return [
        value
        for reports in reporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "teardown"
        for name, value in report.user_properties
        if name == subject
    ]
