"""A broker that speaks TLS only, and knows one login of each kind."""

from typing import Any

from tests.brokers.kafka.certificates import PASSWORD, Certificate

MODULES = "org.apache.kafka.common.security"
PLAIN = ("PLAIN", "me", PASSWORD)
SCRAM = ("SCRAM-SHA-512", "you", PASSWORD)


def secured(certificate: Certificate) -> dict[str, Any]:
    """Return what `make_broker` needs for it."""
    return {
        "properties": {
            "listener.security.protocol.map": "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol": "PLAIN",
            "listener.name.plaintext.plain.sasl.jaas.config": (
                f"{MODULES}.plain.PlainLoginModule required"
                f' username="me" password="{PASSWORD}" user_me="{PASSWORD}";'
            ),
            "listener.name.plaintext.scram-sha-512.sasl.jaas.config": (
                f"{MODULES}.scram.ScramLoginModule required;"
            ),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(certificate.store),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(certificate.file),
        },
        "format_arguments": ["--add-scram", f"SCRAM-SHA-512=[name=you,password={PASSWORD}]"],
    }
