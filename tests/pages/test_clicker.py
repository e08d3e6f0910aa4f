import gzip
import re
from urllib.parse import urljoin

from flask.testing import FlaskClient

from dash_app.pages import catalogue, clicker, files
from dash_app.pages.static_html import html_of
from dash_app.settings import Settings

CLICKER = "/visualization-tools-ii/kafka-clicker"
PACKED = {"Accept-Encoding": "gzip"}


def test_the_catalogue_has_what_the_clicker_says_and_nothing_else() -> None:
    script = files.asset("clicker.js")
    assert script is not None
    source, layout = script.body.decode(), str(html_of(clicker.layout(Settings())))
    quoted = set(re.findall(r'"(\w+)"', source + layout))
    keys = set(re.findall(r'text\("(\w+)"', source))

    assert keys
    assert keys <= catalogue.CLICKER.keys() <= quoted


def test_the_first_view_weighs_220_kb_at_most(client: FlaskClient) -> None:
    page = client.get(CLICKER, headers=PACKED)
    addresses = re.findall(r'(?:src|href)="([^"#:]+\.[^"]+)"', gzip.decompress(page.data).decode())
    addresses += [f"kafka-clicker/_dash-{part}" for part in ("layout", "dependencies")]
    weights = {
        each: len(client.get(urljoin(CLICKER, each), headers=PACKED).data) for each in addresses
    }

    assert len(weights) >= 11
    assert len(page.data) + sum(weights.values()) <= 220_000, weights
