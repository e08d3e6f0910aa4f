"""What `--help` says to a new user, and where a mistake in the command line leads."""

import re

import click
import pytest
from click.testing import CliRunner, Result

import dash_app
from dash_app.__main__ import main
from dash_app.settings.reference import entries

COMMANDS = ["run", "present", "demo", "report", "new", "audit", "doctor"]


def command(*arguments: str, program: str = "kafka-clicker") -> Result:
    return CliRunner().invoke(main, arguments, prog_name=program, terminal_width=80)


def sections(text: str) -> dict[str, str]:
    """Return the text below each heading."""
    parts = re.split(r"^(\S[^\n]*):$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(section: str) -> list[str]:
    """Return the first words of a section's rows."""
    return re.findall(r"^  (\S+)", section, re.MULTILINE)


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_groups_the_commands_in_the_order_of_use(option: str) -> None:
    shown = command(option)
    parts = sections(shown.output)

    assert shown.exit_code == 0
    assert rows(parts["Serve"]) == ["run", "present", "demo"]
    assert rows(parts["Look after the clicks"]) == ["report", "audit", "new"]
    assert rows(parts["Find out what is wrong"]) == ["doctor"]
    assert sorted(main.commands) == sorted(COMMANDS)
    assert max(map(len, shown.output.splitlines())) <= 80


def test_the_help_says_where_settings_come_from_and_which_come_first() -> None:
    text = command("--help").output
    settings = sections(text)["Settings (environment variables; `run --help` lists all)"]

    assert rows(settings) == [
        *("HOST", "PORT", "JOIN_URL", "KAFKA_BOOTSTRAP_SERVERS", "CLICKS_DB"),
    ]
    assert "var/clicks.sqlite3" in settings


def test_the_help_of_run_names_every_setting_and_where_the_clicks_are_kept() -> None:
    text = command("run", "--help").output
    settings = rows(sections(text)["Settings (environment variables)"])

    assert settings == [entry.variable for entry in entries()]
    assert "var/clicks.sqlite3 in the current folder" in " ".join(text.split())


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("program", ["kafka-clicker", "python -m dash_app"])
def test_the_help_of_each_command_has_an_example_in_the_words_of_the_one_in_use(
    name: str, program: str
) -> None:
    shown = command(name, "-h", program=program)

    assert shown.exit_code == 0
    assert shown.output.startswith(f"Usage: {program} {name} [OPTIONS]")
    assert re.search(rf"^    (\w+=\S+ )?{program} {name}\b", shown.output, re.MULTILINE)


def test_the_help_of_audit_names_its_exit_codes() -> None:
    assert rows(sections(command("audit", "--help").output)["Exit codes"]) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_one_line(option: str) -> None:
    assert command(option).output == f"kafka-clicker {dash_app.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["presnt"], "No such command 'presnt'. Did you mean 'present'?"),
        (["serve"], "No such command 'serve'."),
        (
            ["--port", "8051"],
            "No such option '--port'. Settings are environment variables: PORT=… kafka-clicker",
        ),
        (
            ["new", "--clicks-db=a"],
            "No such option '--clicks-db'. Settings are environment variables: CLICKS_DB=…",
        ),
        (["run", "--frob"], "No such option '--frob'."),
        (["run", "now"], "Got unexpected extra argument (now)"),
    ],
)
def test_a_mistake_is_named_with_the_way_out(arguments: list[str], sentence: str) -> None:
    done = command(*arguments)

    assert done.exit_code == click.UsageError.exit_code
    assert f"Error: {sentence}" in done.output
    assert re.search(r"^Try 'kafka-clicker( \w+)? --help' for help\.$", done.output, re.MULTILINE)
