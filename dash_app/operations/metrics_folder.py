"""The folder in which worker processes share metrics: who makes it, and who removes it.

The parent of the workers needs no more, and starts sooner without prometheus_client.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from dash_app.settings import bad_setting

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder; prometheus_client reads it when it is imported."""


def check_folder() -> None:
    """Raise BadSetting if the environment names a folder that cannot be written."""
    folder = os.environ.get(FOLDER)
    if folder and not (Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise bad_setting(
            FOLDER, folder, "a folder that can be written, empty at the start, or unset"
        )


@contextlib.contextmanager
def shared_by(processes: int) -> Iterator[Callable[[], None]]:
    """Let the processes that are started inside share their metrics in a temporary folder.

    Yields a function that removes the folder early. One process needs no folder, and a folder that
    the environment names is used as it is.
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
