"""`doctor` says in one line each what is in the way of a site, and the way out."""

import re
import socket
import tempfile
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from dash_app.__main__ import main
from dash_app.brokers.sqlite import checkup
from dash_app.brokers.sqlite.file import SqliteFile
from dash_app.settings import Settings
from tests.brokers.sqlite.rows import opened
from tests.ports import free_port
from tests.served import PREFIX, Answer, run_command, serving
from tests.sites import open_site


def doctor(folder: Path, **variables: object) -> Answer:
    """Run the command in this process."""
    given = {"CLICKS_DB": folder / "clicks.sqlite3", "PORT": free_port(), **variables}
    environment = {name: str(value) for name, value in given.items()}
    done = CliRunner().invoke(main, ["doctor"], prog_name="kafka-clicker", env=environment)
    return Answer(done.exit_code, done.output)


def line(answer: Answer, subject: str) -> str:
    """Return the line about a subject, in single spaces."""
    lines = [" ".join(line.split()) for line in answer.text.splitlines()]
    (found,) = [line for line in lines if line.split()[1] == subject]
    return found


def test_a_machine_that_can_serve_gets_0_and_nothing_is_created(tmp_path: Path) -> None:
    answer = run_command(tmp_path, "doctor", PORT=free_port())

    assert answer.status == 0, answer.text
    for said in answer.text.splitlines():
        assert re.match(r"(ok|note)  +[a-z]+  +\S", said), said
    assert "does not exist yet; the first start creates it" in line(answer, "clicks")
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_clicks_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    with open_site(Settings(clicks_db=path)) as site:
        site.click({"clicks": [{"type": "cheers"}] * 3})
    for _ in range(2):
        answer = doctor(tmp_path)
        assert answer.status == 0, answer.text
        assert line(answer, "clicks") == f"ok clicks {path} holds 3 and can take more"
        assert line(answer, "clock").startswith("ok ")


def test_a_file_without_a_click_can_take_some(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    with SqliteFile(path, 1):
        pass
    answer = doctor(tmp_path)

    assert answer.status == 0, answer.text
    assert line(answer, "clicks") == f"ok clicks {path} holds 0 and can take more"


def test_a_bad_setting_is_the_one_line(tmp_path: Path) -> None:
    answer = doctor(tmp_path, PORT="many")

    assert answer.status == 1
    bad = line(answer, "settings")
    assert bad == "bad settings PORT is 'many', which cannot work; allowed: 1 to 65535."
    assert len(answer.text.splitlines()) == 1


@pytest.mark.parametrize("place", ["/proc/clicks.sqlite3", "/proc/deep/er/clicks.sqlite3"])
def test_a_folder_that_takes_no_file_is_named_with_the_way_out(tmp_path: Path, place: str) -> None:
    answer = doctor(tmp_path, CLICKS_DB=place)

    assert answer.status == 1
    assert f"{place} cannot take clicks" in line(answer, "clicks")
    assert "set CLICKS_DB to another file" in line(answer, "clicks")


def test_a_file_of_another_program_is_named(tmp_path: Path) -> None:
    (tmp_path / "clicks.sqlite3").write_text("a thesis" * 100)
    answer = doctor(tmp_path)

    assert answer.status == 1
    assert "file is not a database" in line(answer, "clicks")


def test_a_disk_that_is_almost_full_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "FREE_BYTES", 1 << 62)
    answer = doctor(tmp_path)

    assert answer.status == 1
    assert re.match(r"bad disk only [0-9,]+ MB are free in .*; make room", line(answer, "disk"))


def test_clicks_from_the_future_mean_a_clock_that_was_set_back(tmp_path: Path) -> None:
    path = tmp_path / "clicks.sqlite3"
    with open_site(Settings(clicks_db=path)) as site:
        site.click({"type": "cheers"})
    with opened(path) as database:
        database.execute("UPDATE clicks SET received = ?", (time.time() + 3600,))
    answer = doctor(tmp_path)

    assert answer.status == 1
    assert re.search(r"is from 3,[56]\d\d s in the future: .* clock was set back", answer.text)
    assert "charts draw such clicks when their time comes" in line(answer, "clock")


def test_a_taken_port_is_named_with_the_line_that_uses_a_free_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answer = doctor(tmp_path, PORT=port)

    assert answer.status == 1
    assert re.fullmatch(
        rf"bad port port {port} is taken; `PORT=\d+ kafka-clicker run` uses a free one",
        line(answer, "port"),
    )


@pytest.mark.slow
def test_a_site_that_serves_already_is_no_trouble(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port):
        answer = run_command(tmp_path, "doctor", PORT=port)

    assert answer.status == 0, answer.text
    site = f"http://127.0.0.1:{port}{PREFIX}/"
    assert line(answer, "port") == f"ok port a site serves on {port} already, at {site}"


def test_no_folder_for_temporary_files_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc")
    answer = doctor(tmp_path)

    assert answer.status == 1
    assert "set TMPDIR to a folder that can be written" in line(answer, "temp")
    assert list(tmp_path.iterdir()) == []
