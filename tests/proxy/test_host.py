"""A proxy that does not say for which address a phone asked: the refusal names the header."""

import pytest

from tests.proxy.conftest import InFront
from tests.served import PREFIX, Served

HOST = "proxy_set_header Host $server_name;"
FORWARDED_HOST = "proxy_set_header X-Forwarded-Host $server_name;"


@pytest.mark.parametrize(
    ("host", "forwarded_host", "status"),
    [
        ("", "", 403),
        ("", "proxy_set_header X-Forwarded-Host $host;", 403),
        ("", "proxy_set_header X-Forwarded-Host $http_host;", 200),
        ("proxy_set_header Host $http_host;", "", 200),
    ],
)
def test_a_tap_through_a_proxy_counts_or_says_which_header_is_missing(
    app: Served, in_front: InFront, host: str, forwarded_host: str, status: int
) -> None:
    nginx = in_front(app.port, {HOST: host, FORWARDED_HOST: forwarded_host})
    # Without TLS at an address that is not loopback no browser sends Sec-Fetch-Site.
    origin = f"https://127.0.0.1:{nginx.port}"
    answer = nginx.ask("POST", f"{PREFIX}/kafka/click", b'{"type":"cheers"}', {"Origin": origin})

    assert answer.status == status
    if status == 403:
        for text in (answer.text, app.log()):
            assert origin in text
            assert "Host or X-Forwarded-Host (nginx: proxy_set_header Host $http_host)" in text
