"""The folder in which several worker processes share what they count."""

import contextlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import ValueClass

from dash_app.settings import bad_setting

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names it; read when prometheus_client is imported."""

LIVE_GAUGES = re.compile(r"gauge_live[a-z]+_([0-9]+)\.db")

RESERVED_BYTES = 256 * 1024
"""For a file of one process: more than all series of ours would take."""


def is_shared() -> bool:
    """Return whether this process shares its metrics: prometheus_client decided at its import."""
    return bool(ValueClass._multiprocess)


def reserve(*kinds: str) -> None:
    """Have the disk give the room that this process's files of these kinds will need.

    They are written through memory: on a disk that is full then the system would end the process.
    Raises OSError.
    """
    for kind in kinds:
        file = Path(os.environ[FOLDER], f"{kind}_{os.getpid()}.db")
        if not file.exists():
            # Another process that answers a scrape would stumble over a file half made.
            part = file.with_suffix(".part")
            try:
                part.write_bytes(bytes(RESERVED_BYTES))
                part.rename(file)
            except OSError:
                part.unlink(missing_ok=True)
                raise


class Shared(CollectorRegistry):
    """The metrics of all processes whose names begin so: a host may keep others in the folder."""

    def __init__(self, beginning: str) -> None:
        super().__init__()
        self._beginning = beginning

    def collect(self) -> Iterable[Metric]:
        """Return them added up. Raises OSError where the folder cannot be read."""
        told = _told(Path(os.environ[FOLDER]), self._beginning)
        found: Iterable[Metric] = MultiProcessCollector.merge(told)  # type: ignore[no-untyped-call]
        return [metric for metric in found if metric.name.startswith(self._beginning)]


def _told(folder: Path, beginning: str) -> list[str]:
    """Return the files that tell of now: what a dead process last measured does not.

    Such a file is removed where all in it is ours: not every server tells of a worker's end.
    """
    files = [file for file in folder.iterdir() if file.suffix == ".db"]
    stale = [file for file in files if _is_stale(file.name)]
    for file in stale:
        # Another process may be about the same.
        with contextlib.suppress(FileNotFoundError):
            if _holds_only(file, beginning):
                file.unlink()
    return [str(file) for file in files if file not in stale]


def _is_stale(name: str) -> bool:
    gauges = LIVE_GAUGES.fullmatch(name)
    if gauges is None:
        return False
    try:
        os.kill(int(gauges[1]), 0)
    except OSError as error:
        # Another user's process lives, too.
        return isinstance(error, ProcessLookupError)
    return False


def _holds_only(file: Path, beginning: str) -> bool:
    values: Any = MmapedDict.read_all_values_from_file(str(file))  # type: ignore[no-untyped-call]
    names = [json.loads(key)[0] for key, *_ in values]
    # A file without a name in it may be anybody's.
    return bool(names) and all(name.startswith(beginning) for name in names)


def check_folder() -> None:
    """Raise BadSetting where the environment names a folder that cannot be written."""
    folder = os.environ.get(FOLDER)
    if folder and not (Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise bad_setting(
            FOLDER, folder, "a folder that can be written, empty at the start, or unset"
        )


@contextlib.contextmanager
def shared_by(processes: int) -> Iterator[Callable[[], None]]:
    """Have the processes that are started inside share their numbers in a temporary folder.

    Gives what removes the folder at once. One process shares nothing; a folder that is named
    already is somebody else's.
    """
    if processes == 1 or os.environ.get(FOLDER):
        yield lambda: None
        return
    with TemporaryDirectory(prefix="clicks-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[FOLDER] = folder
        try:
            yield lambda: shutil.rmtree(folder, ignore_errors=True)
        finally:
            del os.environ[FOLDER]
