"""Counted ranges come back as they were, or not at all, whatever became of their files."""

import contextlib
import dataclasses
import gzip
import json
import math
import os
import resource
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dash_app.consumer.kept_counts import MOST_FILES, MOST_IN_MEMORY, KeptCounts, RangeKey
from dash_app.counting.range_count import RangeCount
from dash_app.counting.ranges import LONGEST_SECONDS

KEY = RangeKey("log-1", 100_000, 1_800_000_000, 1_800_000_060)
COUNT = RangeCount(
    log_id="log-1",
    since=1_800_000_000,
    until=1_800_000_060,
    by_second={"cheers": {1_800_000_007: 3, 1_800_000_059: 1}, "-": {1_800_000_000: 2}},
    people=4,
    more_people=False,
    median=1.5,
    most=2,
    records=11,
    duplicates=2,
    unreadable={"not JSON": 3},
    whole=False,
    whole_from=1_800_000_004,
    why="The head of partition 1 is gone.",
    is_final=True,
    as_of={0: 7, 1: 12},
    counted_at=1_800_000_099.5,
)


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_a_count_comes_back_as_it_was_also_in_another_process(tmp_path: Path) -> None:
    KeptCounts(tmp_path / "a" / "b").keep(KEY, COUNT)

    assert KeptCounts(tmp_path / "a" / "b").find(KEY) == COUNT


@pytest.mark.parametrize(
    "other",
    [
        KEY._replace(log_id="log-2"),
        KEY._replace(dedup_offsets=99_999),
        KEY._replace(since=KEY.since + 1),
        KEY._replace(until=KEY.since + 61),
        KEY._replace(until=None),
    ],
)
def test_another_log_range_or_memory_for_repeats_is_another_count(
    tmp_path: Path, other: RangeKey
) -> None:
    kept = KeptCounts(tmp_path)
    kept.keep(KEY, COUNT)

    assert kept.find(other) is None
    # Whoever renames a file makes no count of another range.
    shutil.move(files(tmp_path)[0], tmp_path / other.file_name)
    assert kept.find(other) is None


def test_the_newest_count_of_a_range_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    kept, later = KeptCounts(tmp_path), dataclasses.replace(COUNT, records=12)
    kept.keep(KEY, COUNT)
    kept.keep(KEY, later)

    assert kept.find(KEY) == later
    assert len(files(tmp_path)) == 1


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    packed = bytearray(path.read_bytes())
    packed[len(packed) // 2] ^= 1
    path.write_bytes(packed)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        half,
        flipped,
        folder,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"not a file of ours"),
        lambda path: path.write_bytes(path.read_bytes() + b"and more"),
    ],
    ids=["half", "flipped", "folder", "empty", "foreign", "longer"],
)
def test_a_damaged_file_counts_as_none_and_the_log_names_it(
    tmp_path: Path, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    kept = KeptCounts(tmp_path)
    kept.keep(KEY, COUNT)
    damage(tmp_path / KEY.file_name)

    assert kept.find(KEY) is None
    assert str(tmp_path / KEY.file_name) in caplog.text


@pytest.mark.parametrize(
    "changes",
    [
        {"log_id": "log-2"},
        {"since": COUNT.since - 1},
        {"since": COUNT.since + 1},
        {"until": COUNT.until + 1},
        {"until": COUNT.since, "by_second": {}},
        {"by_second": {"ok": {COUNT.until: 1}}},
        {"by_second": {"ok": {COUNT.since - 1: 1}}},
        {"by_second": {"ok": {COUNT.since: -1}}},
        {"by_second": {"ok": {COUNT.since: 2**70}}},
        {"by_second": {"<b>": {COUNT.since: 1}}},
        {"records": -1},
        {"people": -1},
        {"median": math.inf},
        {"unreadable": {"not JSON": -3}},
        {"as_of": {0: -7}},
        {"counted_at": -1},
    ],
    ids=str,
)
def test_what_does_not_fit_its_key_counts_as_none_is_named_once_and_is_replaced(
    tmp_path: Path, changes: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    kept, path = KeptCounts(tmp_path), tmp_path / KEY.file_name
    kept.keep(KEY, COUNT)
    fields = json.loads(gzip.decompress(path.read_bytes()))
    fields["count"] |= changes
    path.write_bytes(gzip.compress(json.dumps(fields).encode()))

    assert [kept.find(KEY), kept.find(KEY)] == [None, None]
    assert caplog.text.count(str(path)) == 1
    kept.keep(KEY, COUNT)
    assert kept.find(KEY) == COUNT
    assert KeptCounts(tmp_path).find(KEY) == COUNT


def test_a_range_that_goes_on_has_the_end_that_was_counted(tmp_path: Path) -> None:
    kept, going_on = KeptCounts(tmp_path), KEY._replace(until=None)
    later = KEY._replace(until=KEY.since + 600)
    for key in (going_on, later):
        kept.keep(key, COUNT)
        assert kept.find(key) == COUNT
    kept.keep(going_on, dataclasses.replace(COUNT, until=KEY.since + LONGEST_SECONDS + 1))
    assert kept.find(going_on) is None


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/null")


@pytest.mark.parametrize("damage", [pipe, device, folder])
def test_what_is_no_file_lets_nobody_wait_and_is_named_once(
    tmp_path: Path, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    kept, path = KeptCounts(tmp_path), tmp_path / KEY.file_name
    kept.keep(KEY, COUNT)
    damage(path)
    found: list[RangeCount | None] = []
    finding = threading.Thread(target=lambda: found.extend(kept.find(KEY) for _ in range(3)))
    finding.start()
    finding.join(5)
    is_waiting = finding.is_alive()
    while finding.is_alive():
        # Whoever waits for somebody to write into the pipe goes on.
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        finding.join(0.05)

    assert not is_waiting
    assert found == [None] * 3
    assert caplog.text.count("it is no regular file") == 1
    other = KEY._replace(dedup_offsets=7)
    for _ in range(3):
        kept.keep(KEY, COUNT)
        kept.keep(other, COUNT)
        assert kept.find(KEY) == kept.find(other) == COUNT
    assert caplog.text.count("stay in memory only") == (damage is folder)


def test_what_is_no_file_is_not_the_oldest_one(tmp_path: Path) -> None:
    kept = KeptCounts(tmp_path)
    (tmp_path / KEY.file_name).mkdir()
    os.utime(tmp_path / KEY.file_name, (-9, -9))
    for number in range(MOST_FILES + 1):
        kept.keep(KEY._replace(dedup_offsets=number + 1), COUNT)

    assert len(files(tmp_path)) == MOST_FILES + 1
    assert KeptCounts(tmp_path).find(KEY._replace(dedup_offsets=MOST_FILES + 1)) == COUNT


def test_a_damaged_file_is_replaced_by_the_next_count(tmp_path: Path) -> None:
    kept = KeptCounts(tmp_path)
    kept.keep(KEY, COUNT)
    half(tmp_path / KEY.file_name)
    kept.keep(KEY, COUNT)

    assert kept.find(KEY) == COUNT


def test_the_oldest_files_go_and_no_foreign_one(tmp_path: Path) -> None:
    kept = KeptCounts(tmp_path)
    (tmp_path / "thesis.json.gz").write_bytes(b"of somebody else")
    keys = [KEY._replace(dedup_offsets=100_000 + number) for number in range(MOST_FILES + 3)]
    for age, key in enumerate(reversed(keys)):
        kept.keep(key, COUNT)
        os.utime(tmp_path / key.file_name, (-age, -age))
    # What a process that was killed left behind goes as well.
    (tmp_path / f"{KEY.file_name}-dead1234").write_bytes(b"half")
    os.utime(tmp_path / f"{KEY.file_name}-dead1234", (-9999, -9999))
    kept.keep(KEY, COUNT)

    assert len(files(tmp_path)) == MOST_FILES + 1
    assert (tmp_path / "thesis.json.gz").exists()
    assert not (tmp_path / f"{KEY.file_name}-dead1234").exists()
    assert kept.find(KEY) == COUNT


def test_without_a_folder_the_last_few_stay_in_memory_and_the_log_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("a file where the folder would be")
    kept = KeptCounts(tmp_path / "taken")
    keys = [KEY._replace(dedup_offsets=100_000 + number) for number in range(MOST_IN_MEMORY + 2)]
    for key in keys:
        kept.keep(key, COUNT)

    assert [kept.find(key) for key in keys] == [None, None, *[COUNT] * MOST_IN_MEMORY]
    assert caplog.text.count("stay in memory only") == 1
    (tmp_path / "taken").unlink()
    kept.keep(keys[-1], COUNT)
    assert KeptCounts(tmp_path / "taken").find(keys[-1]) == COUNT


def test_a_full_disk_leaves_no_half_file_behind(tmp_path: Path) -> None:
    kept = KeptCounts(tmp_path)
    kept.keep(KEY, COUNT)
    later = dataclasses.replace(COUNT, records=12)

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Each longer file fails in the middle, as on a disk without room.
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        kept.keep(KEY, later)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert len(files(tmp_path)) == 1
    assert kept.find(KEY) == later
    assert KeptCounts(tmp_path).find(KEY) == COUNT
