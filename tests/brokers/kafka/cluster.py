"""Several real brokers that form one cluster."""

from collections.abc import Mapping
from pathlib import Path

from tests.brokers.kafka.broker import Broker
from tests.ports import free_port

REPLICATED = {
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
}


class Cluster:
    """Three brokers, each a controller, too: any one of them may die."""

    def __init__(self, folder: Path, *, long_lived: bool = False) -> None:
        controllers = {number: free_port() for number in (1, 2, 3)}
        self.brokers = {
            number: Member(folder / str(number), number, controllers, long_lived=long_lived)
            for number in controllers
        }
        self.bootstrap = ",".join(broker.bootstrap for broker in self.brokers.values())

    def start(self) -> None:
        """Start all that do not run at once, since none serves before two have met.

        Returns when all serve.
        """
        for broker in self.brokers.values():
            if not broker.running:
                broker.launch()
        for broker in self.brokers.values():
            broker.wait()

    def close(self) -> None:
        """End all for good and remove their data."""
        for broker in self.brokers.values():
            broker.close()


class Member(Broker):
    """One broker of a cluster; `controllers` maps the number of each to its controller's port."""

    def __init__(
        self, folder: Path, number: int, controllers: Mapping[int, int], *, long_lived: bool
    ) -> None:
        self._number = number
        self._controllers = controllers
        options = ["-Xmx256m"]
        super().__init__(folder, properties=REPLICATED, java_options=options, long_lived=long_lived)

    def _basics(self) -> dict[str, str]:
        places = {number: f"127.0.0.1:{port}" for number, port in self._controllers.items()}
        controller = places[self._number]
        return super()._basics() | {
            "node.id": str(self._number),
            "controller.quorum.voters": ",".join(f"{n}@{place}" for n, place in places.items()),
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{controller}",
        }
