"""The `KAFKA_*` variables for encryption and logins, checked before any connection."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path

from kafka import KafkaConsumer

from dash_app.brokers.kafka import oauth
from dash_app.brokers.kafka.internals import load_certificates
from dash_app.brokers.kafka.options import one_of, option_name
from dash_app.settings import bad_setting

PROTOCOL = "KAFKA_SECURITY_PROTOCOL"
MECHANISM = "KAFKA_SASL_MECHANISM"
LOGIN = ("KAFKA_SASL_PLAIN_USERNAME", "KAFKA_SASL_PLAIN_PASSWORD")

PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")

REQUIRED = {
    "PLAIN": LOGIN,
    "SCRAM-SHA-256": LOGIN,
    "SCRAM-SHA-512": LOGIN,
    "GSSAPI": (),
    "AWS_MSK_IAM": (),
    oauth.MECHANISM: (),
}
"""The mechanisms, with the variables that each requires; see oauth.py for those of OAUTHBEARER."""

PACKAGES = {"GSSAPI": "gssapi", "AWS_MSK_IAM": "botocore"}

CERTIFICATE = ("KAFKA_SSL_CERTFILE", "KAFKA_SSL_KEYFILE", "KAFKA_SSL_PASSWORD")


def check_security(servers: str, variables: Mapping[str, str]) -> None:
    """Raise BadSetting for a variable that kafka-python would ignore, or never connect with."""
    protocol = variables.get(PROTOCOL, PROTOCOLS[0])
    if protocol not in PROTOCOLS:
        # kafka-python takes every unknown word for PLAINTEXT.
        raise bad_setting(PROTOCOL, protocol, one_of(PROTOCOLS))
    _check_prefixes(servers, protocol)
    for variable in sorted(variables):
        kind = "SASL" if variable.startswith("KAFKA_SASL_") else "SSL"
        known = option_name(variable) in KafkaConsumer.DEFAULT_CONFIG
        if known and variable.startswith(f"KAFKA_{kind}_") and kind not in protocol:
            allowed = f"unset while {PROTOCOL} is {protocol}"
            raise bad_setting(variable, variables[variable], allowed)
    for variable in sorted(oauth.VARIABLES & variables.keys()):
        if "SASL" not in protocol or variables.get(MECHANISM) != oauth.MECHANISM:
            allowed = f"unset unless {MECHANISM} is {oauth.MECHANISM}"
            raise bad_setting(variable, variables[variable], allowed)
    if "SASL" in protocol:
        _check_login(protocol, variables)
    if "SSL" in protocol:
        _check_files(variables)


def _check_prefixes(servers: str, protocol: str) -> None:
    # kafka-python ignores the prefix: a connection to SSL://kafka:9093 would not be encrypted.
    for server in servers.split(","):
        prefix = server.partition("://")[0]
        if prefix in PROTOCOLS and prefix != protocol:
            allowed = f"no prefix other than {protocol}, which is {PROTOCOL}"
            raise bad_setting("KAFKA_BOOTSTRAP_SERVERS", servers, allowed)


def _check_login(protocol: str, variables: Mapping[str, str]) -> None:
    mechanism = variables.get(MECHANISM, "")
    if mechanism not in REQUIRED:
        raise bad_setting(MECHANISM, mechanism or None, one_of(REQUIRED))
    if mechanism == "AWS_MSK_IAM" and protocol != "SASL_SSL":
        raise bad_setting(PROTOCOL, protocol, f"SASL_SSL while {MECHANISM} is {mechanism}")
    package = PACKAGES.get(mechanism)
    if package and importlib.util.find_spec(package) is None:
        allowed = one_of(name for name in REQUIRED if name not in PACKAGES)
        raise bad_setting(MECHANISM, mechanism, f"{allowed} while there is no package {package}")
    if mechanism == oauth.MECHANISM:
        oauth.check_tokens(variables)
    for variable in REQUIRED[mechanism]:
        if variable not in variables:
            raise bad_setting(variable, None, f"a text, since {MECHANISM} is {mechanism}")


def _check_files(variables: Mapping[str, str]) -> None:
    for variable in ("KAFKA_SSL_CAFILE", "KAFKA_SSL_CRLFILE", *CERTIFICATE[:2]):
        if variable in variables:
            _check_readable(variable, variables[variable])
    for variable in CERTIFICATE[1:]:
        if variable in variables and CERTIFICATE[0] not in variables:
            raise bad_setting(
                variable, variables[variable], f"unset while {CERTIFICATE[0]} is unset"
            )
    for names in (("KAFKA_SSL_CAFILE",), CERTIFICATE, ("KAFKA_SSL_CRLFILE",)):
        if names[0] in variables:
            _load({name: variables[name] for name in names if name in variables})


def _check_readable(variable: str, path: str) -> None:
    try:
        Path(path).open("rb").close()
    except OSError as error:
        raise bad_setting(variable, path, "a file that can be read", error.strerror) from error


def _load(variables: Mapping[str, str]) -> None:
    """Load the files that the variables name, so that a bad one stops the start."""
    # Without a password OpenSSL would ask for one at the terminal.
    options = {"ssl_password": ""} | {option_name(name): value for name, value in variables.items()}
    try:
        load_certificates(options)
    except (OSError, TypeError, ValueError) as error:
        variable = next(iter(variables))
        allowed = "a PEM file that kafka-python can load, with its key and password"
        raise bad_setting(variable, variables[variable], allowed, error) from error
