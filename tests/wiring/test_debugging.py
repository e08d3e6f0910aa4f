"""Flask's own debugger, which runs what is typed into it, never opens around the site."""

import sys
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.served import run_to_end, serving

pytestmark = pytest.mark.slow

FLASK = [sys.executable, "-m", "flask", "--app"]


@pytest.mark.parametrize(
    ("app", "arguments", "variable"),
    [
        ("dash_app.app", [], "1"),
        ("dash_app.app", ["--debug"], ""),
        ("dash_app:create_app", ["--debug"], ""),
    ],
)
def test_flask_run_with_its_debugger_is_refused(
    tmp_path: Path, app: str, arguments: list[str], variable: str
) -> None:
    command = [*FLASK, app, "run", "--port", str(free_port()), *arguments]
    refused = run_to_end(tmp_path, command, FLASK_DEBUG=variable)

    assert refused.status != 0
    assert "FLASK_DEBUG is '1', which cannot work; allowed: unset or 0" in refused.text
    assert "Running on" not in refused.text


def test_flask_run_without_it_serves_and_has_no_console(tmp_path: Path) -> None:
    port = free_port()
    command = [*FLASK, "dash_app.app", "run", "--port", str(port)]
    with serving(tmp_path, port, command) as served:
        assert served.ask("GET", "/console", prefix="").status == 404
        assert "Debugger" not in served.ask("GET", "/?__debugger__=yes&cmd=paste", prefix="").text


def test_the_sites_own_command_has_no_console_whatever_the_variables(tmp_path: Path) -> None:
    on = {"FLASK_DEBUG": "1", "DASH_DEBUG": "1"}
    with serving(tmp_path, free_port(), **on) as served:
        assert served.ask("GET", "/console", prefix="").status == 404
