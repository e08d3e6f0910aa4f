"""The real site behind nginx: the cache answers readers, clicks pass, slow phones wait there."""

import asyncio
import json
import re
import time
from pathlib import Path
from urllib.parse import urljoin

from tests.half_sent import REST, half_sent
from tests.ports import free_port
from tests.proxy.nginx import Nginx
from tests.proxy.viewers import watch
from tests.scrape import Scrape
from tests.served import PREFIX, Served
from tests.waiting import eventually

TIMELINE = f"{PREFIX}/kafka/timeline?window=120&bin=2"
VIEWERS = 200
VIEWING_SECONDS = 10
PROMISED_AGE_SECONDS = 2
PAGES = ("/", "/kafka-clicker", "/kafka-dashboard")
SUITES = "_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
FILES = ("/assets/<path:path>", *(f"{page}/{SUITES}" for page in PAGES[1:]))
CHEERS = json.dumps({"type": "cheers"}).encode()


def count_requests(app: Served, route: str) -> float:
    """Return how many GETs of the route the app itself has answered with 200."""
    scrape = Scrape(app.ask("GET", "/metrics").text)
    return scrape.value("http_requests_total", route=route, method="GET", status="200") or 0


def test_the_file_is_a_whole_configuration_without_a_warning(tmp_path: Path) -> None:
    output = Nginx(tmp_path, free_port()).check()

    assert "test is successful" in output
    assert "warn" not in output


def test_a_crowd_of_viewers_costs_the_app_two_requests_a_second(app: Served, nginx: Nginx) -> None:
    assert nginx.ask("GET", TIMELINE).status == 200
    # After a pause what the cache holds is old.
    pause_ends = time.monotonic() + 1.5 * PROMISED_AGE_SECONDS
    eventually(lambda: time.monotonic() > pause_ends, 10, "time stands still")
    before, began = count_requests(app, "/kafka/timeline"), time.monotonic()
    seen = asyncio.run(watch(nginx.port, nginx.context, TIMELINE, VIEWERS, VIEWING_SECONDS))
    seconds = time.monotonic() - began

    requests = count_requests(app, "/kafka/timeline") - before

    assert {answer.status for answer in seen} == {200}
    assert max(answer.age for answer in seen) <= PROMISED_AGE_SECONDS
    assert 1 <= requests <= 2 * seconds
    # How many a second is the machine's affair; that nearly all of them are the cache's is not.
    assert len(seen) >= 100 * requests


def test_what_a_viewer_has_already_is_not_sent_again(nginx: Nginx) -> None:
    def ask_twice() -> bool:
        tag = nginx.ask("GET", TIMELINE).headers["etag"]
        again = nginx.ask("GET", TIMELINE, headers={"If-None-Match": tag})
        return (again.status, again.text) == (304, "")

    # Between the two a new bin may begin.
    eventually(ask_twice, 10, "each answer was sent in full")


def test_every_click_passes(app: Served, nginx: Nginx) -> None:
    for _ in range(3):
        answer = nginx.ask("POST", f"{PREFIX}/kafka/click", CHEERS)
        assert answer.fields == {"status": "success", "message": "Click cheers sent!"}

    app.wait_for_totals(3)


def test_pages_are_made_once_a_second(app: Served, nginx: Nginx) -> None:
    for page in PAGES:
        before, began = count_requests(app, page), time.monotonic()
        texts = {nginx.ask("GET", f"{PREFIX}{page}").text for _ in range(20)}
        assert len(texts) == 1
        assert count_requests(app, page) - before <= time.monotonic() - began + 2


def test_files_with_a_fingerprint_are_fetched_once(app: Served, nginx: Nginx) -> None:
    files = {file for page in PAGES for file in files_of(page, nginx)}
    assert len(files) >= 10

    def ask_all() -> None:
        for file in files:
            answer = nginx.ask("GET", file)
            assert answer.status == 200, file
            assert "immutable" in answer.headers["cache-control"]

    ask_all()
    a_second_passes = time.monotonic() + 1.1
    eventually(lambda: time.monotonic() > a_second_passes, 10, "time stands still")
    ask_all()
    assert sum(count_requests(app, route) for route in FILES) == len(files)


def files_of(page: str, nginx: Nginx) -> list[str]:
    """Return where the page's files are that carry a fingerprint."""
    addresses = re.findall(r'src="([^"#][^"]*)"', nginx.ask("GET", f"{PREFIX}{page}").text)
    return [urljoin(f"{PREFIX}{page}", address) for address in addresses]


def test_bodies_that_do_not_come_wait_in_nginx(app: Served, nginx: Nginx) -> None:
    with half_sent(nginx.port, 40, nginx.context) as phones:
        # The app lets go of eight of its threads for bodies, and then refuses clicks.
        assert nginx.ask("POST", f"{PREFIX}/kafka/click", CHEERS).status == 200
        app.wait_for_totals(1)
        for phone in phones:
            phone.sendall(REST)
            assert phone.recv(4096).startswith(b"HTTP/1.1 200 ")
        app.wait_for_totals(41)


def test_without_tls_there_is_only_the_way_to_it(nginx: Nginx) -> None:
    answer = nginx.ask_plainly(TIMELINE)

    assert answer.status == 301
    assert answer.headers["location"] == f"https://127.0.0.1:{nginx.port}{TIMELINE}"


def test_every_answer_over_tls_keeps_browsers_there(app: Served, nginx: Nginx) -> None:
    answers = [nginx.ask("GET", path) for path in (TIMELINE, f"{PREFIX}/kafka/nothing")]
    app.end()
    answers.append(nginx.ask("GET", f"{PREFIX}/kafka/data"))

    assert [answer.status for answer in answers] == [200, 404, 503]
    for answer in answers:
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
