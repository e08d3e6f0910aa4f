"""New brokers' folders and archived classes: what Java would do over again for every broker."""

import base64
import contextlib
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.brokers.kafka.jvm import run_java

CLUSTER = "Y2xpY2tzLXRlc3RzLWlkMQ"
"""The id of every cluster here, a UUID as Kafka writes it."""


def write_properties(path: Path, properties: Mapping[str, str]) -> None:
    """Write a file in the form that Java programs read."""
    path.write_text("".join(f"{name}={value}\n" for name, value in properties.items()))


def format_storage(jars: Path, folder: Path, node: str, arguments: Sequence[str]) -> None:
    """Fill the folder of a new node as the storage tool does, which runs once for all nodes.

    `arguments` are the tool's own, such as `--add-scram` with a user.
    """
    folder.mkdir()
    (folder / "bootstrap.checkpoint").write_bytes(_first_records(jars, tuple(arguments)))
    # Unique in a cluster, and Kafka takes none that begins with a hyphen.
    directory = base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
    identity = {"node.id": node, "directory.id": directory, "version": "1", "cluster.id": CLUSTER}
    write_properties(folder / "meta.properties", identity)


@cache
def _first_records(jars: Path, arguments: tuple[str, ...]) -> bytes:
    with TemporaryDirectory() as name:
        config, data = Path(name) / "server.properties", Path(name) / "data"
        any_node = {
            "node.id": "1",
            "process.roles": "broker,controller",
            "controller.quorum.voters": "1@127.0.0.1:1",
            "controller.listener.names": "CONTROLLER",
            "listeners": "PLAINTEXT://127.0.0.1:2,CONTROLLER://127.0.0.1:1",
            "log.dirs": str(data),
        }
        write_properties(config, any_node)
        words = ["format", "-t", CLUSTER, "-c", str(config), *arguments]
        run_java(jars, "kafka.tools.StorageTool", *words)
        return (data / "bootstrap.checkpoint").read_bytes()


class ClassArchive:
    """The classes of a running broker as one file, with which a start takes half of the time.

    Java ignores an archive that does not fit the jars or itself, so a stale one costs time only.
    """

    def __init__(self, jars: Path) -> None:
        self._jars = jars
        self._path = jars.with_name(f"{jars.name}.jsa")

    @property
    def is_current(self) -> bool:
        """Whether it is there and newer than the jars and Java."""
        java = Path(shutil.which("java") or "java").resolve()
        if not self._path.exists():
            return False
        changed = max(java.stat().st_ctime, self._jars.stat().st_mtime)
        return self._path.stat().st_mtime > changed

    def options(self) -> list[str]:
        """Return what a Java of the same jars needs to use it; nothing if it is not there."""
        return [f"-XX:SharedArchiveFile={self._path}"] if self.is_current else []

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep out other processes that would write it, too: no Java both reads and writes one."""
        folder = os.open(self._jars, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)
            self.part.unlink(missing_ok=True)

    @property
    def part(self) -> Path:
        """Where this process has a Java write one: `-XX:ArchiveClassesAtExit=…`.

        What is not published is removed when `alone` ends.
        """
        return self._path.with_suffix(f".part.{os.getpid()}")

    def publish(self) -> None:
        """Put the one that was written into its place."""
        self.part.replace(self._path)
