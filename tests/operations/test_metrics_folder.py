"""The private names of prometheus_client that the folder relies on, and two sites in one folder."""

from pathlib import Path

import pytest

from dash_app.operations.metrics_folder import FOLDER
from dash_app.operations.shared_metrics import RESERVED_BYTES
from tests.programs import run_program
from tests.scrape import Scrape

IS_SHARED = """
import json
from dash_app.operations import shared_metrics
from prometheus_client.values import ValueClass
print(json.dumps([ValueClass._multiprocess, shared_metrics.is_shared()]))
"""

WRITTEN = """
import json, os
from pathlib import Path
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from dash_app.operations import shared_metrics

folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
shared_metrics.reserve("gauge_livemax", "counter")
Gauge("host_queue", "A queue.", ["name"], multiprocess_mode="livemax").labels("a").set(3)
Counter("host_orders", "Orders.").inc()
Histogram("host_seconds", "Seconds.").observe(1)
files = {path.name.replace(str(os.getpid()), "PID"): path for path in folder.iterdir()}
gauge = str(files["gauge_livemax_PID.db"])
print(json.dumps([
    {name: path.stat().st_size for name, path in files.items()},
    [[json.loads(key), value] for key, value, *_ in MmapedDict.read_all_values_from_file(gauge)],
    [[metric.name, [sample.value for sample in metric.samples]]
     for metric in MultiProcessCollector.merge([gauge])],
]))
"""

TWO_SITES = """
import json, os, sys
from pathlib import Path
from flask import Flask
from dash_app import mount
from dash_app.settings import Settings
from tests.scrape import Scrape
from tests.sites import Site
from tests.waiting import eventually

host, folder = Flask("host"), Path(sys.argv[1])
aula, sala = [
    Site(host, mount(host, Settings(url_prefix=f"/{name}", clicks_db=folder / f"{name}.sqlite3")))
    for name in ("aula", "sala")
]
for site, clicks in ((aula, 2), (sala, 3)):
    for number in range(clicks):
        site.click({"type": "cheers"})
    site.wait_for_totals(clicks, seconds=10)
    site.wait_for_state("live")

def scraped():
    return [site.ask("GET", "/metrics").text for site in (aula, sala)]

def are_set():
    totals = [Scrape(text).value("clicks", type="cheers") for text in scraped()]
    return totals == [2, 3]

eventually(are_set, 10, scraped)
answered = scraped()
for site in (aula, sala):
    site.service.stop()
# The first four bytes of a file say how many it uses.
files = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).iterdir()
used = max(int.from_bytes(file.read_bytes()[:4], sys.byteorder) for file in files)
print(json.dumps([*answered, used]))
"""


@pytest.mark.parametrize("is_shared", [True, False])
def test_prometheus_client_shares_metrics_if_the_variable_is_set_at_its_import(
    tmp_path: Path, is_shared: bool
) -> None:
    env = {FOLDER: tmp_path} if is_shared else {}

    assert run_program(IS_SHARED, env=env) == [is_shared, is_shared]


def test_prometheus_client_writes_the_files_that_the_folder_reserves_reads_and_merges(
    tmp_path: Path,
) -> None:
    sizes, rows, merged = run_program(WRITTEN, env={FOLDER: tmp_path})

    assert set(sizes) == {"gauge_livemax_PID.db", "counter_PID.db", "histogram_PID.db"}
    # A file that is there keeps its blocks; without one prometheus_client begins with a sparse one.
    assert sizes["gauge_livemax_PID.db"] == sizes["counter_PID.db"] == RESERVED_BYTES
    assert rows == [[["host_queue", "host_queue", {"name": "a"}, "A queue."], 3]]
    assert merged == [["host_queue", [3]]]


@pytest.mark.slow
def test_each_of_two_sites_in_a_process_answers_its_own_numbers(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    env = {"PROMETHEUS_MULTIPROC_DIR": folder}
    *texts, used = run_program(TWO_SITES, tmp_path, env=env)
    aula, sala = map(Scrape, texts)

    post = {"route": "/kafka/click", "method": "POST", "status": 200}
    for site, clicks in ((aula, 2), (sala, 3)):
        assert site.value("clicks", type="cheers") == clicks
        assert site.value("http_requests_total", **post) == clicks
        assert site.value("produce_seconds_count", outcome="acknowledged") == clicks
    assert aula.names() == sala.names()
    assert used < RESERVED_BYTES / 6
