"""Counted ranges of time, kept in a folder, so that a range that is over is counted once."""

import contextlib
import gzip
import hashlib
import logging
import os
import re
import stat
import tempfile
import threading
import zlib
from collections import OrderedDict
from pathlib import Path
from typing import Literal, NamedTuple

import orjson
from pydantic import BaseModel

from dash_app.counting.range_count import RangeCount
from dash_app.counting.ranges import LONGEST_SECONDS
from dash_app.settings.reactions import is_key

logger = logging.getLogger(__name__)

VERSION = 1
"""Of the files; another number is due when a release counts other clicks."""

MOST_FILES = 100
MOST_IN_MEMORY = 4
"""So many counts are kept, the newest; in memory those that the folder does not take."""

LARGEST = 2**53
"""No number of a count is larger."""

_NAME = re.compile(r"range-[0-9]+-(?:[0-9]+|now)-[0-9a-f]{16}\.json\.gz(?:-\w+)?")
"""Our own files, drafts of processes that were killed included; no other one is touched."""


class RangeKey(NamedTuple):
    """What was counted: which log, by which memory for repeats, between which epoch seconds.

    `until` is None for what goes on: then the count says how far it goes.
    """

    log_id: str
    dedup_offsets: int
    since: int
    until: int | None

    @property
    def file_name(self) -> str:
        """The name of the file."""
        text = f"{self.log_id} {self.dedup_offsets}".encode()
        digest = hashlib.blake2b(text, digest_size=8).hexdigest()
        until = "now" if self.until is None else self.until
        return f"range-{self.since}-{until}-{digest}.json.gz"


class _File(BaseModel):
    """What a file holds."""

    version: Literal[1]
    key: RangeKey
    count: RangeCount


class KeptCounts:
    """The newest counts, MOST_FILES of them, in the files of a folder that processes may share.

    What is no file, cannot be read or does not fit its key counts as none. While the folder cannot
    be written the last few are kept in memory. Threads may share it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._in_memory: OrderedDict[RangeKey, bytes] = OrderedDict()
        self._changing = threading.Lock()
        self._has_failed = False
        self._named: set[str] = set()

    def find(self, key: RangeKey) -> RangeCount | None:
        """Return the count that was kept last; None: there is none."""
        with self._changing:
            packed = self._in_memory.get(key)
        path = self._folder / key.file_name
        try:
            return _unpack(key, _read_file(path) if packed is None else packed)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, EOFError, zlib.error, ValueError) as error:
            self._name_once(path, error)
            return None

    def _name_once(self, path: Path, error: Exception) -> None:
        with self._changing:
            is_new = path.name not in self._named
            if len(self._named) >= MOST_FILES:
                self._named.clear()
            self._named.add(path.name)
        if is_new:
            logger.warning("%s cannot be read, so the range is counted anew: %s", path, error)

    def keep(self, key: RangeKey, count: RangeCount) -> None:
        """Keep a count in the place of an older one."""
        fields = {"version": VERSION, "key": tuple(key), "count": count}
        text = orjson.dumps(fields, default=dict, option=orjson.OPT_NON_STR_KEYS)
        packed = gzip.compress(text, compresslevel=1)
        try:
            self._write(key.file_name, packed)
        except OSError as error:
            if not self._has_failed:
                logger.warning("counted ranges stay in memory only: %s", error)
            self._has_failed = True
            self._remember(key, packed)
        else:
            with self._changing:
                self._named.discard(key.file_name)
                self._in_memory.pop(key, None)
                # A folder in the place of one file fails again, however often others are kept.
                self._has_failed = bool(self._in_memory)

    def _write(self, name: str, packed: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=self._folder, prefix=f"{name}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(packed)
            Path(draft).replace(self._folder / name)
        except OSError:
            Path(draft).unlink(missing_ok=True)
            raise
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        found = (path for path in self._folder.iterdir() if _NAME.fullmatch(path.name))
        ours = [path for path in found if path.is_file()]
        # Another process may remove the same ones.
        with contextlib.suppress(FileNotFoundError):
            by_age = sorted(ours, key=lambda path: path.stat().st_mtime)
            for path in by_age[:-MOST_FILES]:
                path.unlink()

    def _remember(self, key: RangeKey, packed: bytes) -> None:
        with self._changing:
            self._in_memory.pop(key, None)
            self._in_memory[key] = packed
            while len(self._in_memory) > MOST_IN_MEMORY:
                self._in_memory.popitem(last=False)


def _read_file(path: Path) -> bytes:
    """Return what a file holds. Raises OSError, also for what is none: a pipe would let wait."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("it is no regular file")
    return path.read_bytes()


def _unpack(key: RangeKey, packed: bytes) -> RangeCount:
    """Return the count in a file. Raises ValueError and what unpacking raises."""
    file = _File.model_validate_json(gzip.decompress(packed))
    if file.key != key or not _fits(key, file.count):
        raise ValueError("what it holds is not of this range")
    return file.count


def _fits(key: RangeKey, count: RangeCount) -> bool:
    """Say whether this can have been counted for a key."""
    since, until, by_type = count.since, count.until, count.by_second
    latest = until if key.until is None else key.until
    numbers: list[float | None] = [
        count.people,
        count.median,
        count.most,
        count.records,
        count.duplicates,
    ]
    numbers += [
        count.counted_at,
        count.whole_from,
        *count.unreadable.values(),
        *count.as_of.values(),
    ]
    numbers.append(sum(sum(seconds.values()) for seconds in by_type.values()))
    return (
        (count.log_id, since) == (key.log_id, key.since)
        and since < until <= min(latest, since + LONGEST_SECONDS)
        and all(0 <= number <= LARGEST for number in numbers if number is not None)
        and all(is_key(kind) for kind in by_type)
        and all(
            since <= min(seconds) and max(seconds) < until and min(seconds.values()) > 0
            for seconds in by_type.values()
            if seconds
        )
    )
