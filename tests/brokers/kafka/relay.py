"""A relay in front of a broker: it delays what passes, or makes the broker look older."""

import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Self

from tests.ports import free_port

METADATA = 3

Change = Callable[[bytes], bytes]


class Relay:
    """Passes what clients and a broker send to each other; a context manager.

    `change` gets the first answer on each connection, which says what requests the broker knows.
    The clients must find the relay's port in the broker's `advertised.listeners`.
    """

    def __init__(self, *, delay_seconds: float = 0.0, change: Change | None = None) -> None:
        self.port = free_port()
        self.behind = 0
        self._delay_seconds = delay_seconds
        self._change = change
        self._listener: socket.socket | None = None
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._listener is not None
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._open:
            _hang_up(end)
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        assert self._listener is not None
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                broker = socket.create_connection(("127.0.0.1", self.behind))
                self._open += [client, broker]
                self._start(self._pass, client, broker, None)
                self._start(self._pass, broker, client, self._change)

    def _pass(self, source: socket.socket, target: socket.socket, change: Change | None) -> None:
        """Read and write in two threads: what is delayed does not delay what comes after it."""
        waiting: deque[tuple[float, bytes]] = deque()
        some = threading.Semaphore(0)

        def write() -> None:
            with contextlib.suppress(OSError):
                while some.acquire() and (due := waiting.popleft())[1]:
                    time.sleep(max(0, due[0] - time.monotonic()))
                    target.sendall(due[1])
            _hang_up(target)

        self._start(write)
        data = _read_frame(source, change) if change else _read(source)
        while data:
            waiting.append((time.monotonic() + self._delay_seconds, data))
            some.release()
            data = _read(source)
        waiting.append((0, b""))
        some.release()


def without_topic_ids(answer: bytes) -> bytes:
    """Return the answer with the versions that a broker names, of Metadata at most version 8.

    So answer Redpanda before 2025, Azure Event Hubs and Kafka before 2.8.
    """
    # Size, correlation and error; then a count of four bytes, or in a varint with entries that
    # end in an empty list of tags.
    start, width = (14, 6) if answer[10] == 0 else (11 if answer[10] < 128 else 12, 7)
    changed = bytearray(answer)
    for at in range(start, len(answer) - width + 1, width):
        if int.from_bytes(answer[at : at + 2]) == METADATA:
            changed[at + 4 : at + 6] = (8).to_bytes(2)
            return bytes(changed)
    raise AssertionError("the answer names no versions of Metadata")


def _read(source: socket.socket) -> bytes:
    try:
        return source.recv(65536)
    except OSError:
        return b""


def _read_frame(source: socket.socket, change: Change) -> bytes:
    try:
        size = _exactly(source, 4)
        return change(size + _exactly(source, int.from_bytes(size)))
    except OSError:
        return b""


def _exactly(source: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        if not (more := source.recv(count - len(data))):
            raise OSError("hung up")
        data += more
    return data


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
