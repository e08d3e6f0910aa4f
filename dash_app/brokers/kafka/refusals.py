"""Why a broker that answers refuses a client: kafka-python says only that none answered in time."""

from typing import Any

LOGIN = "KAFKA_SASL_MECHANISM, KAFKA_SASL_PLAIN_USERNAME and KAFKA_SASL_PLAIN_PASSWORD"
CERTIFICATES = (
    "KAFKA_SECURITY_PROTOCOL, KAFKA_SSL_CAFILE, KAFKA_SSL_CERTFILE and the broker's certificate"
)


class Refusals:
    """Remembers why the attempts of one client to connect failed, until one succeeds."""

    def __init__(self) -> None:
        self._login: Exception | None = None
        self._encryption: Exception | None = None
        self._unreachable: dict[str, Exception] = {}

    def login_failed(self, error: Exception) -> None:
        """Remember that the broker refused the login."""
        self._login = error

    def connection_failed(self, error: Exception, node: Any) -> None:
        """Remember a connection that failed for want of encryption, or to a node of the cluster.

        `node` is None for an address of our own settings.
        """
        if "SSL" in str(error):
            self._encryption = error
        if node is not None:
            self._unreachable[f"{node.host}:{node.port}"] = error

    def connected(self) -> None:
        """Forget earlier failures."""
        self._login = self._encryption = None
        self._unreachable.clear()

    def sentence(self, servers: str, login: str = LOGIN) -> str:
        """Return what the broker refused and which settings to look at; empty if nothing.

        `login` names the settings of the login.
        """
        if self._login is not None:
            return f"the broker at {servers} refuses the login ({self._login}); look at {login}"
        if self._encryption is not None:
            return f"no encrypted connection to {servers} ({self._encryption}); see {CERTIFICATES}"
        if self._unreachable:
            places = ", ".join(self._unreachable)
            (*_, error) = self._unreachable.values()
            return (
                f"a broker answers at {servers}, but tells its clients to connect to {places}, "
                f"which fails from here ({error}); look at advertised.listeners of the broker"
            )
        return ""
