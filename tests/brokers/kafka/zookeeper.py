"""The topology of Kafka 3: a broker that keeps its cluster's state in ZooKeeper."""

from collections.abc import Mapping, Sequence

from tests.brokers.kafka.broker import JAVA_OPTIONS, START_SECONDS, Broker
from tests.brokers.kafka.jvm import JavaProcess, find_jars
from tests.brokers.kafka.storage import write_properties
from tests.ports import free_port, is_taken


class ZookeeperBroker(Broker):
    """A single broker of Kafka 3.9 and the ZooKeeper that it needs."""

    version = "3.9.1"
    serves_when_logged = "[KafkaServer id=1] started"

    def start(self) -> None:
        """Start ZooKeeper if it does not run, then the broker; return when it serves."""
        if not self._zookeeper.running:
            self._zookeeper.start(lambda _: is_taken(self._zookeeper_port), START_SECONDS)
        super().start()

    def close(self) -> None:
        """End both for good and remove their data."""
        self.kill()
        self._zookeeper.kill()
        super().close()

    def _basics(self) -> dict[str, str]:
        self._zookeeper_port = free_port()
        return {
            "broker.id": "1",
            "listeners": f"PLAINTEXT://{self.bootstrap}",
            "log.dirs": str(self.folder / "data"),
            "zookeeper.connect": f"127.0.0.1:{self._zookeeper_port}",
            "zookeeper.session.timeout.ms": "3000",
        }

    def _prepare(self, properties: Mapping[str, str], format_arguments: Sequence[str]) -> None:
        assert not format_arguments, "storage is formatted in KRaft mode only"
        write_properties(self._config, properties)
        zookeeper = {
            "admin.enableServer": "false",
            "clientPort": str(self._zookeeper_port),
            "clientPortAddress": "127.0.0.1",
            "dataDir": str(self.folder / "zookeeper"),
            "tickTime": "1000",
        }
        config = self.folder / "zookeeper.properties"
        write_properties(config, zookeeper)
        self._zookeeper = JavaProcess(
            find_jars(self.version),
            self.folder / "zookeeper.log",
            "org.apache.zookeeper.server.quorum.QuorumPeerMain",
            [str(config)],
            options=JAVA_OPTIONS,
        )
