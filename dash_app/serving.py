"""The server, granian: its socket, its worker processes, and the signals that end them.

No other module imports granian. Its private names are used in SharedSocketServer only.
"""

import contextlib
import logging
import math
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import connection, parent_process, resource_tracker, set_start_method
from typing import TYPE_CHECKING, Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer

from dash_app import logs
from dash_app.operations import metrics_folder
from dash_app.settings import Settings, network

if TYPE_CHECKING:
    # The parent process serves no request, and starts sooner without Flask.
    from flask import Flask

logger = logging.getLogger(__name__)

STOP_SECONDS = 4
"""How long a stopping worker may take to answer the requests that it has begun."""

ONE_SIGNAL_SECONDS = 0.2
"""Signals within this time count as one: `timeout` signals the process and then its group."""

HEADER_SECONDS = 10
"""A connection that has not sent the headers of its next request within this time is closed."""

UNREAD_SECONDS = 20
"""A connection whose client takes nothing of an answer for so long is closed."""

HEADER_BUFFER_BYTES = 32 * 1024
"""Headers of so many bytes are always taken; as measured, granian answers 431 from 48 KiB on."""

STREAM_THREADS = 1
"""A process streams one report or export at a time, in a thread beside the WEB_THREADS."""

MAX_CONNECTIONS = 8192
"""The connections that a worker holds at once; more wait until one closes."""

OTHER_DESCRIPTORS = 256
"""Descriptors that are left for files, threads and brokers."""

ARENAS = "2"
"""The MALLOC_ARENA_MAX of workers: with glibc's own, memory grew twice as much in an hour."""

WORKER_FACTORY = "dash_app.serving:worker"
"""The function that returns the server of a worker, as module:function."""


class SharedSocketServer(MPServer):
    """granian on a socket that listens already and that all workers share.

    On Linux each worker of granian 2.8 would listen for itself, with SO_REUSEPORT and so beside
    any other server of this user on the same port. Elsewhere granian shares a socket as is done
    here.
    """

    listener: socket.socket
    _shd: Any
    _sso: Any

    def _init_shared_socket(self) -> None:
        holder: Any = SocketHolder
        # Where granian knows SO_REUSEPORT, its holder takes the backlog as well.
        backlog = [network.BACKLOG] if sys.platform.startswith(("linux", "freebsd")) else []
        self._shd = holder(self.listener.fileno(), False, *backlog)
        self._sso = self.listener

    def _spawn_workers(self, *arguments: Any) -> None:
        with _sigint_blocked():
            super()._spawn_workers(*arguments)  # type: ignore[no-untyped-call]

    def _respawn_workers(self, *arguments: Any, **options: Any) -> None:
        with _sigint_blocked():
            super()._respawn_workers(*arguments, **options)


@contextlib.contextmanager
def _sigint_blocked() -> Iterator[None]:
    """Hold SIGINT back from this thread, and for ever from the processes that it starts inside.

    Ctrl-C in a terminal reaches a worker before it has a session of its own.
    """
    if not hasattr(signal, "pthread_sigmask"):
        # Windows, where nothing is blocked.
        yield
        return
    # Python's helper of multiprocessing unblocks the signal once it has started.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def serve(settings: Settings, listener: socket.socket, worker: str = WORKER_FACTORY) -> None:
    """Serve until SIGINT or SIGTERM, then finish what is in flight; a second signal ends at once.

    The workers read the settings from the environment. `listener` is closed at the end.
    """
    if settings.trusted_hops:
        logger.info(
            "TRUSTED_HOPS is %d: the proxy must drop headers with underscores in their names, as"
            " nginx does; docs/operations.md has the lines for Caddy and others",
            settings.trusted_hops,
        )
    # A process reads it as it starts, and only where it has glibc.
    os.environ.setdefault("MALLOC_ARENA_MAX", ARENAS)
    # A forked worker would inherit threads, and locks that they hold.
    set_start_method("spawn", force=True)
    server = SharedSocketServer(
        worker,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_processes,
        # An answer that is streamed holds one for minutes; see slots.shares for the others.
        blocking_threads=settings.web_threads + STREAM_THREADS,
        respawn_failed_workers=True,
        # Ctrl-C ends the server even while a request never ends.
        workers_kill_timeout=STOP_SECONDS,
        websockets=False,
        # Over cleartext HTTP/2 16 kB of compressed headers would cost 11 s of processor time.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=HEADER_BUFFER_BYTES
        ),
        backpressure=_max_connections(),
        log_enabled=True,
        log_level=LogLevels.error,
        log_dictconfig=logs.config_for("_granian", settings.log_format),
    )
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Connections inherit it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)
    server.listener = listener
    with metrics_folder.shared_by(settings.web_processes) as remove_folder:
        # granian calls this just after it has set signal handlers of its own.
        server.on_startup(lambda: _handle_signals(server, remove_folder))
        server.serve()


def _max_connections() -> int:
    """Raise the limit of open descriptors for the workers; return how many connections it allows.

    A worker that accepted more would try again at once and for ever.
    """
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ModuleNotFoundError:
        return MAX_CONNECTIONS
    wanted = MAX_CONNECTIONS + OTHER_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return MAX_CONNECTIONS
    connections: int = soft - min(OTHER_DESCRIPTORS, soft // 2)
    logger.warning(
        "a process may open %d files and connections (ulimit -n), so each worker serves at most"
        " %d connections at once; %d would allow %d",
        soft,
        connections,
        wanted,
        MAX_CONNECTIONS,
    )
    return connections


def _handle_signals(server: Any, clean_up: Callable[[], None]) -> None:
    first = math.inf

    def stop(number: int, _: object) -> None:
        nonlocal first
        now = time.monotonic()
        if now - first > ONE_SIGNAL_SECONDS:
            clean_up()
            # The workers end when their parent is gone.
            os._exit(128 + number)
        first = min(first, now)
        server.signal_handler_interrupt()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def worker() -> "Flask":
    """Start counting in this worker process and return its Flask server."""
    from dash_app.app import end_streams, start  # noqa: PLC0415 - importing reads the environment

    settings = Settings.from_environment()
    logs.configure(settings.log_level, settings.log_format)
    # A terminal sends Ctrl-C to the whole session; a worker that is told twice to end hangs.
    if hasattr(os, "setsid"):
        os.setsid()
    _watch(end_streams)
    return start()


def _watch(on_signal: Callable[[], None]) -> None:
    """Kill this process when its parent is killed: an orphan would keep the port.

    `on_signal` is called when the process is told to end: granian waits for each answer.
    """
    parent = parent_process()
    if parent is None:
        return
    signalled, wakes = socket.socketpair()
    wakes.setblocking(False)
    # granian sets the handlers of the signals later, and leaves this alone.
    signal.set_wakeup_fd(wakes.detach(), warn_on_full_buffer=False)

    def watch() -> None:
        with signalled:
            if signalled in connection.wait([parent.sentinel, signalled]):
                on_signal()
                connection.wait([parent.sentinel])
        # On Windows this signal ends a process as SIGKILL does elsewhere.
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    threading.Thread(target=watch, name="clicks-parent-watch", daemon=True).start()
