"""The compose files as Debian's docker-compose reads them, and their brokers, started."""

import itertools
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from kafka import KafkaAdminClient

from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.zookeeper import ZookeeperBroker
from tests.containers.image import REPOSITORY, read_stages
from tests.ports import free_port

pytestmark = pytest.mark.containers
PLAIN = ("docker-compose.yml",)
ZOOKEEPER = ("docker-compose.yml", "docker-compose.zookeeper.yml")


def read(files: tuple[str, ...]) -> Any:
    """Return the parsed configuration; docker-compose refuses what its schema does not know."""
    options = [word for name in files for word in ("-f", name)]
    done = subprocess.run(
        ["docker-compose", *options, "config"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return yaml.safe_load(done.stdout)


@pytest.fixture(scope="module")
def plain() -> Any:
    return read(PLAIN)


@pytest.fixture(scope="module")
def merged() -> Any:
    return read(ZOOKEEPER)


def kraft_properties(service: Any) -> dict[str, str]:
    """Return the server's properties that the image makes from `KAFKA_*` (its documented rule)."""
    pairs = dict(word.split("=", 1) for word in service["command"][1:])
    return {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in pairs.items()
        if name.startswith("KAFKA_")
    }


def overridden_properties(service: Any) -> dict[str, str]:
    """Return the server's properties given by `--override`."""
    words = service["command"]
    return dict(
        value.split("=", 1) for option, value in itertools.pairwise(words) if option == "--override"
    )


def here(properties: dict[str, str], ports: dict[str, int], folder: Path) -> dict[str, str]:
    """Return the same properties for this machine: loopback, free ports, a folder of the test."""
    moved = {}
    for name, value in properties.items():
        text = value.replace("kafka_visualization", "127.0.0.1").replace("://:", "://127.0.0.1:")
        for port, free in ports.items():
            text = text.replace(f":{port}", f":{free}")
        moved[name] = text
    return moved | {"log.dirs": str(folder / "data")}


def test_the_two_services_have_their_names(plain: Any) -> None:
    assert set(plain["services"]) == {"web_upy", "kafka_visualization"}
    for name, service in plain["services"].items():
        assert service["container_name"] == name


@pytest.mark.parametrize("port", ["501", "8501"])
def test_the_site_is_on_a_port_of_choice_and_needs_no_right_for_it(
    port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if port != "501":
        monkeypatch.setenv("WEB_PORT", port)
    web = read(PLAIN)["services"]["web_upy"]
    published = [{"published": int(port), "target": 8050}]
    assert web["ports"] in (published, [f"{port}:8050/tcp"])
    assert web["environment"]["PORT"] == "8050"
    assert web["environment"]["HOST"] == "0.0.0.0"
    assert "sysctls" not in web
    stage = read_stages()[-1]
    assert stage.environment()["PORT"] == stage.texts("EXPOSE")[-1] == "8050"


def test_variables_of_this_machine_reach_the_site_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CLICKER_CODE", "s3same")
    environment = read(PLAIN)["services"]["web_upy"]["environment"]
    assert environment["CLICKER_CODE"] == "s3same"
    assert not environment.get("JOIN_URL")
    text = (REPOSITORY / PLAIN[0]).read_text()
    assert ":-}" not in "".join(line for line in text.splitlines(True) if "#" not in line)


def test_the_site_is_built_here_and_may_write_to_its_volume_only(plain: Any) -> None:
    web = plain["services"]["web_upy"]
    assert web["build"]["context"] == str(REPOSITORY)
    assert web["read_only"] is True
    assert web["tmpfs"] == ["/tmp"]  # noqa: S108
    assert web["volumes"] == ["web_var:/app/var:rw"]
    assert web["cap_drop"] == ["ALL"]
    assert "user" not in web, "the image's own user is not root"


@pytest.mark.parametrize("files", [PLAIN, ZOOKEEPER])
def test_the_site_waits_for_a_healthy_broker(files: tuple[str, ...]) -> None:
    services = read(files)["services"]
    web = services["web_upy"]
    assert web["depends_on"] == {"kafka_visualization": {"condition": "service_healthy"}}
    assert web["environment"]["KAFKA_BOOTSTRAP_SERVERS"] == "kafka_visualization:9092"
    assert "localhost/9092" in " ".join(services["kafka_visualization"]["healthcheck"]["test"])


def test_the_broker_is_kafka_4_in_kraft_mode_on_a_volume(plain: Any) -> None:
    broker = plain["services"]["kafka_visualization"]
    assert broker["image"].startswith("apache/kafka:4.")
    properties = kraft_properties(broker)
    assert properties["process.roles"] == "broker,controller"
    assert "INSIDE://kafka_visualization:9092" in properties["advertised.listeners"]
    assert broker["volumes"] == [f"kafka_data:{properties['log.dirs']}:rw"]
    assert "zookeeper" not in str(broker)


@pytest.mark.parametrize("files", [PLAIN, ZOOKEEPER])
def test_the_broker_can_be_reached_from_this_machine_only(files: tuple[str, ...]) -> None:
    broker = read(files)["services"]["kafka_visualization"]
    assert broker["ports"] == ["127.0.0.1:9092:9094/tcp"]


def test_the_original_topology_has_three_services(merged: Any) -> None:
    services = merged["services"]
    assert set(services) == {"web_upy", "kafka_visualization", "zookeeper_visualization"}
    zookeeper = services["zookeeper_visualization"]
    assert zookeeper["expose"] == ["2181"]
    assert "clientPort=2181" in str(zookeeper["command"])
    assert "zookeeper-server-start.sh" in str(zookeeper["command"])
    assert services["kafka_visualization"]["depends_on"] == {
        "zookeeper_visualization": {"condition": "service_healthy"}
    }


def test_nothing_of_kraft_is_left_in_the_original_topology(merged: Any) -> None:
    broker = merged["services"]["kafka_visualization"]
    assert overridden_properties(broker)["zookeeper.connect"] == "zookeeper_visualization:2181"
    for word in ("PROCESS_ROLES", "process.roles", "CONTROLLER", "CLUSTER_ID", "QUORUM"):
        assert word not in str(broker)
    for name in ("kafka_visualization", "zookeeper_visualization"):
        assert merged["services"][name]["image"].startswith("apache/kafka:3.9.")


def test_both_topologies_keep_their_data_apart(plain: Any, merged: Any) -> None:
    volumes = [
        service["volumes"]
        for configuration in (plain, merged)
        for name, service in configuration["services"].items()
        if name != "web_upy"
    ]
    assert len({str(volume) for volume in volumes}) == len(volumes) == 3


def test_the_kraft_broker_starts_as_configured(
    plain: Any, make_broker: Callable[..., Broker], tmp_path: Path
) -> None:
    ports = {"9092": free_port(), "9093": free_port(), "9094": free_port()}
    configured = kraft_properties(plain["services"]["kafka_visualization"])
    broker = make_broker(properties=here(configured, ports, tmp_path))
    assert_serves(ports["9092"])
    command = health_check(plain, ports["9092"])
    assert is_healthy(command)
    broker.pause()
    assert not is_healthy(command)
    broker.resume()
    assert is_healthy(command)
    broker.kill()
    assert not is_healthy(command)


@pytest.mark.kafka
def test_the_broker_with_zookeeper_starts_as_configured(merged: Any, tmp_path: Path) -> None:
    ports = {"9092": free_port(), "9094": free_port()}
    configured = overridden_properties(merged["services"]["kafka_visualization"])
    properties = here(configured, ports, tmp_path)
    del properties["zookeeper.connect"]
    with ZookeeperBroker(tmp_path / "broker", properties=properties):
        assert_serves(ports["9092"])


def health_check(configuration: Any, port: int) -> list[str]:
    """Return the command of the broker's health check, for another port of this machine."""
    kind, script = configuration["services"]["kafka_visualization"]["healthcheck"]["test"]
    # podman-compose 1.0 takes the words of another kind apart.
    assert kind == "CMD-SHELL"
    # docker-compose writes a dollar twice, for whoever reads its output as a file again.
    moved = script.replace("localhost/9092", f"127.0.0.1/{port}").replace("$$", "$")
    return ["sh", "-c", moved]


def is_healthy(command: list[str]) -> bool:
    done = subprocess.run(command, capture_output=True, timeout=10, check=False)
    assert b"syntax" not in done.stderr, done.stderr
    return done.returncode == 0


def assert_serves(port: int) -> None:
    with KafkaAdminClient(bootstrap_servers=f"127.0.0.1:{port}") as admin:
        admin.create_topics({"clicks": {"num_partitions": 1}}, wait_for_metadata=True)
        assert "clicks" in admin.list_topics()
