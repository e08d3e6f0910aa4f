"""Two real brokers of which the second is no controller: without it the first one goes on."""

from pathlib import Path

from kafka import KafkaAdminClient

from tests.brokers.kafka.broker import Broker
from tests.ports import free_port


class Pair:
    """Two brokers; each partition that `create_topic` makes is on one of them only."""

    def __init__(self, folder: Path) -> None:
        controller = free_port()
        self.first = Half(folder / "1", 1, controller)
        self.second = Half(folder / "2", 2, controller)
        self.bootstrap = f"{self.first.bootstrap},{self.second.bootstrap}"

    def start(self) -> None:
        """Start both; returns when both serve."""
        self.first.launch()
        self.second.launch()
        self.first.wait()
        self.second.wait()
        # What happens to the second broker must not depend on whether it holds the checkpoints.
        offsets = {"num_partitions": -1, "replication_factor": -1, "assignments": {0: [1]}}
        offsets["configs"] = {"cleanup.policy": "compact"}
        with KafkaAdminClient(bootstrap_servers=self.first.bootstrap) as admin:
            admin.create_topics({"__consumer_offsets": offsets}, wait_for_metadata=True)

    def close(self) -> None:
        """End both for good and remove their data."""
        self.second.close()
        self.first.close()

    def create_topic(self, name: str, partitions: int) -> None:
        """Create a topic whose partition 0 is on the second broker, and all others on the first."""
        assignments = {number: [1 if number else 2] for number in range(partitions)}
        topic = {"num_partitions": -1, "replication_factor": -1, "assignments": assignments}
        with KafkaAdminClient(bootstrap_servers=self.first.bootstrap) as admin:
            admin.create_topics({name: topic}, wait_for_metadata=True)


class Half(Broker):
    """One of the two; only the first is a controller, too."""

    def __init__(self, folder: Path, number: int, controller: int) -> None:
        self._number = number
        self._controller = controller
        super().__init__(folder, java_options=["-Xmx256m"], long_lived=True)

    def _basics(self) -> dict[str, str]:
        listener = f"CONTROLLER://127.0.0.1:{self._controller}"
        basics = super()._basics() | {
            "node.id": str(self._number),
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller}",
        }
        if self._number == 1:
            return basics | {"listeners": f"PLAINTEXT://{self.bootstrap},{listener}"}
        return basics | {
            "process.roles": "broker",
            "listeners": f"PLAINTEXT://{self.bootstrap}",
        }
