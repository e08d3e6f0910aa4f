from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient

from tests.pages.conftest import MakeSite

PREFIX = "/visualization-tools-ii"
CLICKER = f"{PREFIX}/kafka-clicker"


@pytest.mark.parametrize("path", ["/", f"{PREFIX}/"])
def test_the_landing_page_leads_to_both_pages(make_site: MakeSite, path: str) -> None:
    page = make_site(join_url="http://192.0.2.7:8050/j").test_client().get(path).text

    assert "kafka-clicker" in page
    assert "kafka-dashboard" in page
    assert "http://192.0.2.7:8050/j" in page
    assert "data:image/svg+xml" in page
    assert 'id="react-entry-point"' in page


@pytest.mark.parametrize("path", ["/j", f"{PREFIX}/j"])
def test_the_short_address_leads_to_the_clicker(client: FlaskClient, path: str) -> None:
    location = client.get(path).headers["Location"]

    assert not location.startswith(("/", "http"))
    assert urljoin(path, location) == CLICKER


@pytest.mark.parametrize(
    ("reactions", "lead"),
    [
        ("a=A, b=B", "A crowd presses two buttons."),
        ("a=A", "A crowd taps."),
        ("a=A, b=B, c=C", "A crowd taps."),
    ],
)
def test_the_landing_page_says_two_of_two_buttons_only(
    make_site: MakeSite, reactions: str, lead: str
) -> None:
    assert lead in make_site(reactions=reactions).test_client().get("/").text


def test_the_root_of_a_host_site_stays_its_own(make_site: MakeSite) -> None:
    client = make_site(at_root=False).test_client()

    assert client.get("/").status_code == client.get("/j").status_code == 404
    assert client.get(f"{PREFIX}/").status_code == 200
    assert client.get(f"{PREFIX}/j").status_code == 302
