"""The override for Flink: its services, the image that submits, and what the official one makes."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dash_app.settings import Settings
from tests.brokers.kafka.jvm import or_skip
from tests.containers.image import REPOSITORY, Stage, read_stages
from tests.containers.test_compose import read
from tests.flink.cluster import find_flink
from tests.served import run_to_end

pytestmark = pytest.mark.containers
FILES = ("docker-compose.yml", "docker-compose.flink.yml")
FOLDER = REPOSITORY / "ops" / "flink"
MANAGERS = ("jobmanager", "taskmanager")
STAGES = read_stages(FOLDER / "Dockerfile")
VOLUME = "flink_checkpoints:/checkpoints"


@pytest.fixture(scope="module")
def services() -> Any:
    return read(FILES)["services"]


def properties(service: Any) -> dict[str, str]:
    """Return the lines that the official image's start script takes apart at the first colon."""
    lines = service["environment"]["FLINK_PROPERTIES"].splitlines()
    return {name.strip(): value.strip() for name, value in (line.split(":", 1) for line in lines)}


def flat(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


def test_flink_counts_on_its_official_image_and_the_site_follows_it(services: Any) -> None:
    wish = (FOLDER / "requirements.txt").read_text()
    (version,) = re.findall(r"^apache-flink==(\S+)$", wish, re.MULTILINE)

    assert services["web_upy"]["environment"]["COUNTS_FROM"] == "flink"
    for name in (*MANAGERS, "checkpoints"):
        assert services[name]["image"] == f"flink:{version}-java17"
    for name in MANAGERS:
        # What the image's own start script is told; it runs as the user flink.
        assert services[name]["command"] == name
        assert not {"entrypoint", "user"} & services[name].keys()
    assert "ports" not in str(services["jobmanager"]), "Flink's page lets anybody run anything"


def test_the_managers_may_write_checkpoints_and_the_job_reads_them(services: Any) -> None:
    for name in MANAGERS:
        waits = services[name]["depends_on"]["checkpoints"]
        assert waits == {"condition": "service_completed_successfully"}
        assert services[name]["volumes"] == [f"{VOLUME}:rw"]
    checkpoints = services["checkpoints"]
    assert checkpoints["user"] == "root"
    assert checkpoints["entrypoint"] == ["chown", "flink:", "/checkpoints"]
    assert checkpoints["volumes"] == [f"{VOLUME}:rw"]
    assert "restart" not in checkpoints
    assert services["job"]["volumes"] == [f"{VOLUME}:ro"]


def test_the_job_is_told_by_names_that_it_knows(services: Any) -> None:
    environment = services["job"]["environment"]
    known = {name.upper() for name in Settings.model_fields}
    known |= set(re.findall(r"FLINK_[A-Z_]+", (FOLDER / "submit.py").read_text()))

    assert environment.keys() <= known
    assert environment["FLINK_ADDRESS"] == "jobmanager:8081"
    assert environment["FLINK_CHECKPOINTS"] == "/checkpoints"
    slots = properties(services["taskmanager"])["taskmanager.numberOfTaskSlots"]
    assert environment["FLINK_PARALLELISM"] == slots
    servers = services["web_upy"]["environment"]["KAFKA_BOOTSTRAP_SERVERS"]
    assert environment["KAFKA_BOOTSTRAP_SERVERS"] == servers


def test_flink_is_set_up_alike_with_and_without_containers(services: Any) -> None:
    outside = dict(flat(yaml.safe_load((FOLDER / "conf" / "config.yaml").read_text())))
    for name in MANAGERS:
        inside = properties(services[name])
        assert inside.pop("jobmanager.rpc.address") == "jobmanager"
        assert inside == {name: outside[name] for name in inside}


@pytest.mark.flink
def test_flinks_own_program_takes_the_properties(services: Any, tmp_path: Path) -> None:
    home = or_skip(find_flink)
    shutil.copy(home / "conf" / "config.yaml", tmp_path)
    wished = properties(services["taskmanager"])
    options = [f"-D{name}={value}" for name, value in wished.items()]
    program = home / "bin" / "config-parser-utils.sh"
    subprocess.run(
        ["bash", program, tmp_path, home / "bin", home / "lib", *options],
        check=True,
        capture_output=True,
        timeout=60,
    )

    taken = dict(flat(yaml.safe_load((tmp_path / "config.yaml").read_text())))
    assert wished == {name: taken[name] for name in wished}


@pytest.mark.parametrize("stage", STAGES)
def test_what_the_job_is_built_from_is_there(stage: Stage) -> None:
    allowed = (REPOSITORY / ".dockerignore").read_text().splitlines()
    for text in stage.texts("COPY"):
        *sources, _ = text.split()
        if not sources[0].startswith("--from"):
            exceptions = [name for name in allowed if name.startswith(f"!{sources[0]}")]
            assert exceptions, f".dockerignore keeps {text} out of the image"


def test_the_program_that_submits_is_whole_in_its_image(tmp_path: Path) -> None:
    for line in (REPOSITORY / ".dockerignore").read_text().splitlines():
        source = REPOSITORY / line.removeprefix("!")
        if line.startswith(("!dash_app", "!ops/flink")):
            target = tmp_path / source.relative_to(REPOSITORY)
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    script = STAGES[-1].words("CMD")[-1]
    assert "python ops/flink/submit.py" in script

    command = [sys.executable, "-B", "ops/flink/submit.py"]
    done = run_to_end(tmp_path, command, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert (done.status, done.text.splitlines()[-1][:9]) == (1, "Not yet: "), done.text


def test_the_image_that_submits_has_what_flinks_client_needs() -> None:
    jars, image = STAGES
    assert "-DoutputDirectory=/jars" in " ".join(jars.texts("RUN"))
    assert "--from=jars /jars ops/flink/jars" in image.texts("COPY")
    # For these Pythons apache-flink has packages.
    assert re.match(r"python:3\.1[12]\.", image.base)
    assert "openjdk-17-jre-headless" in " ".join(image.texts("RUN"))
    # Flink's client names its log after the user, and a number has no name.
    assert image.texts("USER") == ["10001:10001"]
    assert image.environment() == {"FLINK_IDENT_STRING": "job", "FLINK_LOG_DIR": "/tmp"}  # noqa: S108
