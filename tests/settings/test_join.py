import pytest
from pydantic import SecretStr

from dash_app.settings import BadSetting, Settings
from dash_app.settings import join as joining
from dash_app.settings.join import follows_network, join_address, with_code


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://join.test/j", "https://join.test/j?code=s3%26me"),
        ("https://join.test", "https://join.test?code=s3%26me"),
        ("https://join.test/j?x=1#here", "https://join.test/j?x=1&code=s3%26me#here"),
        ("https://join.test/j?code=mine", "https://join.test/j?code=mine"),
        ("https://join.test/j?code=", "https://join.test/j?code="),
    ],
)
def test_the_address_gets_the_code_unless_it_names_one(address: str, shown: str) -> None:
    assert with_code(address, SecretStr("s3&me")) == shown
    assert with_code(address, None) == address


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        (Settings(), None),
        (Settings(join_host="192.168.1.5"), "http://192.168.1.5:8050/j"),
        (Settings(join_host="laptop.local", port=80), "http://laptop.local:80/j"),
        (Settings(join_host="fd00::5"), "http://[fd00::5]:8050/j"),
        (
            Settings(join_host="10.1.0.5", clicker_code=SecretStr("s3&me")),
            "http://10.1.0.5:8050/j?code=s3%26me",
        ),
        (Settings(join_host="10.1.0.5", join_url="https://join.test/j"), "https://join.test/j"),
    ],
)
def test_the_audience_opens_the_fixed_address_or_that_of_the_host(
    settings: Settings, address: str | None
) -> None:
    assert join_address(settings) == address
    assert not follows_network(settings)


def test_an_automatic_host_is_looked_up_for_each_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(join_host="auto")
    addresses = iter(["192.168.1.5", None, "10.1.0.5"])
    monkeypatch.setattr(joining, "likely_address", lambda: next(addresses))

    assert follows_network(settings)
    assert [join_address(settings) for _ in range(3)] == [
        "http://192.168.1.5:8050/j",
        None,
        "http://10.1.0.5:8050/j",
    ]


@pytest.mark.parametrize("host", ["a b", "http://laptop", "10.1.0.5:8050", "x/y", "ü.local"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(BadSetting, match="JOIN_HOST is "):
        Settings.from_environment({"JOIN_HOST": host})
