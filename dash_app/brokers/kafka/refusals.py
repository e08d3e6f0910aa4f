"""Why a broker that answers lets nobody in: kafka-python only says that none answered in time."""

from typing import Any

from kafka.errors import KafkaConnectionError, SaslAuthenticationFailedError
from kafka.net.compat import KafkaNetClient

LOGIN = "KAFKA_SASL_MECHANISM, KAFKA_SASL_PLAIN_USERNAME and KAFKA_SASL_PLAIN_PASSWORD"
CERTIFICATES = (
    "KAFKA_SECURITY_PROTOCOL, KAFKA_SSL_CAFILE, KAFKA_SSL_CERTFILE and the broker's certificate"
)


class Refusals:
    """Remembers what the connections of a client were refused for while the client was made."""

    def __init__(self) -> None:
        self._login: Exception | None = None
        self._encryption: Exception | None = None

    def watch(self, client: KafkaNetClient) -> None:
        """Remember from now on how each attempt to connect ends; kafka-python forgets it."""
        manager = client._manager
        connect = manager._connect

        async def remember(node: Any, connection: Any, **options: Any) -> None:
            log_in = connection._sasl_authenticate

            async def remember_login(*arguments: Any) -> None:
                try:
                    await log_in(*arguments)
                except (SaslAuthenticationFailedError, KafkaConnectionError) as error:
                    # A broker that refuses disconnects, and its last answer is lost as a rule.
                    self._login = error
                    raise

            connection._sasl_authenticate = remember_login
            await connect(node, connection, **options)
            ended = connection.init_future
            if not ended.failed():
                self._login = self._encryption = None
            elif "SSL" in str(ended.exception):
                self._encryption = ended.exception

        manager._connect = remember

    def sentence(self, servers: str) -> str:
        """Return what was refused, and where to look; empty: nothing was."""
        if self._login is not None:
            return f"the broker at {servers} refuses the login ({self._login}); look at {LOGIN}"
        if self._encryption is not None:
            return f"no encrypted connection to {servers} ({self._encryption}); see {CERTIFICATES}"
        return ""
