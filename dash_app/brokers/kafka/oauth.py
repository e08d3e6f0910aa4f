"""Tokens for OAUTHBEARER logins: of a token endpoint, or of a function of somebody else's."""

import base64
import http.client
import importlib
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping

from kafka.errors import KafkaConnectionError
from kafka.net.sasl.oauth import AbstractTokenProvider

from dash_app.redirects import NoRedirects
from dash_app.settings import bad_setting

MECHANISM = "OAUTHBEARER"

PROVIDER = "KAFKA_OAUTH_TOKEN_PROVIDER"
URL = "KAFKA_OAUTH_TOKEN_URL"
CREDENTIALS = ("KAFKA_OAUTH_CLIENT_ID", "KAFKA_OAUTH_CLIENT_SECRET")
SCOPE = "KAFKA_OAUTH_SCOPE"
VARIABLES = frozenset({PROVIDER, URL, *CREDENTIALS, SCOPE})

ANSWER_SECONDS = 2.0
"""A connection waits for its token, and a click perhaps for the connection."""

NO_TOKEN = (http.client.HTTPException, AttributeError, KeyError, OSError, TypeError, ValueError)
"""What a connection, or an answer that is no token, may raise."""

USED_SHARE = 0.8
"""A token is used for this part of its life, so that it does not expire on its way."""


def check_tokens(variables: Mapping[str, str]) -> None:
    """Raise BadSetting unless one source of tokens is named completely."""
    if PROVIDER in variables:
        for variable in sorted(VARIABLES - {PROVIDER}):
            if variable in variables:
                raise bad_setting(variable, variables[variable], f"unset while {PROVIDER} is set")
        token_provider(variables)
        return
    if URL not in variables:
        raise bad_setting(URL, None, f"the address of a token endpoint, or set {PROVIDER}")
    if urllib.parse.urlsplit(variables[URL]).scheme not in {"http", "https"}:
        raise bad_setting(URL, variables[URL], "an http:// or https:// address")
    for variable in CREDENTIALS:
        if variable not in variables:
            raise bad_setting(variable, None, f"a text, since {URL} is set")


def token_provider(variables: Mapping[str, str]) -> AbstractTokenProvider:
    """Return what kafka-python asks for a token at each connection. Raises BadSetting."""
    if path := variables.get(PROVIDER):
        return _import_provider(path)
    client_id, secret = (variables[name] for name in CREDENTIALS)
    return ClientCredentials(variables[URL], client_id, secret, variables.get(SCOPE))


def _import_provider(path: str) -> AbstractTokenProvider:
    module, _, name = path.partition(":")
    try:
        provider = getattr(importlib.import_module(module), name)
    except (AttributeError, ImportError, ValueError) as error:
        raise bad_setting(PROVIDER, path, "package.module:name", error) from error
    if isinstance(provider, type) and issubclass(provider, AbstractTokenProvider):
        return provider()
    if isinstance(provider, AbstractTokenProvider):
        return provider
    if not callable(provider):
        raise bad_setting(PROVIDER, path, "the path of a function that returns a token")
    return _Imported(provider)


class _Imported(AbstractTokenProvider):  # type: ignore[misc]
    """Asks a function for each token; the function keeps a token as long as it likes."""

    def __init__(self, function: Callable[[], str]) -> None:
        self._function = function

    def token(self) -> str:
        """Return the function's token. Raises KafkaConnectionError if it fails."""
        try:
            return self._function()
        except Exception as error:
            raise KafkaConnectionError(f"{PROVIDER} gives no token: {error!r}") from error


class ClientCredentials(AbstractTokenProvider):  # type: ignore[misc]
    """Gets tokens of a token endpoint by the client credentials grant (RFC 6749, 4.4)."""

    def __init__(self, url: str, client_id: str, secret: str, scope: str | None = None) -> None:
        self._url = url
        quoted = ":".join(urllib.parse.quote(text, safe="") for text in (client_id, secret))
        basic = base64.b64encode(quoted.encode()).decode()
        self._headers = {"Authorization": f"Basic {basic}", "Accept": "application/json"}
        form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        self._form = urllib.parse.urlencode(form).encode()
        self._lock = threading.Lock()
        self._token = ""
        self._used_until = 0.0

    def token(self) -> str:
        """Return a token that has not expired. Raises KafkaConnectionError."""
        with self._lock:
            if time.monotonic() >= self._used_until:
                asked = time.monotonic()
                self._token, seconds = self._ask()
                self._used_until = asked + USED_SHARE * seconds
            return self._token

    def _ask(self) -> tuple[str, float]:
        request = urllib.request.Request(self._url, self._form, self._headers)  # noqa: S310
        opener = urllib.request.build_opener(NoRedirects)
        try:
            with opener.open(request, timeout=ANSWER_SECONDS) as answer:
                fields = json.load(answer)
            return str(fields["access_token"]), float(fields.get("expires_in", 0))
        except NO_TOKEN as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            # The connection fails as if the broker were away, and is tried again.
            raise KafkaConnectionError(f"no token from {self._url}: {error!r}") from error
