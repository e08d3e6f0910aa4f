"""Serving by granian: its workers, and what ends them."""

import logging
import math
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import connection, parent_process, set_start_method
from typing import TYPE_CHECKING, Any

from granian._granian import SocketHolder
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from dash_app import logs
from dash_app.operations import metrics_folder
from dash_app.settings import Settings
from dash_app.settings import network as addresses

if TYPE_CHECKING:
    # The process that only watches over the workers starts sooner without it.
    from flask import Flask

log = logging.getLogger(__name__)

STOP_SECONDS = 4

SAME_SECONDS = 0.2
"""Two signals within this time are one: `timeout` sends its own to the process and its group."""

WORKER = "dash_app.serving:worker"
"""What makes the server of a worker, as module:function."""


class _Server(MPServer):
    """granian on a socket that listens already, which all workers share."""

    listener: socket.socket
    _shd: Any
    _sso: Any

    def _init_shared_socket(self) -> None:
        # As granian does on other systems. On Linux each worker would listen for itself, with
        # SO_REUSEPORT and so beside any other server of this user on the same port.
        holder: Any = SocketHolder
        # Where it would use SO_REUSEPORT itself it also asks for the length of the queue.
        queue = [addresses.BACKLOG] if sys.platform.startswith(("linux", "freebsd")) else []
        self._shd = holder(self.listener.fileno(), False, *queue)
        self._sso = self.listener


def serve(settings: Settings, listener: socket.socket, worker: str = WORKER) -> None:
    """Serve until SIGINT or SIGTERM, and answer what is in flight; a second signal ends at once.

    The settings reach the workers through the environment. The socket is closed at the end.
    """
    # A forked worker would inherit threads and locks half way through what they do.
    set_start_method("spawn", force=True)
    server = _Server(
        worker,
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
        log_dictconfig=logs.config_for("_granian", settings.log_format),
    )
    server.listener = listener
    with metrics_folder.shared_by(settings.web_processes) as remove_shared:
        # granian sets handlers of its own just before it calls this.
        server.on_startup(lambda: _listen_for_signals(server, remove_shared))
        server.serve()


def _listen_for_signals(server: Any, clean_up: Callable[[], None]) -> None:
    first = math.inf

    def end(number: int, _: object) -> None:
        nonlocal first
        now = time.monotonic()
        if now - first > SAME_SECONDS:
            clean_up()
            # The workers see their parent die, and end with it.
            os._exit(128 + number)
        first = min(first, now)
        server.signal_handler_interrupt()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)


def worker() -> "Flask":
    """Return the server of one worker, counting already."""
    from dash_app.app import started  # noqa: PLC0415 - made from the environment of the worker

    settings = Settings.from_environment()
    logs.configure(settings.log_level, settings.log_format)
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
