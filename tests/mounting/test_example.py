"""examples/host_site, started as its first lines say: the clicker is open, the dashboard is not."""

import os
import re
import shlex
import sys
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.ports import free_port
from tests.programs import ROOT
from tests.served import PREFIX, serving
from tests.waiting import eventually

pytestmark = pytest.mark.slow

EXAMPLE = ROOT / "examples" / "host_site" / "app.py"
PASSWORD = "open sesame"


def test_it_is_short() -> None:
    assert len(EXAMPLE.read_text().splitlines()) < 60


def test_the_clicker_is_public_and_the_dashboard_wants_a_login(tmp_path: Path) -> None:
    (command,) = re.findall(r"PRESENTER_PASSWORD=… SECRET_KEY=… (.+)", EXAMPLE.read_text())
    port = free_port()
    variables = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "FLASK_RUN_PORT": port,
        "PRESENTER_PASSWORD": PASSWORD,
        "SECRET_KEY": "a key of the test",
    }
    words = shlex.split(command.replace("examples/", f"{ROOT}/examples/"))
    with serving(tmp_path, port, words, **variables) as served:
        assert served.click({"type": "cheers"}).status == 200
        for path in ("/kafka-dashboard", "/kafka/data", "/kafka/timeline", "/kafka/timeline.csv"):
            refused = served.ask("GET", path)
            assert refused.status == 302
            assert refused.headers["Location"].startswith("/log-in?next=")

        site = f"http://127.0.0.1:{port}"
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        for password, title in (("guess", "Log in"), (PASSWORD, "Kafka Real-time Dashboard")):
            form = urlencode({"password": password}).encode()
            with browser.open(f"{site}/log-in", form, timeout=10) as answer:
                assert title in answer.read().decode()

        def has_counted() -> bool:
            with browser.open(f"{site}{PREFIX}/kafka/data", timeout=10) as answer:
                return b'"cheers":1' in answer.read()

        eventually(has_counted, 10, "the click is not counted")
        with browser.open(f"{site}/", timeout=10) as answer:
            assert f"{PREFIX}/j" in answer.read().decode()
