import errno
import multiprocessing
import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dash_app.security.secret import FILE_NAME, load_or_create


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    key = load_or_create(tmp_path)

    assert re.fullmatch("[0-9a-f]{64}", key)
    assert load_or_create(tmp_path) == key
    assert load_or_create(tmp_path / "other") != key


def test_the_folder_is_made_where_it_is_missing(tmp_path: Path) -> None:
    key = load_or_create(tmp_path / "deep" / "var")

    assert (tmp_path / "deep" / "var" / FILE_NAME).read_text() == key


def test_a_key_is_kept_where_a_file_has_one_name_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    # Mounting a real memory stick's file system takes rights that a container may not have.
    monkeypatch.setattr(os, "link", refuse)
    key = load_or_create(tmp_path)

    assert load_or_create(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_nobody_else_can_read_the_key(tmp_path: Path) -> None:
    load_or_create(tmp_path)

    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_a_key_of_ones_own_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("my own key, 2026")

    assert load_or_create(tmp_path) == "my own key, 2026"


def test_threads_that_race_get_one_key_and_leave_no_draft(tmp_path: Path) -> None:
    for attempt in range(20):
        folder, gate = tmp_path / str(attempt), threading.Barrier(8)

        def race(folder: Path = folder, gate: threading.Barrier = gate) -> str:
            gate.wait(10)
            return load_or_create(folder)

        with ThreadPoolExecutor(8) as pool:
            keys = {future.result() for future in [pool.submit(race) for _ in range(8)]}

        assert len(keys) == 1
        assert [path.name for path in folder.iterdir()] == [FILE_NAME]


def test_processes_that_race_get_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        keys = pool.map(load_or_create, [tmp_path / str(n // 3) for n in range(30)], chunksize=1)
        pool.close()
        pool.join()

    assert len(set(keys)) == 10


def test_a_folder_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file stands here")

    with pytest.raises(OSError, match="var"):
        load_or_create(tmp_path / "var")


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe\x00\x80"])
def test_a_file_without_a_key_is_made_anew(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(load_or_create, [tmp_path] * 8))

    assert len(keys) == 1
    assert re.fullmatch("[0-9a-f]{64}", keys.pop())
    assert f"{tmp_path / FILE_NAME} held no key" in caplog.text
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
