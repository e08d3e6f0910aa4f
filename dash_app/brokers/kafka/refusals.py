"""Why a broker that answers refuses a client: kafka-python says only that none answered in time."""

LOGIN = "KAFKA_SASL_MECHANISM, KAFKA_SASL_PLAIN_USERNAME and KAFKA_SASL_PLAIN_PASSWORD"
CERTIFICATES = (
    "KAFKA_SECURITY_PROTOCOL, KAFKA_SSL_CAFILE, KAFKA_SSL_CERTFILE and the broker's certificate"
)


class Refusals:
    """Remembers why the attempts of one client to connect failed, until one succeeds."""

    def __init__(self) -> None:
        self._login: Exception | None = None
        self._encryption: Exception | None = None

    def login_failed(self, error: Exception) -> None:
        """Remember that the broker refused the login."""
        self._login = error

    def connection_failed(self, error: Exception) -> None:
        """Remember a failed connection if it failed for want of encryption."""
        if "SSL" in str(error):
            self._encryption = error

    def connected(self) -> None:
        """Forget earlier failures."""
        self._login = self._encryption = None

    def sentence(self, servers: str) -> str:
        """Return what the broker refused and which settings to look at; empty if nothing."""
        if self._login is not None:
            return f"the broker at {servers} refuses the login ({self._login}); look at {LOGIN}"
        if self._encryption is not None:
            return f"no encrypted connection to {servers} ({self._encryption}); see {CERTIFICATES}"
        return ""
