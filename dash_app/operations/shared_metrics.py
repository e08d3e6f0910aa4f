"""The metrics that worker processes share in a folder.

This is the only module that uses private names of prometheus_client.
"""

import contextlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import ValueClass

from dash_app.operations.metrics_folder import FOLDER
from dash_app.settings import Settings

LIVE_GAUGES = re.compile(r"gauge_live[a-z]+_([0-9]+)\.db")

NAME_PREFIX = "clicker_"
"""The beginning of the name of each of the site's metrics in an answer."""

RESERVED_BYTES = 256 * 1024
"""The room of one file: more than all series of the site need."""


def is_shared() -> bool:
    """Return whether this process shares its metrics; prometheus_client decides at its import."""
    return bool(ValueClass._multiprocess)


_sites: list[Settings] = []
"""The sites of this process; its server mounts them in the same order in every worker."""


def name_prefix(site: Settings) -> str:
    """Return how the names of a site's metrics begin in this process's files.

    All sites of a process share its files, so each but the first one has a prefix of its own.
    """
    if not is_shared():
        return NAME_PREFIX
    if site not in _sites:
        _sites.append(site)
    number = _sites.index(site) + 1
    return NAME_PREFIX if number == 1 else f"{NAME_PREFIX}{number}_"


def reserve(*kinds: str) -> None:
    """Reserve disk space for this process's files of these kinds.

    prometheus_client writes the files through memory maps, so a full disk would kill the process.
    Raises OSError.
    """
    for kind in kinds:
        file = Path(os.environ[FOLDER], f"{kind}_{os.getpid()}.db")
        if not file.exists():
            # Renamed when it is complete: another process may be answering a scrape.
            part = file.with_suffix(".part")
            try:
                part.write_bytes(bytes(RESERVED_BYTES))
                part.rename(file)
            except OSError:
                part.unlink(missing_ok=True)
                raise


class SharedRegistry(CollectorRegistry):
    """The metrics of one site of all processes, by its `name_prefix`.

    Other sites, and a host, may store other metrics in the same folder.
    """

    def __init__(self, name_prefix: str) -> None:
        super().__init__()
        # The name of a metric has no number; that of a second site has one after NAME_PREFIX.
        self._beginning = re.compile(f"{name_prefix}(?![0-9])")

    def collect(self) -> Iterable[Metric]:
        """Return the metrics, merged over all processes. Raises OSError if the folder fails."""
        files = _current_files(Path(os.environ[FOLDER]))
        metrics: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return [self._renamed(each) for each in metrics if self._beginning.match(each.name)]

    def _renamed(self, metric: Metric) -> Metric:
        """Give a metric and its samples the names that they have in every site's answer."""
        metric.name = self._beginning.sub(NAME_PREFIX, metric.name)
        metric.samples = [
            sample._replace(name=self._beginning.sub(NAME_PREFIX, sample.name))
            for sample in metric.samples
        ]
        return metric


def _current_files(folder: Path) -> list[str]:
    """Return the files of the folder without the gauges of dead processes.

    Not every server reports the end of a worker, so these files are removed here if they contain
    metrics of our sites only.
    """
    files = [file for file in folder.iterdir() if file.suffix == ".db"]
    stale = [file for file in files if _is_stale(file.name)]
    for file in stale:
        # Another process may remove it at the same time.
        with contextlib.suppress(FileNotFoundError):
            if _contains_only_ours(file):
                file.unlink()
    return [str(file) for file in files if file not in stale]


def _is_stale(name: str) -> bool:
    gauges = LIVE_GAUGES.fullmatch(name)
    if gauges is None:
        return False
    try:
        os.kill(int(gauges[1]), 0)
    except OSError as error:
        # Any other error means that the process is alive, for example another user's.
        return isinstance(error, ProcessLookupError)
    return False


def _contains_only_ours(file: Path) -> bool:
    values: Any = MmapedDict.read_all_values_from_file(str(file))  # type: ignore[no-untyped-call]
    names = [json.loads(key)[0] for key, *_ in values]
    # A file without a metric may belong to a host.
    return bool(names) and all(name.startswith(NAME_PREFIX) for name in names)
