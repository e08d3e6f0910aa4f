"""A scrape of any worker process answers for all of them, under both servers."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.scrape import Scrape
from tests.served import COMMAND, Served, serving
from tests.waiting import eventually

pytestmark = pytest.mark.slow

GUNICORN = [
    *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread"),
    *("--workers", "2", "--threads", "4", "--preload", "dash_app.app:server"),
]
POSTED = {"route": "/kafka/click", "method": "POST", "status": 200}


def scrape(served: Served) -> Scrape:
    return Scrape(served.ask("GET", "/metrics").text)


def wait_for(served: Served, clicks: int, posts: int) -> None:
    """Return once twenty answers in a row agree: every process gets its turn."""

    def agree() -> bool:
        answers = [scrape(served) for _ in range(20)]
        return all(
            (scraped.value("clicks", type="cheers"), scraped.value("http_requests_total", **POSTED))
            == (clicks, posts)
            for scraped in answers
        )

    eventually(agree, 20, lambda: scrape(served).text)


@pytest.mark.parametrize("server", ["granian", "gunicorn"])
def test_a_scrape_of_any_worker_answers_for_all_and_a_killed_one_is_not_forgotten(
    tmp_path: Path, server: str
) -> None:
    port = free_port()
    shared, temporary = tmp_path / "shared", tmp_path / "temporary"
    for folder in (shared, temporary):
        folder.mkdir()
    variables: dict[str, object] = {"WEB_PROCESSES": 2, "TMPDIR": temporary}
    command = COMMAND
    if server == "gunicorn":
        command = [*GUNICORN, "--bind", f"127.0.0.1:{port}"]
        variables["PROMETHEUS_MULTIPROC_DIR"] = shared

    with serving(tmp_path, port, command, **variables) as served:
        for _ in range(20):
            assert served.click({"type": "cheers"}).status == 200
        wait_for(served, clicks=20, posts=20)
        worker = served.workers()[0]
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(10)
        eventually(served.is_serving, 20, "the other worker does not serve")
        for _ in range(5):
            eventually(
                lambda: served.click({"type": "cheers"}).status == 200, 10, "no click is taken"
            )
        wait_for(served, clicks=25, posts=25)
        files = [*shared.glob("*.db"), *temporary.glob("clicks-metrics-*/*.db")]
        left = {file.name for file in files if file.stem.endswith(f"_{worker.pid}")}
        assert left <= {f"counter_{worker.pid}.db", f"histogram_{worker.pid}.db"}
        served.end()

    assert [*temporary.glob("clicks-metrics-*")] == []


def test_one_process_needs_no_folder(tmp_path: Path) -> None:
    with serving(tmp_path, free_port(), TMPDIR=tmp_path) as served:
        served.click({"type": "cheers"})
        wait_for(served, clicks=1, posts=1)
        assert [*tmp_path.glob("clicks-metrics-*")] == []
