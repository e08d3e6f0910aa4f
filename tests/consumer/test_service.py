"""The broker and the consumer of a process: started once, and again after a thread was killed."""

import ctypes
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from dash_app.brokers import NotAppended, Outgoing
from dash_app.consumer.reading import unreadable_logger
from dash_app.consumer.service import Service
from dash_app.counting.clicks import Click
from dash_app.settings import Settings
from tests.sites import Site, open_live_site, open_site
from tests.waiting import eventually


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_live_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        yield site


def clicks_threads() -> dict[str, threading.Thread]:
    return {t.name: t for t in threading.enumerate() if t.name.startswith("clicks-")}


def kill_thread(name: str) -> None:
    """Kill a thread as a debugger or dash's test runner does: by an exception from outside."""
    thread = clicks_threads()[name]
    raised = ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit)
    )
    assert raised == 1
    eventually(lambda: not thread.is_alive(), 5, f"{name} lives on")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("name", ["clicks-consumer", "clicks-writer"])
def test_a_thread_that_was_killed_is_created_again(site: Site, name: str) -> None:
    assert site.click({"type": "cheers"}).status_code == 200
    site.wait_for_totals(1)
    before = clicks_threads()[name]
    kill_thread(name)

    assert site.click({"type": "cheers"}).status_code == 200
    site.wait_for_state("live")
    site.wait_for_totals(2)
    assert clicks_threads()[name] is not before
    assert len(unreadable_logger.filters) == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_consumer_that_was_killed_is_never_called_live(site: Site) -> None:
    consumer = site.service.consumer
    assert consumer is not None
    kill_thread("clicks-consumer")
    assert consumer.state == "disabled"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_writer_that_was_killed_refuses_at_once(site: Site) -> None:
    broker = site.service.broker
    assert broker is not None
    kill_thread("clicks-writer")

    began = time.monotonic()
    with pytest.raises(NotAppended):
        broker.append([Outgoing(Click("cheers", 1.0), None)], began + 60)
    assert time.monotonic() - began < 10


def test_the_totals_are_what_was_counted(site: Site) -> None:
    assert site.service.totals() == {"cheers": 0, "hate": 0}
    site.click({"clicks": [{"type": "cheers"}, {"type": "cheers"}, {"type": "hate"}]})
    site.wait_for_totals(2, 1)
    assert site.service.totals() == {"cheers": 2, "hate": 1}


def test_a_service_that_was_stopped_stays_stopped(site: Site) -> None:
    site.service.stop()
    assert site.timeline()["state"] == "disabled"
    assert site.click({"type": "cheers"}).get_json()["appended"] is False
    assert clicks_threads() == {}


def test_a_start_that_fails_half_way_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name == "clicks-consumer":
            raise RuntimeError("can't start new thread")
        start(thread)

    with open_site(Settings(clicks_db=tmp_path / "clicks.sqlite3")) as site:
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", refuse)
            assert site.timeline()["state"] == "connecting"
        writer = clicks_threads()["clicks-writer"]
        site.wait_for_state("live")
        assert clicks_threads().keys() == {"clicks-writer", "clicks-consumer", "clicks-talks"}
        assert clicks_threads()["clicks-writer"] is writer


@pytest.mark.parametrize(("has_threads", "is_said"), [(0, True), (1, False)])
def test_a_uwsgi_that_runs_no_threads_is_named_in_the_log_and_to_probes(
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    has_threads: int,
    is_said: bool,
) -> None:
    # The module that uWSGI 2.0.21 to 2.0.31 gives its applications; other servers have none.
    assert site.ask("GET", "/readyz").get_json()["warnings"] == []
    monkeypatch.setitem(sys.modules, "uwsgi", SimpleNamespace(has_threads=has_threads))
    service = Service(site.service.settings)
    service.start()
    service.stop()

    said = [text for text in caplog.messages if "--enable-threads" in text]
    assert site.ask("GET", "/readyz").get_json()["warnings"] == said
    assert len(said) == is_said
