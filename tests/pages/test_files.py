import gzip
import tracemalloc
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from plotly.offline import get_plotlyjs_version

from dash_app.pages import files
from tests.programs import run_program

PREFIX = "/visualization-tools-ii"

WATCHED = """
import json, sys
from pathlib import Path
from dash_app import create_app
from dash_app.site import EXTENSION

read = []
assets = Path("assets").resolve()

def watch(event, arguments):
    if event == "open" and assets in Path(str(arguments[0])).resolve().parents:
        read.append(Path(str(arguments[0])).name)

sys.addaudithook(watch)
server = create_app()
before = [*read]
server.test_client().get("/")
server.extensions[EXTENSION].stop()
print(json.dumps([before, read]))
"""


def test_an_asset_is_kept_for_ever_under_the_hash_of_its_content(client: FlaskClient) -> None:
    path = f"{PREFIX}/{files.asset_url('style.css')}"

    assert "immutable" in client.get(path).headers["Cache-Control"]
    assert client.get(f"{path}0").headers["Cache-Control"] == "public, max-age=0, s-maxage=1"


@pytest.mark.parametrize("name", ["nothing.css", "../pyproject.toml", "%2e%2e/pyproject.toml", ""])
def test_only_files_in_the_folder_are_assets(client: FlaskClient, name: str) -> None:
    assert client.get(f"{PREFIX}/assets/{name}").status_code == 404


def test_a_type_does_not_depend_on_the_table_of_the_machine() -> None:
    # As the registry of Windows may say; with `nosniff` no browser runs such a script.
    types = run_program(
        "import json, mimetypes\n"
        "for end in ('.js', '.css', '.svg'): mimetypes.add_type('text/plain', end)\n"
        "from dash_app.pages import files\n"
        "print(json.dumps([files.asset(n).mimetype for n in ('page.js', 'style.css')]))"
    )

    assert types == ["text/javascript", "text/css"]


def test_made_up_names_are_not_remembered() -> None:
    tracemalloc.start()
    try:
        for number in range(50):
            assert files.asset(f"{'x' * 100_000}-{number}.css") is None
        grown_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert grown_bytes < 200_000


def test_files_are_compressed_where_the_browser_takes_it(client: FlaskClient) -> None:
    path = f"{PREFIX}/assets/plotly-basic.min.js"
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != packed.headers["ETag"]


@pytest.mark.parametrize("name", ["_dash-layout", "_dash-dependencies"])
def test_what_dash_asks_for_first_is_packed_and_asked_for_once(
    client: FlaskClient, name: str
) -> None:
    path = f"{PREFIX}/kafka-dashboard/{name}"
    gzipped = {"Accept-Encoding": "gzip"}
    packed = client.get(path, headers=gzipped)
    again = client.get(path, headers={**gzipped, "If-None-Match": packed.headers["ETag"]})

    assert gzip.decompress(packed.data) == client.get(path).data
    assert packed.mimetype == "application/json"
    assert packed.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
    assert client.get(path, headers={"If-None-Match": '"old"'}).status_code == 200
    assert (again.status_code, again.data) == (304, b"")


def test_plotly_is_of_the_version_that_dash_expects() -> None:
    plotly = files.asset("plotly-basic.min.js")

    assert plotly is not None
    assert f"v{get_plotlyjs_version()}\n" in plotly.body[:200].decode()


def test_a_missing_asset_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"assets/nothing\.js is missing"):
        files.asset_url("nothing.js")


def test_nothing_but_the_tokens_is_read_before_the_first_request(tmp_path: Path) -> None:
    before, after = run_program(WATCHED, env={"CLICKS_DB": tmp_path / "clicks.sqlite3"})

    # Dash calls each layout once when it is set, and the layout of the chart needs its colours.
    assert before == ["tokens.css"]
    assert {"page.js", "icon.svg", "tokens.css", "landing.css"} <= set(after)


@pytest.mark.parametrize("name", [name for name in files.BUNDLES if name.endswith(".js")])
def test_a_script_is_one_file_made_of_closed_parts(name: str) -> None:
    script = files.asset(name)

    assert script is not None
    assert len(files.BUNDLES[name]) >= 3
    for part in map(files.asset, files.BUNDLES[name]):
        assert part is not None
        assert part.body.startswith(b'"use strict";\n{\n')
        assert part.body.endswith(b"\n}\n")
        assert part.body in script.body + b"\n"
