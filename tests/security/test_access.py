"""Access codes: what each opens, how it is given, and where it never shows."""

from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from dash_app.audit.site_totals import SiteUnreadable, fetch_statements
from tests.ports import free_port
from tests.security.codes import CODES, MakeSite, browser, click, follow, status
from tests.served import COMMAND, PREFIX, serving
from tests.sites import Site
from tests.waiting import eventually

CLICKER = ["/kafka-clicker", "/kafka-clicker/_dash-layout", "/kafka/repeat"]
DASHBOARD = [
    "/kafka-dashboard",
    "/kafka-dashboard/_dash-layout",
    "/kafka-dashboard/_dash-dependencies",
    "/kafka-report?talk=k7wq2m9x",
    "/kafka-report/_dash-layout",
    "/kafka-talks",
    "/kafka-talks/_dash-layout",
    "/kafka-lab",
    "/kafka-lab/_dash-layout",
    "/kafka/lab",
    "/kafka/timeline",
    "/kafka/timeline?window=900",
    "/kafka/timeline.csv",
    "/kafka/data",
    "/metrics",
]
OPEN = ["/", "/healthz", "/readyz", "/openapi.json", "/assets/style.css", "/kafka/nothing"]


def test_without_a_code_nothing_that_holds_counts_is_open_and_no_click_is_taken(site: Site) -> None:
    client = browser(site)
    for path in CLICKER + DASHBOARD:
        answer = client.get(f"{PREFIX}{path}")
        assert answer.status_code == 401, path
        assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/metrics").status_code == 401
    refused = click(client)
    assert refused.status_code == 401
    assert refused.get_json() == {"status": "error", "message": "This needs the access code"}
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="clicker"'
    assert [path for path in OPEN if status(client, path) == 401] == []


@pytest.mark.parametrize("code", [None, "clicker_code", "dashboard_code"])
def test_what_no_code_is_set_for_is_open(make_site: MakeSite, code: str | None) -> None:
    site = make_site(**{name: CODES[name] if name == code else None for name in CODES})
    client = browser(site)

    closed = {None: [], "clicker_code": CLICKER, "dashboard_code": DASHBOARD}[code]
    assert [path for path in CLICKER + DASHBOARD if status(client, path) == 401] == closed
    assert (click(client).status_code == 401) == (code == "clicker_code")


@pytest.mark.parametrize(
    ("path", "opens", "closed"),
    [
        (f"{PREFIX}/kafka-clicker?code=tap-tap-tap", CLICKER, DASHBOARD),
        (f"{PREFIX}/j?code=tap-tap-tap", CLICKER, DASHBOARD),
        ("/j?code=tap-tap-tap", CLICKER, DASHBOARD),
        (f"{PREFIX}/kafka-clicker/?code=tap-tap-tap", CLICKER, DASHBOARD),
        (f"{PREFIX}/kafka-dashboard/?window=900&code=for-the-presenter", DASHBOARD, CLICKER),
        (f"{PREFIX}/kafka-dashboard?code=for-the-presenter", DASHBOARD, CLICKER),
        (f"{PREFIX}/kafka-lab?code=for-the-presenter", DASHBOARD, CLICKER),
    ],
)
def test_an_address_brings_the_code_along_once(
    site: Site, path: str, opens: list[str], closed: list[str]
) -> None:
    client = browser(site)
    page = follow(client, path)

    assert page.status_code == 200
    assert "code=" not in page.request.url
    assert "tap-tap-tap" not in page.text
    # Until the site is live it does not know for how long a repeat is safe.
    eventually(lambda: all(status(client, each) == 200 for each in opens), 5, "not all are open")
    assert [each for each in closed if status(client, each) != 401] == []
    assert click(client).status_code == (200 if opens is CLICKER else 401)


def test_the_rest_of_the_address_is_kept(site: Site) -> None:
    path = f"{PREFIX}/kafka-dashboard?window=900&code=for-the-presenter&presenter=1"
    answer = browser(site).get(path)

    assert answer.headers["Location"] == "kafka-dashboard?window=900&presenter=1"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_code_is_typed_into_a_form(site: Site) -> None:
    client = browser(site)
    form = client.get(f"{PREFIX}/kafka-dashboard")
    assert form.mimetype == "text/html"
    assert 'action="code"' in form.text
    assert "form-action 'self'" in form.headers["Content-Security-Policy"]

    def typed(code: str) -> TestResponse:
        return client.post(f"{PREFIX}/code", data={"page": "kafka-dashboard", "code": code})

    wrong = typed("tap-tap-tap")
    assert wrong.status_code == 401
    assert "That is not the code." in wrong.text
    assert "tap-tap-tap" not in wrong.text
    right = typed("for-the-presenter")
    assert (right.status_code, right.headers["Location"]) == (303, "kafka-dashboard")
    assert status(client, "/kafka/timeline") == 200


@pytest.mark.parametrize("body", [b"", b"code=x", b"page=x&code=x", b"page=/etc&code=\xff", b"%"])
def test_a_form_of_another_shape_is_refused(site: Site, body: bytes) -> None:
    answer = site.ask("POST", "/code", data=body)

    assert (answer.status_code, answer.get_json()["status"]) == (400, "error")


def test_without_codes_there_is_no_form(make_site: MakeSite) -> None:
    site = make_site(clicker_code=None, dashboard_code=None)

    assert site.ask("POST", "/code", data={"page": "kafka-clicker"}).status_code == 404


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_program_sends_the_code_as_a_bearer(site: Site, scheme: str) -> None:
    code = {"Authorization": f"{scheme} for-the-presenter"}

    assert [path for path in DASHBOARD if status(site.client, path, **code) != 200] == []
    assert click(site.client, **code).status_code == 401
    assert click(site.client, Authorization="Bearer tap-tap-tap").status_code == 200
    assert status(site.client, "/kafka/timeline", Authorization="Basic for-the-presenter") == 401


@pytest.mark.parametrize("path", DASHBOARD)
def test_no_shared_cache_keeps_what_a_code_opens(site: Site, path: str) -> None:
    code = {"Authorization": "Bearer for-the-presenter"}
    for headers in (code, code | {"If-None-Match": "*"}):
        cache_control = site.ask("GET", path, headers=headers).headers["Cache-Control"]
        assert "private" in cache_control or cache_control == "no-store"
        assert "public" not in cache_control
        assert "s-maxage" not in cache_control


def test_the_cookie_is_signed_for_this_code_and_out_of_the_reach_of_scripts(
    make_site: MakeSite,
) -> None:
    answer = make_site().client.get(f"{PREFIX}/kafka-clicker?code=tap-tap-tap")
    pair, *words = answer.headers["Set-Cookie"].split("; ")
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=604800"} <= {*words}
    assert not any(word.startswith("Path") for word in words)
    assert "tap-tap-tap" not in pair

    another = make_site(clicker_code="another-code")
    assert status(make_site().client, "/kafka-clicker", Cookie=pair) == 200
    assert status(another.client, "/kafka-clicker", Cookie=pair) == 401
    swapped = pair.replace("clicker", "dashboard", 1)
    assert status(make_site().client, "/kafka-dashboard", Cookie=swapped) == 401


def test_codes_are_compared_in_constant_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def watched(candidate: bytes, code: bytes) -> bool:
        compared.append((candidate, code))
        return candidate == code

    monkeypatch.setattr("dash_app.security.code.hmac.compare_digest", watched)
    status(site.client, "/kafka/timeline", Authorization="Bearer f")
    site.ask("GET", "/kafka-clicker?code=%F0%9F%91%8D")

    assert compared == [(b"f", b"for-the-presenter"), ("👍".encode(), b"tap-tap-tap")]


def test_the_landing_page_keeps_the_join_address_to_itself(make_site: MakeSite) -> None:
    address = "http://192.0.2.7/j"
    assert address not in make_site(join_url=f"{address}?code=tap-tap-tap").client.get("/").text
    assert address in make_site(join_url=address, clicker_code=None).client.get("/").text


@pytest.mark.slow
def test_a_served_site_takes_the_codes_and_logs_none_of_them(tmp_path: Path) -> None:
    port = free_port()
    variables = {"CLICKER_CODE": "tap-tap-tap", "DASHBOARD_CODE": "for-the-presenter"}
    with serving(tmp_path, port, COMMAND, "/", LOG_LEVEL="DEBUG", **variables) as served:
        for path in ("/j", "/kafka-clicker", "/kafka-dashboard", "/kafka/timeline"):
            served.ask("GET", f"{path}?code=tap-tap-tap")
            served.ask("GET", f"{path}?code=wrong-code-{path[1:5]}")
        form = b"page=kafka-dashboard&code=for-the-presenter"
        assert served.ask("POST", "/code", form).status == 303
        site = f"http://127.0.0.1:{port}{PREFIX}"
        with pytest.raises(SiteUnreadable, match="401"):
            fetch_statements(site)
        assert fetch_statements(site, "for-the-presenter")[0].clicks == (("cheers", 0), ("hate", 0))
        log = served.log()

    assert "Conectado" in log
    for code in (*variables.values(), "wrong-code"):
        assert code not in log
