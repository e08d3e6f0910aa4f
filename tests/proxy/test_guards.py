"""What nginx keeps from whom: nobody's own answers, no error, no forged header, no flood."""

import re
import time
from typing import Any

import pytest
from werkzeug import Request, Response

from dash_app.counting.windows import WINDOWS
from tests.half_sent import half_sent
from tests.ports import free_port
from tests.proxy.conftest import InFront
from tests.proxy.nginx import FILE, Nginx
from tests.proxy.upstream import Upstream, private, shared
from tests.served import PREFIX
from tests.waiting import eventually

TIMELINES = f"{PREFIX}/kafka/timeline"
TIMELINE = f"{TIMELINES}?window=120&bin=2"
CLICK = f"{PREFIX}/kafka/click"
VISITOR = {"Cookie": "a=b; kafka_clicker_id=a.b.c"}
OWN = [
    {"Cookie": "kafka_clicker_code=1234"},
    {"Cookie": "kafka_dashboard_code=1234"},
    {"Cookie": "theme=dark; session=abc"},
    {"Authorization": "Basic cHJlc2VudGVyOjEyMzQ="},
]


def is_own(request: Request) -> bool:
    return "Cookie" in request.headers or "Authorization" in request.headers


def test_what_is_for_all_is_asked_for_once_a_second(outside: Nginx, upstream: Upstream) -> None:
    began = time.monotonic()
    answers = [outside.ask("GET", TIMELINE, headers=VISITOR) for _ in range(20)]

    assert {answer.text for answer in answers} == {"for all"}
    assert len(upstream.requests) <= time.monotonic() - began + 2


@pytest.mark.parametrize("headers", OWN)
def test_a_visitors_own_answer_is_for_nobody_else(
    outside: Nginx, upstream: Upstream, headers: dict[str, str]
) -> None:
    # Even where the site itself forgot to say that it is private.
    upstream.reply = lambda request: shared("own" if is_own(request) else "for all")

    for _ in range(5):
        assert outside.ask("GET", TIMELINE, headers=headers).text == "own"
        assert outside.ask("GET", TIMELINE).text == "for all"


def test_an_answer_behind_a_code_is_not_kept(outside: Nginx, upstream: Upstream) -> None:
    def reply(request: Request) -> Response:
        code = request.args.get("code") or request.cookies.get("kafka_dashboard_code")
        return private("own") if code == "1234" else private("no", 401)

    upstream.reply = reply
    for _ in range(3):
        assert outside.ask("GET", f"{TIMELINE}&code=1234").text == "own"
        assert outside.ask("GET", TIMELINE, headers=OWN[1]).text == "own"
        assert outside.ask("GET", TIMELINE).status == 401
    assert len(upstream.requests) == 9


def test_an_answer_that_sets_a_cookie_is_not_kept(outside: Nginx, upstream: Upstream) -> None:
    def reply(request: Request) -> Response:
        response = shared("for one")
        response.set_cookie("kafka_dashboard_code", str(len(upstream.requests)))
        return response

    upstream.reply = reply
    cookies = {outside.ask("GET", TIMELINE).headers["set-cookie"] for _ in range(5)}
    assert len(cookies) == 5


@pytest.mark.parametrize("name", ["Origin", "Accept-Encoding"])
def test_an_answer_is_for_those_who_asked_for_this_form(
    outside: Nginx, upstream: Upstream, name: str
) -> None:
    def reply(request: Request) -> Response:
        response = shared(request.headers[name])
        response.headers["Vary"] = name
        return response

    upstream.reply = reply
    for value in ["one", "other"] * 5:
        assert outside.ask("GET", TIMELINE, headers={name: value}).text == value


def test_a_post_is_neither_kept_nor_answered_from_what_is_kept(
    outside: Nginx, upstream: Upstream
) -> None:
    upstream.reply = lambda request: shared(request.method)

    for _ in range(3):
        assert outside.ask("POST", TIMELINE, b"{}").text == "POST"
        assert outside.ask("GET", TIMELINE).text == "GET"
    assert [request.method for request in upstream.requests].count("POST") == 3


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_error_is_for_one_request(outside: Nginx, upstream: Upstream, status: int) -> None:
    def refuse(_: Request) -> Response:
        return Response("no", status=status, headers={"Cache-Control": "no-store"})

    for _ in range(3):
        # Not asked for before in this second.
        path = f"{TIMELINE}&asked={len(upstream.requests)}"
        upstream.reply = refuse
        assert outside.ask("GET", path).status == status
        upstream.reply = lambda _: shared("again")
        assert outside.ask("GET", path).text == "again"


def test_a_site_that_is_away_is_an_error_in_the_sites_form(in_front: InFront) -> None:
    site = Upstream(free_port(), lambda _: shared("back"))
    nginx = in_front(site.port)
    for method, path in (("GET", TIMELINE), ("POST", CLICK)):
        answer = nginx.ask(method, path)
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
        assert answer.fields == {"status": "error", "message": "The clicker does not answer"}

    with site.running():
        assert nginx.ask("GET", TIMELINE).text == "back"


def test_the_site_hears_who_asks_and_how_and_no_visitor_can_forge_it(
    outside: Nginx, upstream: Upstream
) -> None:
    names = ("For", "Proto", "Host", "Prefix")
    forged = {f"X-Forwarded-{name}": "forged" for name in names} | {"Host": "forged"}
    outside.ask("GET", TIMELINE, headers=forged)

    (request,) = upstream.requests
    host = f"127.0.0.1:{outside.port}"
    heard = [request.headers.get(f"X-Forwarded-{name}") for name in names]
    assert [request.host, *heard] == [host, "127.0.0.1", "https", host, None]


def test_a_flood_is_refused_and_viewers_are_not_counted(
    in_front: InFront, upstream: Upstream
) -> None:
    nginx = in_front(upstream.port, {"rate=2000r/s": "rate=1r/m", "burst=4000": "burst=2"})
    answers = [nginx.ask("POST", CLICK, b"{}") for _ in range(6)]

    assert [answer.status for answer in answers] == [200] * 3 + [429] * 3
    assert answers[-1].headers["retry-after"] == "1"
    assert answers[-1].fields["message"] == "Too many requests from this address"
    assert nginx.ask("GET", TIMELINE).status == 200
    for window, width in WINDOWS.items():
        assert nginx.ask("GET", f"{TIMELINES}?window={window}&bin={width}").status == 200
    unknown = f"{TIMELINES}?window=300&bin=5"
    for path in (
        f"{TIMELINE}&x=1",
        f"{PREFIX}/kafka/data",
        unknown,
        f"{TIMELINES}?window=900&bin=2",
    ):
        assert nginx.ask("GET", path).status == 429
    assert nginx.ask("GET", TIMELINE, headers=OWN[1]).status == 429


def test_the_queries_that_are_not_counted_are_those_of_the_windows() -> None:
    match = re.search(r"/kafka/timeline\\\?window=\((.*?)\)\$", FILE.read_text())

    assert match
    assert match[1].split("|") == [f"{window}&bin={width}" for window, width in WINDOWS.items()]


def refusal(nginx: Nginx) -> Any:
    answer = nginx.ask("GET", f"{TIMELINE}&x=1")
    return answer.fields if answer.status == 429 else None


def test_one_address_cannot_hold_all_connections(in_front: InFront, upstream: Upstream) -> None:
    nginx = in_front(upstream.port, {"connections 2000": "connections 3"})
    with half_sent(nginx.port, 3, nginx.context):
        refused = {"status": "error", "message": "Too many requests from this address"}
        eventually(lambda: refusal(nginx) == refused, 10, "a fourth request was answered")
    eventually(lambda: nginx.ask("GET", TIMELINE).status == 200, 10, "the three still count")


@pytest.mark.parametrize("path", ["/metrics", f"{PREFIX}/metrics", f"{PREFIX}//readyz"])
def test_what_is_for_operators_is_closed_to_the_audience(
    in_front: InFront, upstream: Upstream, path: str
) -> None:
    nginx = in_front(upstream.port, {"        127.0.0.0/8 yes;\n": ""})

    answer = nginx.ask("GET", path)
    assert (answer.status, answer.fields["status"]) == (403, "error")
    assert nginx.ask("GET", f"{PREFIX}/healthz").status == 200
    assert [request.path for request in upstream.requests] == [f"{PREFIX}/healthz"]


def test_a_body_that_is_far_too_large_does_not_reach_the_site(
    outside: Nginx, upstream: Upstream
) -> None:
    answer = outside.ask("POST", CLICK, b" " * (2**20 + 1))

    assert (answer.status, answer.fields["status"]) == (413, "error")
    assert not upstream.requests


def test_the_log_holds_no_address_and_no_access_code(outside: Nginx) -> None:
    outside.ask("GET", f"{PREFIX}/kafka-dashboard?code=1234", headers=OWN[1])

    log = eventually(outside.access_log, 10, "nothing was logged")
    assert f"GET {PREFIX}/kafka-dashboard 200" in log
    assert "1234" not in log
    assert "127.0.0.1" not in log
