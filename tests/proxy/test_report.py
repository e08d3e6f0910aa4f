"""A report through nginx: its lines come at once, and whoever leaves ends the job behind it."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.proxy.conftest import InFront
from tests.proxy.nginx import Nginx
from tests.served import PREFIX
from tests.waiting import eventually
from tests.web.archive.streams import SECOND
from tests.web.talks.talking import CODE, RIGHT
from tests.wiring.test_leaving import PATH, serving_a_long_log

TALK = {"id": "kafka001", "title": "Kafka", "started_at": SECOND, "ended_at": SECOND + 60}


@contextmanager
def asking(nginx: Nginx, path: str, headers: dict[str, str]) -> Iterator[http.client.HTTPResponse]:
    """Ask for a report through nginx; leave at the end, however far it is."""
    connection = http.client.HTTPSConnection(
        "127.0.0.1", nginx.port, timeout=10, context=nginx.context
    )
    with closing(connection):
        connection.request("GET", path, headers=headers)
        with connection.getresponse() as answer:
            yield answer


# Without a code nginx looks into its cache first.
@pytest.mark.alone
@pytest.mark.parametrize(
    ("path", "headers"),
    [(PATH, RIGHT), (f"{PREFIX}/kafka/archive?talk=kafka001", {})],
    ids=["presenter", "viewer"],
)
def test_its_lines_come_at_once_and_whoever_leaves_ends_the_job(
    tmp_path: Path, in_front: InFront, path: str, headers: dict[str, str]
) -> None:
    with serving_a_long_log(tmp_path) as served:
        nginx = in_front(served.port)
        made = served.ask("POST", "/kafka/talks", json.dumps(TALK).encode(), code=CODE)
        assert made.status == 201
        with asking(nginx, path, headers) as answer:
            assert answer.status == 200
            began = time.monotonic()
            for _ in range(4):
                assert list(json.loads(answer.readline())) == ["done"]
            assert time.monotonic() - began < 2
        left = time.monotonic()
        eventually(lambda: is_free(nginx), 10, "the job goes on without its client")
        assert time.monotonic() - left < 2


def is_free(nginx: Nginx) -> bool:
    with asking(nginx, PATH, RIGHT) as answer:
        return answer.status == 200
