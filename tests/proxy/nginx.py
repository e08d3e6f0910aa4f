"""Debian's nginx with ops/nginx.conf: other ports, folders and names, and nothing else."""

import contextlib
import http.client
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from tests.brokers.kafka.certificates import make_certificate
from tests.ports import free_port, is_taken
from tests.programs import ROOT
from tests.reaper import reaper
from tests.served import Answer
from tests.waiting import eventually

FILE = ROOT / "ops" / "nginx.conf"
UNUSED_PATHS = ("fastcgi", "scgi", "uwsgi")
"""What nginx makes a folder for whether it is used or not."""


class Nginx:
    """The configuration in a folder of its own, and the program once it is started."""

    def __init__(
        self, folder: Path, upstream: int, changes: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.port, self.plain_port = free_port(), free_port()
        self._folder = folder / "nginx"
        self._folder.mkdir()
        certificate = make_certificate(self._folder)
        self.context = ssl.create_default_context(cafile=str(certificate.file))
        self._file = self._folder / "nginx.conf"
        unused = "".join(f"{name}_temp_path {self._folder}/{name}; " for name in UNUSED_PATHS)
        replaced = {
            # Without root there is no other user to become, and nginx warns.
            "user www-data;": "" if os.getuid() else "user root;",
            "/run/": f"{self._folder}/",
            "/var/log/nginx/": f"{self._folder}/",
            "/var/lib/nginx/": f"{self._folder}/",
            "/etc/ssl/clicks.pem": str(certificate.store),
            "/etc/ssl/clicks.key": str(certificate.store),
            "clicks.example.org": f"127.0.0.1:{self.port}",
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            "127.0.0.1:8050": f"127.0.0.1:{upstream}",
            "http {": f"http {{ {unused}",
            **changes,
        }
        text = FILE.read_text()
        for old, new in replaced.items():
            assert old in text, f"{old} is not in {FILE.name}"
            text = text.replace(old, new)
        self._file.write_text(text)

    def check(self) -> str:
        """Return what `nginx -t` says of the configuration."""
        done = subprocess.run(
            [*self._command(), "-t"], capture_output=True, text=True, timeout=30, check=False
        )
        return done.stdout + done.stderr

    @contextlib.contextmanager
    def running(self) -> Iterator["Nginx"]:
        """Serve while inside."""
        with (self._folder / "output.log").open("wb") as output:
            process = subprocess.Popen(
                [*self._command(), "-g", "daemon off;"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        reaper().guard(process.pid)
        try:
            eventually(lambda: process.poll() is not None or is_taken(self.port), 10, "no port")
            assert process.poll() is None, (self._folder / "output.log").read_text()
            yield self
        finally:
            process.terminate()
            process.wait(10)
            reaper().release(process.pid)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        """Send a request over TLS, on a connection of its own; names of headers come in small."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=20, context=self.context
        )
        return _asked(connection, method, path, body, headers)

    def ask_plainly(self, path: str) -> Answer:
        """Ask the port without TLS."""
        return asked_plainly(self.plain_port, "GET", path)

    def access_log(self) -> str:
        """Return what is in the access log by now."""
        return (self._folder / "access.log").read_text()

    def _command(self) -> list[str]:
        # Unpacked by ops/test_tools.sh; a user's PATH lacks the last folder on Debian.
        places = f"{ROOT}/.nginx/usr/sbin:{os.environ['PATH']}:/usr/sbin"
        program = shutil.which("nginx", path=places)
        assert program, "nginx is missing: sh ops/test_tools.sh"
        log = str(self._folder / "error.log")
        return [program, "-p", str(self._folder), "-c", str(self._file), "-e", log]


def asked_plainly(
    port: int,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Answer:
    """Send a request without TLS, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    return _asked(connection, method, path, body, headers)


def _asked(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes | None,
    headers: Mapping[str, str],
) -> Answer:
    with contextlib.closing(connection):
        json = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, body, {**json, **headers})
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, answer.read().decode(), named)
