"""A file that a command writes is whole or not there, and takes the place of no other."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dash_app.commands.new_file import check_new_file, write_new_file


def test_a_file_has_its_name_once_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"

    def parts() -> Iterator[bytes]:
        yield b"start\r\n"
        assert not file.exists()
        yield "👍\n".encode()

    write_new_file(file, parts())
    assert file.read_bytes() == "start\r\n👍\n".encode()
    assert [*tmp_path.iterdir()] == [file]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_failure_half_way_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def parts() -> Iterator[bytes]:
        yield b"half"
        raise error

    with pytest.raises(error):
        write_new_file(tmp_path / "a.csv", parts())
    assert [*tmp_path.iterdir()] == []


def test_a_file_that_somebody_made_meanwhile_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"

    def parts() -> Iterator[bytes]:
        file.write_text("mine")
        yield b"theirs"

    with pytest.raises(click.ClickException, match="exists"):
        write_new_file(file, parts())
    assert file.read_text() == "mine"
    assert [*tmp_path.iterdir()] == [file]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("a.txt", "a.txt ends with none of .csv, .html, .json"),
        ("a", "a ends with none of .csv, .html, .json"),
        ("there.csv", "there.csv exists; name another file, or remove it"),
        ("folder.json", "folder.json exists"),
        ("nowhere/a.csv", "there is no folder"),
        ("there.csv/a.csv", "there is no folder"),
        (f"{'a' * 300}.csv", "cannot write"),
    ],
)
def test_what_cannot_be_written_is_named_before_anything_is_counted(
    tmp_path: Path, name: str, sentence: str
) -> None:
    (tmp_path / "there.csv").write_text("mine")
    (tmp_path / "folder.json").mkdir()

    with pytest.raises(click.ClickException) as raised:
        check_new_file(tmp_path / name, (".csv", ".html", ".json"))
    assert sentence in raised.value.message


def test_an_ending_may_be_in_capitals(tmp_path: Path) -> None:
    assert check_new_file(tmp_path / "A.CSV", (".csv",)) == ".csv"


def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(click.ClickException, match=r"cannot write /proc/a.csv: "):
        write_new_file(Path("/proc/a.csv"), [b"text"])
