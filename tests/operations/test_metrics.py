"""The numbers of one process, and of several that share a folder."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from dash_app import create_app
from dash_app.consumer.published_state import CATCHING_UP, LIVE, RECONNECTING, PublishedState
from dash_app.counting.counts import Counts
from dash_app.counting.snapshot import Snapshot
from dash_app.operations.metrics import Metrics
from dash_app.operations.shared_metrics import RESERVED_BYTES
from dash_app.settings import BadSetting, Settings
from tests.programs import run_program
from tests.scrape import Scrape

NOW = 1000.0
KINDS = ["cheers", "hate"]

SHARING = """
import json, os, subprocess, sys
from dash_app.operations.metrics import Metrics
from dash_app.consumer.published_state import LIVE, PublishedState
from dash_app.counting.counts import Counts
from dash_app.counting.snapshot import Snapshot

def count(cheers, lag):
    metrics, shown = Metrics(["cheers", "hate"]), PublishedState(lambda: 0.0)
    shown.state, shown.lag = LIVE, {0: lag}
    shown.snapshot = Snapshot(counts=Counts({"cheers": cheers}))
    metrics.on_heartbeat(shown)
    metrics.on_response("/kafka/click", "POST", 200)
    metrics.on_append("acknowledged", 0.5)
    metrics.observe_latencies([0.25, 0.75])
    return metrics

if len(sys.argv) > 1:
    count(int(sys.argv[1]), int(sys.argv[2]))
    print("counted", flush=True)
    sys.stdin.read()
    os._exit(9)
metrics = count(5, 7)
other = subprocess.Popen(
    [sys.executable, "-c", os.environ["PROGRAM"], "6", "1000"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
)
other.stdout.readline()
both = metrics.exposition().decode()
other.communicate()
print(json.dumps([both, metrics.exposition().decode()]))
"""

HOST = """
import json, os, subprocess, sys
from pathlib import Path
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from dash_app.operations.metrics import Metrics

def open_files(kinds):
    if "host" in kinds:
        Gauge("host_queue", "of the host", multiprocess_mode="livemax").set(3)
        Gauge("host_users", "of the host", multiprocess_mode="liveall").set(4)
        Counter("host_orders", "of the host").inc()
    return Metrics(["cheers"]) if "ours" in kinds else None

if len(sys.argv) > 1:
    open_files(sys.argv[1])
    # os._exit writes out nothing that Python still holds.
    print(os.getpid(), flush=True)
    os._exit(9)
metrics = open_files("host ours")
# Opened by a process of the host that ended before it counted anything; no system has this number.
empty = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"], f"gauge_livemax_{2**22 + 1}.db")
empty.write_bytes(bytes(4096))
ended = {
    kinds: subprocess.run(
        [sys.executable, "-c", os.environ["PROGRAM"], kinds], capture_output=True, text=True
    ).stdout.strip()
    for kinds in ("host", "ours", "host ours")
}
answered = metrics.exposition().decode()
files = os.listdir(os.environ["PROMETHEUS_MULTIPROC_DIR"])
gauges = {
    kinds: sorted(name for name in files if name.startswith("gauge") and f"_{process}." in name)
    for kinds, process in {**ended, "alive": os.getpid(), "empty": 2**22 + 1}.items()
}
host = CollectorRegistry()
MultiProcessCollector(host)
print(json.dumps([answered, generate_latest(host).decode(),
    {kinds: [name.split("_")[1] for name in names] for kinds, names in gauges.items()}]))
"""

FOLDER_GOES = """
import json, os, resource, shutil, sys
from pathlib import Path
from dash_app.settings import Settings
from tests.sites import open_site

folder, database = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]), Path(sys.argv[1])
with open_site(Settings(clicks_db=database)) as site:
    def look(clicks):
        site.wait_for_totals(clicks, seconds=10)
        return [site.click({"type": "cheers"}).status_code, site.ask("GET", "/metrics").status_code]

    # On a disk that is full nothing of this size can be kept.
    whole = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, whole[1]))
    full = look(0)
    left = os.listdir(folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, whole)
    shutil.rmtree(folder)
    gone = look(1)
    folder.mkdir()
    back = look(2)
    sizes = [file.stat().st_blocks * 512 for file in folder.iterdir()]
    shutil.rmtree(folder)
    gone_again = look(3)
    site.wait_for_totals(4, seconds=10)
print(json.dumps([full, left, gone, back, sizes, gone_again]))
"""


def scrape(metrics: Metrics) -> Scrape:
    return Scrape(metrics.exposition().decode())


def shown(state: str, lag: Mapping[int, int] | None = None, **snapshot: object) -> PublishedState:
    published = PublishedState(lambda: NOW)
    published.state, published.lag = state, lag or {}
    published.snapshot = Snapshot(**snapshot)  # type: ignore[arg-type]
    return published


def test_what_is_counted_is_shown_by_kind() -> None:
    metrics = Metrics(KINDS, clock=lambda: NOW)
    counts = Counts(
        {"cheers": 5, "hate": 3},
        duplicates=2,
        out_of_window=1,
        unreadable={"not JSON": 4, "forged": 9},
    )
    metrics.on_heartbeat(shown(LIVE, {0: 0, 1: 12}, counts=counts, remembers_since=NOW - 60))
    scraped = scrape(metrics)

    assert scraped.value("clicks", type="cheers") == 5
    assert scraped.value("clicks", type="hate") == 3
    assert scraped.value("duplicates") == 2
    assert scraped.value("untimely") == 1
    assert scraped.value("unreadable", reason="not JSON") == 4
    assert scraped.value("unreadable", reason="bad timestamp") == 0
    assert scraped.value("lag_records", partition=1) == 12
    assert scraped.value("dedup_horizon_seconds") == 60
    assert scraped.value("consumer_live") == 1
    assert scraped.value("broker_contact_timestamp_seconds") == NOW
    assert "forged" not in scraped.text
    assert "fuck" not in scraped.text


def test_while_it_catches_up_the_lag_is_shown_and_no_half_counts() -> None:
    metrics = Metrics(KINDS)
    metrics.on_heartbeat(shown(CATCHING_UP, {0: 900}, counts=Counts({"cheers": 5})))

    assert scrape(metrics).value("lag_records", partition=0) == 900
    assert scrape(metrics).value("clicks", type="cheers") is None
    assert scrape(metrics).value("consumer_live") == 0


def test_without_a_broker_the_last_contact_ages_and_the_counts_stay() -> None:
    times = iter([NOW, NOW + 30])
    metrics = Metrics(KINDS, clock=lambda: next(times))
    metrics.on_heartbeat(shown(LIVE, {0: 0}, counts=Counts({"cheers": 5})))
    metrics.on_heartbeat(shown(RECONNECTING))

    assert scrape(metrics).value("broker_contact_timestamp_seconds") == NOW
    assert scrape(metrics).value("consumer_live") == 0
    assert scrape(metrics).value("clicks", type="cheers") == 5


def test_partitions_that_are_gone_do_not_lag_for_ever() -> None:
    metrics = Metrics(KINDS)
    metrics.on_heartbeat(shown(LIVE, {0: 0, 1: 50}))
    metrics.on_heartbeat(shown(LIVE, {0: 1}))

    assert scrape(metrics).value("lag_records", partition=0) == 1
    assert scrape(metrics).value("lag_records", partition=1) == 0


def test_types_of_a_topic_that_was_created_again_go_to_0() -> None:
    metrics = Metrics(KINDS)
    metrics.on_heartbeat(shown(LIVE, counts=Counts({"cheers": 5, "elsewhere": 3})))
    assert scrape(metrics).value("clicks", type="elsewhere") == 3
    assert scrape(metrics).value("clicks", type="hate") == 0
    metrics.on_heartbeat(shown(LIVE, counts=Counts({"hate": 1})))

    assert [scrape(metrics).value("clicks", type=kind) for kind in (*KINDS, "elsewhere")] == [
        0,
        1,
        0,
    ]


def test_an_identity_that_is_never_forgotten_has_an_endless_horizon() -> None:
    metrics = Metrics(KINDS)
    metrics.on_heartbeat(shown(LIVE))

    assert scrape(metrics).value("dedup_horizon_seconds") == float("inf")


def test_made_up_methods_are_counted_together() -> None:
    metrics = Metrics(KINDS)
    for method in ("GET", "BREW", "PROPFIND"):
        metrics.on_response("/kafka/data", method, 405)

    route = {"route": "/kafka/data", "status": 405}
    assert scrape(metrics).value("http_requests_total", method="GET", **route) == 1
    assert scrape(metrics).value("http_requests_total", method="other", **route) == 2


@pytest.mark.slow
def test_processes_share_the_furthest_count_and_the_sum_of_events(tmp_path: Path) -> None:
    env = {"PROMETHEUS_MULTIPROC_DIR": tmp_path, "PROGRAM": SHARING}
    both, survivor = map(Scrape, run_program(SHARING, env=env))

    assert both.value("clicks", type="cheers") == 6
    assert both.value("lag_records", partition=0) == 1000
    post = {"route": "/kafka/click", "method": "POST", "status": 200}
    for scraped in (both, survivor):
        assert scraped.value("http_requests_total", **post) == 2
        assert scraped.value("produce_seconds_count", outcome="acknowledged") == 2
        assert scraped.value("produce_seconds_sum", outcome="acknowledged") == 1
        assert scraped.value("tap_to_counted_seconds_count") == 4
        assert scraped.value("tap_to_counted_seconds_sum") == 2
    # What the dead one was behind is forgotten with it; what it has answered is not.
    assert survivor.value("clicks", type="cheers") == 5
    assert survivor.value("lag_records", partition=0) == 7


@pytest.mark.slow
def test_in_a_hosts_folder_its_numbers_are_not_answered_and_its_files_stay(tmp_path: Path) -> None:
    env = {"PROMETHEUS_MULTIPROC_DIR": tmp_path, "PROGRAM": HOST}
    ours, hosts, gauges = run_program(HOST, env=env)

    assert Scrape(ours).value("consumer_live") == 0
    assert "host_" not in ours
    assert "host_orders_total 3.0" in hosts
    # Only what held nothing but ours is gone.
    assert gauges == {
        "alive": ["liveall", "livemax", "livemin"],
        "empty": ["livemax"],
        "host": ["liveall", "livemax"],
        "ours": [],
        "host ours": ["liveall", "livemax"],
    }


@pytest.mark.slow
def test_a_folder_that_fails_fails_no_click_and_ends_no_counting(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    env = {"PROMETHEUS_MULTIPROC_DIR": folder}
    full, left, gone, back, sizes, gone_again = run_program(
        FOLDER_GOES, tmp_path / "clicks.sqlite3", env=env
    )

    assert full == gone == gone_again == [200, 503]
    assert left == []
    assert back == [200, 200]
    # Written through memory without its blocks, a file would end the process on a full disk.
    assert len(sizes) == 4
    assert all(size >= RESERVED_BYTES for size in sizes)


def test_a_folder_that_is_not_there_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "nothing"))

    with pytest.raises(BadSetting, match=r"^PROMETHEUS_MULTIPROC_DIR is '.*nothing', which cannot"):
        create_app(Settings(clicks_db=tmp_path / "clicks.sqlite3"))


@pytest.mark.slow
def test_making_an_app_makes_no_numbers_and_opens_no_file(tmp_path: Path) -> None:
    code = """
import json, os
from dash_app import create_app
create_app()
print(json.dumps(os.listdir(os.environ["PROMETHEUS_MULTIPROC_DIR"])))
"""
    env = {"PROMETHEUS_MULTIPROC_DIR": tmp_path, "CLICKS_DB": tmp_path / "c.sqlite3"}
    assert run_program(code, env=env) == []
