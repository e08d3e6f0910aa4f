"""What a start says of itself."""

from pathlib import Path

import click
import pytest

from dash_app.__main__ import main
from dash_app.commands.steps import announce
from dash_app.settings import Settings
from tests.ports import free_port
from tests.programs import run_program
from tests.served import COMMAND, serving


@pytest.mark.parametrize(
    ("variables", "is_said"),
    [
        ({}, True),
        ({"HOST": "localhost"}, True),
        ({"JOIN_HOST": "192.168.1.5"}, True),
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


@pytest.mark.slow
def test_a_console_without_the_signs_for_a_path_and_a_code_is_no_trouble(
    tmp_path: Path,
) -> None:
    port = free_port()
    variables = {"PYTHONIOENCODING": "ascii", "JOIN_URL": "http://join.test/j"}
    command = [*COMMAND, "present"]
    with serving(tmp_path, port, command, CLICKS_DB="日本/clicks", **variables) as served:
        log = served.log()
    assert "Join: http://join.test/j" in log
    assert "the QR code; the landing page shows it" in log
    assert "\\u65e5" in log


@pytest.mark.slow
def test_a_program_without_a_console_serves(tmp_path: Path) -> None:
    closed = 'exec "$@" >&- 2>&-'
    command = ["sh", "-c", closed, "sh", *COMMAND]
    with serving(tmp_path, free_port(), command) as served:
        assert served.click({"type": "cheers"}).status == 200


def test_before_its_workers_start_the_program_imports_none_of_what_they_need() -> None:
    code = (
        "import json, sys\n"
        "import dash_app.serving\n"
        "from dash_app.__main__ import main\n"
        "main.commands['run'], sys.modules['dash_app.commands.steps'].load_settings()\n"
        "late = {'dash', 'flask', 'kafka', 'prometheus_client'}\n"
        "print(json.dumps(sorted(late & sys.modules.keys())))"
    )
    assert run_program(code, env={"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9"}) == []
