"""Tokens for OAUTHBEARER: where they come from, when they are renewed, and what a broker says."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from kafka.errors import KafkaConnectionError
from kafka.net.sasl.oauth import AbstractTokenProvider

from dash_app.brokers.kafka import oauth
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.oauth import ClientCredentials, token_provider
from dash_app.settings import BadSetting, Settings
from tests.brokers.kafka.crossroads import Crossroads
from tests.brokers.kafka.token_endpoint import CLIENT, GARBAGE, TokenEndpoint, unsigned_token
from tests.sites import open_live_site, open_site

LOGIN = {
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
    "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
    "KAFKA_SASL_MECHANISM": "OAUTHBEARER",
}


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    with TokenEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of somebody else's that can be imported as `tokens`."""
    module = ModuleType("tokens")
    monkeypatch.setitem(sys.modules, "tokens", module)
    return module


def of_endpoint(url: str, secret: str = CLIENT[1]) -> dict[str, str]:
    return {
        "KAFKA_OAUTH_TOKEN_URL": url,
        "KAFKA_OAUTH_CLIENT_ID": CLIENT[0],
        "KAFKA_OAUTH_CLIENT_SECRET": secret,
    }


def test_a_token_is_asked_for_once_and_again_before_it_expires(endpoint: TokenEndpoint) -> None:
    provider = ClientCredentials(endpoint.url, *CLIENT, scope="kafka clicks")
    first = provider.token()

    assert provider.token() == first
    assert endpoint.asked == [{"grant_type": ["client_credentials"], "scope": ["kafka clicks"]}]

    endpoint.token_seconds = 0
    short = ClientCredentials(endpoint.url, *CLIENT)
    short.token()
    short.token()
    assert len(endpoint.asked) == 3


@pytest.mark.parametrize(
    ("path", "secret", "reason"),
    [("token", "wrong", "401"), ("elsewhere", CLIENT[1], "302"), ("token", "ñ", "401")],
)
def test_an_endpoint_that_refuses_is_named_and_credentials_go_nowhere_else(
    endpoint: TokenEndpoint, path: str, secret: str, reason: str
) -> None:
    url = endpoint.url.replace("token", path)
    with pytest.raises(KafkaConnectionError, match=reason) as raised:
        ClientCredentials(url, CLIENT[0], secret).token()

    assert url in str(raised.value)
    assert len(endpoint.asked) == (path == "token")


@pytest.mark.parametrize(
    "answer", ["[]", "{}", "no JSON", '{"access_token": "x", "expires_in": []}']
)
def test_an_endpoint_that_answers_something_else_is_named(answer: str, tmp_path: Path) -> None:
    file = tmp_path / "answer"
    file.write_text(answer)
    with pytest.raises(KafkaConnectionError, match="no token from file:"):
        ClientCredentials(file.as_uri(), *CLIENT).token()


@pytest.mark.parametrize("path", GARBAGE)
def test_an_endpoint_that_breaks_off_or_speaks_no_http_is_named(
    endpoint: TokenEndpoint, path: str
) -> None:
    url = endpoint.url.replace("/token", path)
    with pytest.raises(KafkaConnectionError, match=f"no token from {url}"):
        ClientCredentials(url, *CLIENT).token()


def test_a_function_of_somebody_elses_gives_the_tokens(module: ModuleType) -> None:
    def token() -> str:
        return "of the function"

    class Provider(AbstractTokenProvider):  # type: ignore[misc]
        def token(self) -> str:
            return "of the class"

    module.function, module.Class, module.instance = token, Provider, Provider()  # type: ignore[attr-defined]
    for name, expected in (
        ("function", "of the function"),
        ("Class", "of the class"),
        ("instance", "of the class"),
    ):
        assert token_provider({oauth.PROVIDER: f"tokens:{name}"}).token() == expected


def test_a_function_that_fails_is_named(module: ModuleType) -> None:
    module.broken = lambda: 1 / 0  # type: ignore[attr-defined]
    with pytest.raises(KafkaConnectionError, match="TOKEN_PROVIDER gives no token: Z"):
        token_provider({oauth.PROVIDER: "tokens:broken"}).token()


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({}, "KAFKA_OAUTH_TOKEN_URL is unset, which cannot work; allowed: the address of a token"),
        ({"KAFKA_OAUTH_TOKEN_URL": "ftp://x"}, "allowed: an http:// or https:// address"),
        ({"KAFKA_OAUTH_TOKEN_URL": "https://x"}, "KAFKA_OAUTH_CLIENT_ID is unset"),
        (
            {"KAFKA_OAUTH_TOKEN_URL": "https://x", "KAFKA_OAUTH_CLIENT_ID": "me"},
            "KAFKA_OAUTH_CLIENT_SECRET is unset",
        ),
        ({"KAFKA_OAUTH_TOKEN_PROVIDER": "nowhere:token"}, "No module named 'nowhere'"),
        ({"KAFKA_OAUTH_TOKEN_PROVIDER": "sys"}, "allowed: package.module:name"),
        ({"KAFKA_OAUTH_TOKEN_PROVIDER": "sys:path"}, "a function that returns a token"),
        (
            {"KAFKA_OAUTH_TOKEN_PROVIDER": "os:getcwd", "KAFKA_OAUTH_SCOPE": "x"},
            "unset while KAFKA_OAUTH_TOKEN_PROVIDER is set",
        ),
        (
            {"KAFKA_SASL_MECHANISM": "GSSAPI", "KAFKA_OAUTH_SCOPE": "x"},
            "unset unless KAFKA_SASL_MECHANISM is OAUTHBEARER",
        ),
    ],
)
def test_settings_that_give_no_token_stop_the_start(
    variables: dict[str, str], problem: str
) -> None:
    with pytest.raises(BadSetting) as raised:
        KafkaClients(Settings.from_environment(LOGIN | variables))

    assert problem in str(raised.value)


def test_a_secret_is_not_shown() -> None:
    with pytest.raises(BadSetting, match=r"KAFKA_OAUTH_CLIENT_SECRET is \(hidden\)"):
        KafkaClients(
            Settings.from_environment(
                {"KAFKA_BOOTSTRAP_SERVERS": "a:1", "KAFKA_OAUTH_CLIENT_SECRET": "not to be seen"}
            )
        )


@pytest.mark.kafka
def test_a_site_logs_in_with_tokens_and_a_refused_client_is_named(
    crossroads: Crossroads, topic: str, tmp_path: Path, endpoint: TokenEndpoint, module: ModuleType
) -> None:
    def settings(variables: dict[str, str]) -> Settings:
        site = {
            "KAFKA_BOOTSTRAP_SERVERS": crossroads.address("OAUTH"),
            "KAFKA_TOPIC": topic,
            "CLICKS_DB": str(tmp_path / "unused.sqlite3"),
        }
        return Settings.from_environment(LOGIN | site | variables)

    with open_site(settings(of_endpoint(endpoint.url, "wrong"))) as site:
        site.service.start()
        site.wait_for_reason(f"no token from {endpoint.url}: <HTTPError 401: 'Unauthorized'>")
        site.wait_for_reason("look at KAFKA_SASL_MECHANISM, KAFKA_OAUTH_CLIENT_ID")
    with open_live_site(settings(of_endpoint(endpoint.url))) as site:
        assert site.click({"type": "cheers"}).status_code == 200
        site.wait_for_totals(1)
    module.expired = lambda: unsigned_token(seconds=-100)  # type: ignore[attr-defined]
    with open_site(settings({oauth.PROVIDER: "tokens:expired"})) as site:
        site.service.start()
        site.wait_for_reason("refuses the login (")
        site.wait_for_reason("look at KAFKA_SASL_MECHANISM, KAFKA_OAUTH_TOKEN_PROVIDER")
    module.valid = unsigned_token  # type: ignore[attr-defined]
    with open_live_site(settings({oauth.PROVIDER: "tokens:valid"})) as site:
        site.wait_for_totals(1)
