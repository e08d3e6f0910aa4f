"""What `make flink` runs: a cluster, the job on it, and nothing left at the end."""

import json
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest

from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.jvm import Program, or_skip
from tests.brokers.kafka.records import click, produce
from tests.flink.cluster import QUICK, find_flink
from tests.ports import free_port
from tests.programs import ROOT
from tests.served import run_to_end
from tests.sites import open_live_site

pytestmark = pytest.mark.slow

SUBMIT = ROOT / "ops" / "flink" / "submit.py"
START = ROOT / "ops" / "flink" / "start.sh"
COUNTING_SECONDS = 150
NOWHERE = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}


def fetched(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return json.load(answer)


@pytest.mark.flink
@pytest.mark.timeout(240)
def test_one_command_counts_and_ends_with_all_it_started(
    kafka: Broker, topic: str, tmp_path: Path
) -> None:
    or_skip(find_flink)
    port = free_port()
    options = {"rest.port": port, "jobmanager.rpc.port": free_port(), "io.tmp.dirs": tmp_path}
    words = [word for name, value in options.items() for word in ("-D", f"{name}={value}")]
    variables = {
        "FLINK_ADDRESS": f"127.0.0.1:{port}",
        "FLINK_PARALLELISM": "3",
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
        "KAFKA_TOPIC": topic,
    }
    started = Program(
        ["env", "-C", str(tmp_path), "sh", str(START), *words],
        tmp_path / "start.log",
        {**os.environ, **QUICK, **variables},
    )
    settings = Settings.from_environment({**variables, "COUNTS_FROM": "flink"})
    with open_live_site(settings) as site:
        produce(kafka, topic, [click()] * 3)
        started.launch()
        try:
            site.wait_for_totals(3, seconds=COUNTING_SECONDS)
            assert fetched(port, "/overview")["slots-total"] == 3
            (job,) = fetched(port, "/jobs/overview")["jobs"]
            vertices = fetched(port, f"/jobs/{job['jid']}")["vertices"]
            assert {vertex["parallelism"] for vertex in vertices} == {3}
            family = psutil.Process(started.pid).children(recursive=True)
        finally:
            started.stop(30)

    assert len(family) >= 2
    alive = psutil.wait_procs(family, 10)[1]
    assert not alive, started.read_log()


@pytest.mark.parametrize(
    ("variables", "refusal"),
    [
        ({}, "KAFKA_BOOTSTRAP_SERVERS is unset, which cannot work"),
        ({"KAFKA_TOPIC": "a'b", **NOWHERE}, 'KAFKA_TOPIC is "a\'b", which cannot work'),
        *(
            ({"FLINK_STATE_TTL_SECONDS": value, **NOWHERE}, "allowed: 7200 to 999999999.")
            for value in ("7199", "1 d", "-1", "9" * 10)
        ),
        *(
            ({"FLINK_PARALLELISM": value, **NOWHERE}, "allowed: 1 to 1000.")
            for value in ("0", "two", "1001")
        ),
    ],
)
def test_what_can_never_work_is_said_in_a_sentence(
    tmp_path: Path, variables: dict[str, str], refusal: str
) -> None:
    done = run_to_end(tmp_path, [sys.executable, "-B", str(SUBMIT)], **variables)

    assert (done.status, len(done.text.splitlines())) == (2, 1)
    assert done.text.startswith("Stopped: ")
    assert refusal in done.text


def test_without_a_broker_it_is_to_be_tried_again(tmp_path: Path) -> None:
    done = run_to_end(tmp_path, [sys.executable, "-B", str(SUBMIT)], **NOWHERE)

    assert done.status == 1
    assert f"Not yet: no broker answered at {NOWHERE['KAFKA_BOOTSTRAP_SERVERS']}" in done.text
