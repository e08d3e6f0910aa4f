"""A counting says how far it is: a bar on a terminal, lines elsewhere."""

import io
from collections.abc import Iterator

import pytest

from dash_app.commands.watched import watch
from dash_app.counting import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shares() -> Iterator[float]:
    yield from (0.0, 0.25, 0.5, 1.0)


def test_a_terminal_gets_a_bar_that_ends_full() -> None:
    terminal = Terminal()
    watch(shares(), "topic clicks", terminal)

    assert "topic clicks" in terminal.getvalue()
    assert "100%" in terminal.getvalue().rpartition("\r")[2]


def test_a_file_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.0)
    file = io.StringIO()
    watch(shares(), "topic clicks", file)

    lines = file.getvalue().splitlines()
    assert [line.partition(",")[0] for line in lines] == [
        *("topic clicks: 0% counted", "topic clicks: 25% counted"),
        *("topic clicks: 50% counted", "topic clicks: 100% counted"),
    ]


def test_a_quick_counting_leaves_a_file_empty() -> None:
    file = io.StringIO()
    watch(shares(), "topic clicks", file)

    assert file.getvalue() == ""
