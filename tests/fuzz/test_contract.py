"""schemathesis asks a running server what its own OpenAPI document says that it answers."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fuzz.size import REQUESTS, SECONDS
from tests.ports import free_port
from tests.served import PREFIX, serving
from tests.waiting import eventually

if TYPE_CHECKING:
    from tests.brokers.kafka.broker import Broker

pytestmark = pytest.mark.slow

CODE = "presenting-is-fun"

SCHEMATHESIS = [
    *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
    *("--config-file", str(Path(__file__).with_name("schemathesis.toml")), "run"),
    *("--checks", "all", "--continue-on-failure"),
    # That an id which it invents does not exist is worth a warning to it.
    *("--warnings", "off"),
    *("--generation-database", "none", "--max-examples", str(REQUESTS), "--no-color"),
]


@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("broker", ["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def test_the_server_answers_as_its_document_says(
    broker: str, request: pytest.FixtureRequest, tmp_path: Path, topic: str
) -> None:
    variables, command, phases = {"JOIN_HOST": "auto"}, [*SCHEMATHESIS], "fuzzing"
    if broker == "embedded":
        variables |= {"PRESENTER_CODE": CODE}
        command += ["--header", f"Authorization: Bearer {CODE}"]
        # Which shapes are refused is decided before any broker is asked: one of them is enough.
        phases = "examples,coverage,fuzzing"
    if broker == "kafka":
        kafka: Broker = request.getfixturevalue("kafka")
        variables |= {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "KAFKA_TOPIC": topic}
    port = free_port()
    with serving(tmp_path, port, **variables) as served:
        eventually(lambda: served.ask("GET", "/readyz").status == 200, 15, "it is not ready")
        command += ["--phases", phases, f"http://127.0.0.1:{port}{PREFIX}/openapi.json"]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "No issues found" in done.stdout
        assert "22 selected / 22 total" in done.stdout
        assert served.ask("GET", "/readyz").status == 200
        assert "Traceback" not in served.log()
