"""What a start says of itself."""

from pathlib import Path

import click
import pytest

from dash_app.__main__ import main
from dash_app.commands.steps import announce
from dash_app.settings import Settings


@pytest.mark.parametrize(
    ("variables", "is_said"),
    [
        ({}, True),
        ({"HOST": "localhost"}, True),
        ({"JOIN_URL": "https://clicks.test/j"}, False),
        ({"HOST": "0.0.0.0"}, False),
    ],
)
def test_whether_phones_cannot_reach_the_site_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], variables: dict[str, str], is_said: bool
) -> None:
    path = str(tmp_path / "clicks.sqlite3")
    with click.Context(main, info_name="kafka-clicker"):
        announce(Settings.from_environment({"CLICKS_DB": path, **variables}))

    said = capsys.readouterr().out
    assert "Dashboard: http://" in said
    assert ("Phones cannot reach it yet: `kafka-clicker present`" in said) == is_said
