import pytest
from pydantic import SecretStr

from dash_app.settings.join import with_code


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
