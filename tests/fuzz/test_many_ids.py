"""A flood of ids and addresses that nobody has seen before: bounded memory, others are served."""

import pytest

from tests.fuzz.size import WHOLE
from tests.programs import run_program

pytestmark = pytest.mark.slow

IDS = 100_000 if WHOLE else 10_000
SECONDS = 400

CAP = 50
"""So many are remembered here, in the place of the documented 100,000."""

FLOOD = """
import gc, io, json, sys, tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from werkzeug.test import run_wsgi_app
from dash_app.security import buckets
from dash_app.security.visitors import COOKIE
from dash_app.settings import Settings
from dash_app.security.signing import Signing
from tests.sites import open_live_site

ids, buckets.MAX_BUCKETS = int(sys.argv[1]), int(sys.argv[2])
BODY = b'{"type":"cheers"}'

def post(site, address, cookie):
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": f"{site.prefix}/kafka/click",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
        "REMOTE_ADDR": address, "HTTP_COOKIE": f"{COOKIE}={cookie}",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(BODY)),
        "wsgi.input": io.BytesIO(BODY),
    }
    return run_wsgi_app(site.server, environ)[1][:3]

# A click is remembered for a second, in which many more come than are remembered.
slow = {"clicks_per_id": 1, "burst_seconds": 60, "clicks_per_address": 1}
with tempfile.TemporaryDirectory() as folder:
    settings = Settings(clicks_db=Path(folder, "clicks.sqlite3"), secret_key="s" * 32, **slow)
    with open_live_site(settings) as site:
        signing = Signing(site.server, settings)
        honest, answers = signing.sign("id", "honest"), []
        instances = [each for each in gc.get_objects() if isinstance(each, buckets.TokenBuckets)]
        most = []

        def come(number):
            # Every other one is forged, and counts against its address.
            forged = number % 2
            cookie = f"made.up.{number}" if forged else signing.sign("id", str(number))
            address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            post(site, address, cookie)
            most.append(len(instances[0]))

        with ThreadPoolExecutor(16) as pool:
            for part in range(10):
                list(pool.map(come, range(part * ids // 10, (part + 1) * ids // 10)))
                answers.append(post(site, "192.0.2.1", honest))
print(json.dumps([len(instances), max(most), len(most), answers]))
"""


@pytest.mark.timeout(SECONDS)
def test_ids_without_end_take_bounded_memory_and_an_honest_one_is_served() -> None:
    limiters, most, sent, answers = run_program(FLOOD, IDS, CAP, seconds=SECONDS)

    assert (limiters, sent) == (1, IDS)
    # It was full; while one more is put in, another is about to go.
    assert CAP <= most <= CAP + 1
    assert answers == ["200"] * 10
