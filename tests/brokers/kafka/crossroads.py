"""One real broker with several listeners, each of which is another kind of Kafka to its clients."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.relay import Relay, without_topic_ids
from tests.ports import free_port

OAUTH = {
    "listener.name.oauth.sasl.enabled.mechanisms": "OAUTHBEARER",
    "listener.name.oauth.oauthbearer.sasl.jaas.config": (
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
        ' unsecuredLoginStringClaim_sub="admin";'
    ),
}
"""The listener takes tokens without a signature, which is for tests only."""

LOST = "broker-1.invalid:9092"
"""An address that no machine but the broker's own knows."""

SLOW_SECONDS = 0.175
"""One way; a round trip takes 350 ms."""


class Crossroads(Broker):
    """A broker that is old, slow, lost or wants tokens behind the ports of these names."""

    def __init__(self, folder: Path) -> None:
        self._relays = {
            "OLD": Relay(change=without_topic_ids),
            "SLOW": Relay(delay_seconds=SLOW_SECONDS),
        }
        self._ports = {name: free_port() for name in (*self._relays, "LOST", "OAUTH")}
        for name, relay in self._relays.items():
            relay.behind = self._ports[name]
        super().__init__(folder, long_lived=True)

    def address(self, name: str) -> str:
        """Return where clients of a kind connect."""
        port = self._relays[name].port if name in self._relays else self._ports[name]
        return f"127.0.0.1:{port}"

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Serve on all ports while inside."""
        with contextlib.ExitStack() as relays:
            for relay in self._relays.values():
                relays.enter_context(relay)
            with self:
                yield

    def _basics(self) -> dict[str, str]:
        basics = super()._basics()
        listeners = "".join(f",{name}://127.0.0.1:{port}" for name, port in self._ports.items())
        relayed = "".join(f",{name}://{self.address(name)}" for name in self._relays)
        return basics | {
            "listeners": basics["listeners"] + listeners,
            "advertised.listeners": (
                f"PLAINTEXT://{self.bootstrap}{relayed},LOST://{LOST},"
                f"OAUTH://{self.address('OAUTH')}"
            ),
            "listener.security.protocol.map": ",".join(
                f"{name}:{'SASL_' if name == 'OAUTH' else ''}PLAINTEXT"
                for name in ("PLAINTEXT", "CONTROLLER", *self._ports)
            ),
            **OAUTH,
        }
