"""Pages that show a join address follow a machine that changes its network."""

import pytest

from dash_app.settings import join as joining
from tests.pages.conftest import MakeSite

PREFIX = "/visualization-tools-ii"
SCRIPT = "assets/join.js"


@pytest.fixture(autouse=True)
def moving_machine(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The addresses that this machine has had; the last one is where it is."""
    addresses: list[str | None] = ["192.168.1.5"]
    monkeypatch.setattr(joining, "likely_address", lambda: addresses[-1])
    return addresses


def test_the_landing_page_and_the_route_show_where_the_machine_is_now(
    make_site: MakeSite, moving_machine: list[str | None]
) -> None:
    client = make_site(join_host="auto").test_client()
    for address in ("192.168.1.5", "10.1.0.5", "192.168.1.5"):
        moving_machine.append(address)
        join = f"http://{address}:8050/j"
        for path in ("/", f"{PREFIX}/"):
            page = client.get(path).text
            assert join in page
            assert SCRIPT in page
        assert SCRIPT in client.get(f"{PREFIX}/kafka-dashboard").text
        answer = client.get(f"{PREFIX}/join")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.get_json()["url"] == join
        assert answer.get_json()["picture"].startswith("data:image/svg+xml")
        assert join in client.get(f"{PREFIX}/kafka-dashboard/_dash-layout").text
    moving_machine.append(None)
    assert "/j" not in client.get(f"{PREFIX}/kafka-dashboard/_dash-layout").text
    assert client.get(f"{PREFIX}/join").status_code == 404
    assert "/j</a>" not in client.get("/").text


def test_the_landing_page_never_shows_another_address_than_the_machine_had(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    def move() -> str:
        looked_up.append(f"10.1.0.{len(looked_up) % 2}")
        return looked_up[-1]

    monkeypatch.setattr(joining, "likely_address", move)
    client = make_site(join_host="auto").test_client()
    for _ in range(6):
        page = client.get("/").text
        assert f"http://{looked_up[-1]}:8050/j" in page


@pytest.mark.parametrize("settings", [{}, {"join_host": "10.1.0.5"}, {"join_url": "http://x.test"}])
def test_an_address_that_stays_needs_no_route_and_no_script(
    make_site: MakeSite, settings: dict[str, str]
) -> None:
    client = make_site(**settings).test_client()

    assert client.get(f"{PREFIX}/join").status_code == 404
    for path in ("/", f"{PREFIX}/kafka-dashboard"):
        assert SCRIPT not in client.get(path).text


def test_an_address_with_a_code_is_for_those_who_see_the_dashboard(make_site: MakeSite) -> None:
    codes = {"clicker_code": "s3same", "dashboard_code": "0pen-it"}
    client = make_site(join_host="auto", **codes).test_client()

    assert client.get(f"{PREFIX}/join").status_code == 401
    answer = client.get(f"{PREFIX}/join", headers={"Authorization": "Bearer 0pen-it"})
    assert answer.get_json()["url"].endswith("/j?code=s3same")
    assert "s3same" not in client.get("/").text
    assert SCRIPT not in client.get("/").text


def test_without_a_code_of_the_dashboard_nobody_may_ask_for_an_address_with_a_code(
    make_site: MakeSite,
) -> None:
    client = make_site(join_host="auto", clicker_code="s3same").test_client()

    for headers in ({}, {"Authorization": "Bearer s3same"}):
        assert client.get(f"{PREFIX}/join", headers=headers).status_code == 404
    for path in ("/", f"{PREFIX}/kafka-dashboard"):
        assert SCRIPT not in client.get(path).text
