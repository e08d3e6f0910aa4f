"""A real Kafka broker on this machine, from the jars that `make jars` fetches."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from kafka import KafkaAdminClient

from tests.brokers.kafka.jvm import JavaProcess, find_jars
from tests.brokers.kafka.storage import ClassArchive, format_storage, write_properties
from tests.ports import free_port

KRAFT = "4.3.1"
START_SECONDS = 60
JAVA_OPTIONS = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

COMMON = {
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    "num.partitions": "1",
    "offsets.topic.num.partitions": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
}


class Broker:
    """A single broker in KRaft mode, with its own folder and ports for all its life.

    `properties` are laid over the server's properties (listeners, security, retention…);
    `format_arguments` go to the storage tool, such as `--add-scram` with a user.
    """

    version = KRAFT
    serves_when_logged = "Kafka Server started"

    def __init__(
        self,
        folder: Path,
        *,
        properties: Mapping[str, str] | None = None,
        format_arguments: Sequence[str] = (),
        java_options: Sequence[str] = (),
        long_lived: bool = False,
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        folder.mkdir(parents=True, exist_ok=True)
        self._config = folder / "server.properties"
        self._prepare({**COMMON, **self._basics(), **(properties or {})}, format_arguments)
        jars = find_jars(self.version)
        self._process = JavaProcess(
            jars,
            folder / "broker.log",
            "kafka.Kafka",
            [str(self._config)],
            options=[*JAVA_OPTIONS, *ClassArchive(jars).options(), *java_options],
        )
        self._process.long_lived = long_lived

    @property
    def pid(self) -> int:
        """The number of the running process."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process exists (paused ones do)."""
        return self._process.running

    def start(self) -> None:
        """Start and return when the broker serves."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start without waiting for anything."""
        self._process.launch()

    def wait(self) -> None:
        """Return when the broker serves."""
        # Logged once the broker is registered and its listeners are open.
        self._process.wait(lambda log: self.serves_when_logged in log, START_SECONDS)

    def kill(self) -> None:
        """End it at once (SIGKILL): nothing is flushed or closed."""
        self._process.kill()

    def stop(self, seconds: float = 20) -> bool:
        """End it in an orderly way (SIGTERM); return whether it has obeyed within the time."""
        return self._process.stop(seconds)

    def pause(self) -> None:
        """Freeze it (SIGSTOP): connections stay open, nothing answers."""
        self._process.pause()

    def resume(self) -> None:
        """Let a frozen broker go on (SIGCONT)."""
        self._process.resume()

    def restart(self) -> None:
        """Stop it if it runs and start it on the same port with the same data."""
        self.stop()
        self.start()

    def close(self) -> None:
        """End it for good and remove its data."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def read_log(self) -> str:
        """Return what the broker logged since its last start."""
        return self._process.read_log()

    def create_topic(
        self, name: str, *, partitions: int = 1, configs: Mapping[str, str] | None = None
    ) -> None:
        """Create a topic and return when all its partitions have a leader."""
        wish = {"num_partitions": partitions, "replication_factor": 1, "configs": configs or {}}
        with KafkaAdminClient(bootstrap_servers=self.bootstrap) as admin:
            admin.create_topics({name: wish}, wait_for_metadata=True)

    def delete_topic(self, name: str) -> None:
        """Delete a topic."""
        with KafkaAdminClient(bootstrap_servers=self.bootstrap) as admin:
            admin.delete_topics([name])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _basics(self) -> dict[str, str]:
        controller = free_port()
        return {
            "node.id": "1",
            "process.roles": "broker,controller",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://127.0.0.1:{controller}",
            "log.dirs": str(self.folder / "data"),
            # After a kill the controller must see the old session expire: 9 s by default.
            "broker.heartbeat.interval.ms": "500",
            "broker.session.timeout.ms": "3000",
        }

    def _prepare(self, properties: Mapping[str, str], format_arguments: Sequence[str]) -> None:
        write_properties(self._config, properties)
        jars = find_jars(self.version)
        folder = Path(properties["log.dirs"])
        format_storage(jars, folder, properties["node.id"], format_arguments)


def archive_classes(folder: Path) -> None:
    """Have the classes of a broker archived, once for these jars and this Java."""
    archive = ClassArchive(find_jars(KRAFT))
    with archive.alone():
        if archive.is_current:
            return
        with Broker(folder, java_options=[f"-XX:ArchiveClassesAtExit={archive.part}"]) as broker:
            broker.create_topic("any")
            # Java writes it while it ends.
            if broker.stop(60):
                archive.publish()
