"""The `KAFKA_*` variables about encryption and logins, as settings of Kafka's Java client."""

from collections.abc import Mapping
from pathlib import Path

from dash_app.brokers.kafka.options import FALSE, one_of
from dash_app.brokers.kafka.security import MECHANISM, PROTOCOL
from dash_app.settings import Settings, bad_setting
from ops.flink.statements import quoted

# As the connector's jar has them, so that no other Kafka client on a cluster gets in the way.
MODULES = "org.apache.flink.kafka.shaded.org.apache.kafka.common.security"
LOGIN_MODULES = {
    "PLAIN": f"{MODULES}.plain.PlainLoginModule",
    "SCRAM-SHA-256": f"{MODULES}.scram.ScramLoginModule",
    "SCRAM-SHA-512": f"{MODULES}.scram.ScramLoginModule",
}

SECRET = ("sasl.jaas.config", "ssl.key.password", "ssl.keystore.key")


def connection(settings: Settings) -> dict[str, str]:
    """Return what connects the Java client to the brokers as kafka-python is connected.

    Certificates and keys are handed over as texts: Flink's machines need no files. Raises
    BadSetting for a mechanism that needs more than texts.
    """
    variables = settings.kafka_options
    protocol = variables.get(PROTOCOL, "PLAINTEXT")
    properties = {
        "bootstrap.servers": str(settings.kafka_bootstrap_servers),
        "security.protocol": protocol,
    }
    if "SASL" in protocol:
        properties |= _login(variables)
    if "SSL" in protocol:
        properties |= _encryption(variables)
    return properties


def hide_secrets(text: str, properties: Mapping[str, str]) -> str:
    """Return a text without the logins and keys of a connection, which an error may quote."""
    for secret in (properties[name] for name in SECRET if name in properties):
        for form in (quoted(secret), secret):
            text = text.replace(form, "(hidden)")
    return text


def _login(variables: Mapping[str, str]) -> dict[str, str]:
    mechanism = variables.get(MECHANISM, "")
    if mechanism not in LOGIN_MODULES:
        raise bad_setting(MECHANISM, mechanism or None, f"{one_of(LOGIN_MODULES)} with Flink")
    name, password = (
        _in_quotes(variables.get(f"KAFKA_SASL_PLAIN_{part}", ""))
        for part in ("USERNAME", "PASSWORD")
    )
    login = f"{LOGIN_MODULES[mechanism]} required username={name} password={password};"
    return {"sasl.mechanism": mechanism, "sasl.jaas.config": login}


def _in_quotes(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _encryption(variables: Mapping[str, str]) -> dict[str, str]:
    properties = {}
    if authorities := variables.get("KAFKA_SSL_CAFILE"):
        properties["ssl.truststore.type"] = "PEM"
        properties["ssl.truststore.certificates"] = _read(authorities)
    if certificate := variables.get("KAFKA_SSL_CERTFILE"):
        properties["ssl.keystore.type"] = "PEM"
        properties["ssl.keystore.certificate.chain"] = _read(certificate)
        # One file may hold both.
        properties["ssl.keystore.key"] = _read(variables.get("KAFKA_SSL_KEYFILE", certificate))
    if password := variables.get("KAFKA_SSL_PASSWORD"):
        properties["ssl.key.password"] = password
    if variables.get("KAFKA_SSL_CHECK_HOSTNAME", "").lower() in FALSE:
        properties["ssl.endpoint.identification.algorithm"] = ""
    return properties


def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")
