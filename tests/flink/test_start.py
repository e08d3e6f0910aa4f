"""What `make flink` runs: a cluster, the job on it, and nothing left at the end."""

import os
from pathlib import Path

import psutil
import pytest

from dash_app.settings import Settings
from tests.flink.cluster import find_flink
from tests.kafka.broker import Broker
from tests.kafka.jvm import Program, ToolsMissing
from tests.kafka.records import click, produce
from tests.ports import free_port
from tests.programs import ROOT
from tests.sites import open_live_site

START = ROOT / "ops" / "flink" / "start.sh"
COUNTING_SECONDS = 150


@pytest.mark.flink
@pytest.mark.timeout(240)
def test_one_command_counts_and_ends_with_all_it_started(
    kafka: Broker, topic: str, tmp_path: Path
) -> None:
    try:
        find_flink()
    except ToolsMissing as error:
        pytest.skip(str(error))
    port = free_port()
    options = {"rest.port": port, "jobmanager.rpc.port": free_port(), "io.tmp.dirs": tmp_path}
    words = [word for name, value in options.items() for word in ("-D", f"{name}={value}")]
    variables = {
        "FLINK_ADDRESS": f"127.0.0.1:{port}",
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
        "KAFKA_TOPIC": topic,
    }
    started = Program(
        ["env", "-C", str(tmp_path), "sh", str(START), *words],
        tmp_path / "start.log",
        os.environ | variables,
    )
    settings = Settings.from_environment({**variables, "COUNTS_FROM": "flink"})
    with open_live_site(settings) as site:
        produce(kafka, topic, [click()] * 3)
        started.launch()
        try:
            site.wait_for_totals(3, seconds=COUNTING_SECONDS)
            family = psutil.Process(started.pid).children(recursive=True)
        finally:
            started.stop(30)

    assert len(family) >= 2
    alive = psutil.wait_procs(family, 10)[1]
    assert not alive, started.read_log()
