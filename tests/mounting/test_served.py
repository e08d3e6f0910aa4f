"""The commands of docs/mounting.md serve a mounted site, and every worker counts."""

import http.client
import os
import shlex
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.mounting.snippets import COMMANDS, write_website
from tests.ports import free_port
from tests.served import Served, serving
from tests.waiting import eventually

pytestmark = pytest.mark.slow

NAMES_ITS_WORKER = """

@server.after_request
def name_worker(response):
    import os
    response.headers["worker"] = str(os.getpid())
    return response
"""
FLASK_RUN = COMMANDS[-1]
ENDING_SECONDS = 20
"""Most of it is the interpreter's, which gives back memory while other programs run."""


@contextmanager
def serving_website(folder: Path, command: str) -> Iterator[Served]:
    """Run a documented command as it stands; the environment says the port."""
    write_website(folder, more=NAMES_ITS_WORKER)
    port = free_port()
    variables = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "FLASK_RUN_PORT": port,
        "GRANIAN_PORT": port,
        "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port} --no-control-socket",
    }
    with serving(folder, port, shlex.split(command), **variables) as served:
        yield served


def counts_by_worker(served: Served, requests: int = 20) -> dict[int, int]:
    """Return what each worker that answers one of the requests has counted."""
    with ThreadPoolExecutor(8) as pool:  # one after the other, one worker may take them all
        answers = list(pool.map(lambda _: served.ask("GET", "/kafka/timeline"), range(requests)))
    totals = [sum(answer.fields["totals"].values()) for answer in answers]
    return {int(answer.headers["worker"]): n for answer, n in zip(answers, totals, strict=True)}


def assert_all_have_counted(served: Served, workers: int, clicks: int) -> set[int]:
    counted: dict[int, int] = {}

    def all_have() -> bool:
        counted.update(counts_by_worker(served))
        return list(counted.values()) == [clicks] * workers

    eventually(all_have, 20, lambda: f"{workers} workers, {clicks} clicks: {counted}")
    return set(counted)


def has_the_clicks_open(process: psutil.Process) -> bool:
    return any(file.path.endswith("clicks.sqlite3") for file in process.open_files())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_worker_counts_what_any_of_them_took(tmp_path: Path, command: str) -> None:
    workers = 1 if command == FLASK_RUN else 2
    with serving_website(tmp_path, command) as served:
        for seq in range(20):
            batch = {"client": "phone-1", "seq": seq // 2, "clicks": [{"type": "cheers"}]}
            assert served.click(batch).status == 200
        assert_all_have_counted(served, workers, 10)
        assert "Join in" in served.ask("GET", "/", prefix="").text
        # What watches over the workers serves nobody and counts nothing.
        assert not has_the_clicks_open(psutil.Process(served.process.pid))
        assert served.end(seconds=ENDING_SECONDS) == 0


def test_a_reload_starts_the_counting_anew_in_one_process(tmp_path: Path) -> None:
    with serving_website(tmp_path, FLASK_RUN) as served:
        assert served.click({"type": "hate"}).status == 200
        before = assert_all_have_counted(served, 1, 1)
        write_website(tmp_path, more=f"{NAMES_ITS_WORKER}\n# changed\n")
        after = eventually(lambda: workers_of(served) - before, 20, served.log)
        assert after
        assert served.click({"type": "hate"}).status == 200
        assert_all_have_counted(served, 1, 2)
        family = [psutil.Process(served.process.pid), *served.workers()]
        assert [process.pid for process in family if has_the_clicks_open(process)] == list(after)
        assert served.end(seconds=ENDING_SECONDS) == 0


def workers_of(served: Served) -> set[int]:
    try:
        return {int(served.ask("GET", "/kafka/timeline").headers["worker"])}
    except (OSError, http.client.HTTPException):
        return set()
