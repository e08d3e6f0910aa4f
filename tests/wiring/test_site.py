"""The site as a whole: nothing at import, and its life in a process."""

import threading
from pathlib import Path

import pytest

from dash_app import create_app
from dash_app.settings import Settings
from dash_app.settings.reactions import SEED, Reaction
from tests.leftovers import OUR_THREADS
from tests.ports import free_port
from tests.programs import run_program
from tests.sites import Site, open_site

PREFIX = "/visualization-tools-ii"

WATCHED = """
import json, os, sys, threading
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
LOUD = ("socket.", "sqlite3.", "subprocess.", "os.fork", "os.mkdir", "os.rename", "os.remove")
seen = []
start = threading.Thread.start

def watched_start(thread):
    seen.append(f"thread {thread.name}")
    start(thread)

threading.Thread.start = watched_start

def watch(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
        seen.append(f"open {arguments[0]} for writing")
    elif event.startswith(LOUD) and event != "socket.gethostname":
        seen.append(f"{event} {arguments}")

sys.addaudithook(watch)
exec(sys.argv[1])
print(json.dumps([seen, threading.active_count()]))
"""

FORKED = """
import json, os, sys, time
from pathlib import Path
from dash_app.settings import Settings
from tests.sites import open_site

def found(site):
    site.wait_for_state("live")
    return [site.timeline()["state"], *site.totals()]

with open_site(Settings(clicks_db=Path(sys.argv[1]))) as site:
    site.wait_for_state("live")
    site.click({"type": "cheers"})
    site.wait_for_totals(1)
    for child in range(3):
        reading, writing = os.pipe()
        if not os.fork():
            first = found(site)
            answer = site.click({"type": "hate"}).status_code
            site.wait_for_totals(1, child + 1)
            os.write(writing, json.dumps([first, answer]).encode())
            site.service.stop()
            os._exit(0)
        os.wait()
        assert json.loads(os.read(reading, 1000)) == [["live", 1, child], 200], child
        site.wait_for_totals(1, child + 1)
    print(json.dumps(found(site)))
"""

WITHOUT_KAFKA_PYTHON = """
import json, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "kafka":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocker())
from dash_app.settings import Settings
from tests.sites import open_site

with open_site(Settings.from_environment()) as site:
    answers = [
        site.click({"type": "cheers"}),
        *(site.ask("GET", path) for path in
          ("/kafka/timeline", "/kafka/data", "/kafka-clicker", "/kafka-dashboard", "/", "/readyz")),
    ]
    print(json.dumps([
        [answer.status_code, answer.headers.get("Retry-After"), answer.get_json(silent=True)]
        for answer in answers
    ]))
"""


def our_threads() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith(OUR_THREADS)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(clicks_db=tmp_path / "clicks.sqlite3")


@pytest.mark.slow
@pytest.mark.parametrize(
    "action",
    [
        "import dash_app",
        "import dash_app.app",
        "import dash_app, flask; dash_app.create_app(); dash_app.mount(flask.Flask('host'))",
    ],
)
@pytest.mark.parametrize("servers", ["", "127.0.0.1:9"])
def test_importing_and_building_opens_and_starts_nothing(
    tmp_path: Path, action: str, servers: str
) -> None:
    env = {"CLICKS_DB": tmp_path / "var" / "c.sqlite3", "KAFKA_BOOTSTRAP_SERVERS": servers}
    opened, threads = run_program(WATCHED, action, env=env)

    assert opened == []
    assert threads == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_watch_over_imports_sees_what_is_opened(tmp_path: Path) -> None:
    action = f"import dash_app; dash_app.create_app().test_client().get('{PREFIX}/kafka/data')"
    env = {"CLICKS_DB": tmp_path / "c.sqlite3"}
    opened, threads = run_program(WATCHED, action, env=env)

    assert any("sqlite3.connect" in event for event in opened)
    assert any(event.startswith("thread clicks-") for event in opened)
    assert threads > 1


def test_the_first_request_of_a_process_starts_the_counting(settings: Settings) -> None:
    with open_site(settings) as site:
        assert our_threads() == []
        site.ask("GET", "/kafka-clicker")
        assert sorted(our_threads()) == ["clicks-consumer", "clicks-talks", "clicks-writer"]
        site.wait_for_state("live")
        site.ask("GET", "/kafka-clicker")
        assert len(our_threads()) == 3


def test_start_starts_the_counting_without_a_request(settings: Settings) -> None:
    with open_site(settings) as site:
        for _ in range(2):
            site.service.start()
        assert sorted(our_threads()) == ["clicks-consumer", "clicks-talks", "clicks-writer"]
        assert all(thread.daemon for thread in threading.enumerate() if "clicks-" in thread.name)


def test_stop_is_harmless_before_the_start_and_when_repeated(settings: Settings) -> None:
    with open_site(settings) as site:
        site.service.stop()
        site.wait_for_state("live")
        for _ in range(2):
            site.service.stop()
        assert our_threads() == []


def test_a_stopped_site_refuses_clicks_and_still_shows_what_it_counted(settings: Settings) -> None:
    with open_site(settings) as site:
        site.click({"type": "cheers"})
        site.wait_for_totals(1)
        site.service.stop()

        assert site.click({"type": "cheers"}).get_json() == {
            "status": "error",
            "message": "Failed to write the clicks",
            "appended": False,
        }
        assert site.timeline()["state"] == "disabled"
        assert site.totals() == (1, 0)


def test_two_sites_in_one_process_have_nothing_to_do_with_each_other(tmp_path: Path) -> None:
    one = Settings(
        clicks_db=tmp_path / "one.sqlite3", reactions=(Reaction("cheers", "Yes"), SEED[1])
    )
    two = Settings(clicks_db=tmp_path / "two.sqlite3", url_prefix="/two")
    with open_site(one) as first, open_site(two) as second:
        first.click({"type": "cheers"})
        second.click({"clicks": [{"type": "hate"}] * 2})

        first.wait_for_totals(1, 0)
        second.wait_for_totals(0, 2)
        assert "Yes" in first.ask("GET", "/kafka-clicker").text
        assert "Yes" not in second.ask("GET", "/kafka-clicker").text


@pytest.mark.slow
def test_the_counting_starts_anew_in_every_forked_process(tmp_path: Path) -> None:
    assert run_program(FORKED, tmp_path / "clicks.sqlite3") == ["live", 1, 3]


@pytest.mark.slow
def test_without_kafka_python_the_pages_serve_and_the_kafka_routes_say_why_not(
    tmp_path: Path,
) -> None:
    env = {
        "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}",
        "CLICKS_DB": tmp_path / "clicks.sqlite3",
    }
    click, timeline, data, *pages, ready = run_program(WITHOUT_KAFKA_PYTHON, env=env)

    assert click == [
        503,
        "1",
        {"status": "error", "message": "Producer not loaded", "appended": False},
    ]
    consumer = {"status": "error", "message": "Consumer not loaded"}
    assert timeline == data == [503, "1", consumer]
    assert [code for code, *_ in pages] == [200, 200, 200]
    missing = "kafka-python cannot be imported"
    assert ready[2]["conditions"][0] == {"name": "broker", "ok": False, "reason": missing}
    assert ready[:2] == [503, "1"]


@pytest.mark.slow
def test_the_embedded_broker_needs_no_kafka_python(tmp_path: Path) -> None:
    env = {"CLICKS_DB": tmp_path / "clicks.sqlite3"}
    *answers, _ = run_program(WITHOUT_KAFKA_PYTHON, env=env)

    assert [code for code, *_ in answers] == [200] * 6


def test_an_error_nobody_foresaw_is_json_and_is_logged_with_its_traceback(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_site(settings) as site:
        assert site.service.broker is not None
        monkeypatch.setattr(site.service.broker, "append", lambda *_: 1 / 0)
        answer = site.click({"type": "cheers"})

    assert answer.status_code == 500
    assert set(answer.get_json()) == {"status", "message"}
    assert "division" not in answer.text
    assert "ZeroDivisionError" in caplog.text


def test_the_root_may_be_the_prefix(tmp_path: Path) -> None:
    with open_site(Settings(url_prefix="/", clicks_db=tmp_path / "clicks.sqlite3")) as site:
        assert site.click({"type": "cheers"}).status_code == 200
        site.wait_for_totals(1)
        for path in ("/", "/kafka-clicker", "/kafka-dashboard", "/healthz", "/robots.txt"):
            assert site.ask("GET", path).status_code == 200, path
        assert site.ask("GET", "/j").headers["Location"] == "kafka-clicker"
        assert 'src="assets/page.js' in site.ask("GET", "/kafka-clicker").text
        assert site.ask("GET", "/kafka/nothing").get_json()["status"] == "error"
        assert site.ask("PUT", "/kafka/click").status_code == 405


def test_settings_default_to_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLICKS_DB", str(tmp_path / "clicks.sqlite3"))
    monkeypatch.setenv("URL_PREFIX", "/from/environment")
    site = Site(create_app())
    try:
        assert site.client.get("/from/environment/kafka/data").status_code == 200
    finally:
        site.service.stop()
