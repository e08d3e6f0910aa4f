"""A client that sends too much reads the answer: the connection is not reset under it."""

import contextlib
import http.client
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from dash_app.settings import Settings
from tests.sites import Site, open_site


@contextlib.contextmanager
def serving(site: Site) -> Iterator[int]:
    """Serve the site on a port, which is given."""
    server = make_server("127.0.0.1", 0, site.server, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


@pytest.mark.parametrize("size", [64 * 1024 + 1, 300_000, 1024 * 1024])
def test_the_sender_of_a_large_body_reads_413(tmp_path: Path, size: int) -> None:
    with (
        open_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site,
        serving(site) as port,
        contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as client,
    ):
        headers = {"Content-Type": "application/json"}
        client.request("POST", f"{site.prefix}/kafka/click", b" " * size, headers)
        answer = client.getresponse()

        assert answer.status == 413
        assert json.loads(answer.read())["status"] == "error"


@pytest.mark.parametrize(
    ("size", "read"), [(300_000, 300_000), (1024 * 1024, 1024 * 1024), (5_000_000, 1024 * 1024)]
)
def test_a_large_body_is_read_to_its_end_up_to_1_mib(tmp_path: Path, size: int, read: int) -> None:
    body = io.BytesIO(b" " * size)
    with open_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        answer = site.ask(
            "POST",
            "/kafka/click",
            input_stream=body,
            content_length=size,
            content_type="application/json",
        )

    assert answer.status_code == 413
    assert body.tell() == read
