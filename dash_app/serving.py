"""Serving by granian: its workers, and what ends them."""

import logging
import os
import signal
import threading
from multiprocessing import connection, parent_process, set_start_method

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from dash_app import logs
from dash_app.settings import Settings

log = logging.getLogger(__name__)

STOP_SECONDS = 4


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; the settings reach the workers through the environment."""
    # A forked worker would inherit threads and locks half way through what they do.
    set_start_method("spawn", force=True)
    Granian(
        "dash_app.serving:worker",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_processes,
        blocking_threads=settings.web_threads,
        respawn_failed_workers=True,
        # A request that never ends must not keep Ctrl-C from ending the server.
        workers_kill_timeout=STOP_SECONDS,
        websockets=False,
        log_enabled=True,
        log_level=LogLevels.error,
    ).serve()


def worker() -> Flask:
    """Return the server of one worker, counting already."""
    from dash_app.app import started  # noqa: PLC0415 - made from the environment of the worker

    logs.configure(Settings.from_environment().log_level)
    # Ctrl-C in a terminal is for the parent alone: a worker told to end twice at once hangs.
    os.setsid()
    _end_with_parent()
    return started()


def _end_with_parent() -> None:
    """End this process when the one that started it is killed: an orphan would keep the port."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="clicks-parent-watch", daemon=True).start()
