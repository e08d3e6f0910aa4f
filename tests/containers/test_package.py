"""The wheel and the sdist: built, installed and run as pip and pipx do, far from the checkout."""

import re
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

import dash_app
from tests.checkout import REPOSITORY, copy_tree
from tests.containers.image import ImageOnDisk
from tests.mounting.snippets import write_website
from tests.ports import free_port
from tests.served import PREFIX, Answer, run_to_end, serving
from tests.waiting import eventually

pytestmark = [pytest.mark.install, pytest.mark.timeout(240)]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
# The build's own package is among those of the tests, so that nothing is fetched here.
PIP_WHEEL = (*PIP, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir")
FAR = {"PYTHONPATH": ""}
"""The checkout is not on Python's path."""

RIGHT = """
from flask import Flask

from dash_app import create_app, mount
from dash_app.settings import Settings

server: Flask = create_app(Settings(port=8051))
mount(Flask(__name__), Settings(url_prefix="/live")).stop()
"""
WRONG = """
from dash_app import create_app

create_app("8051")
"""


def run(*words: object) -> None:
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_tree(tmp_path_factory.mktemp("package") / "checkout")


@pytest.fixture(scope="module")
def dist(checkout: Path) -> Path:
    """The sdist, and the wheel that is built from it."""
    folder = checkout.parent / "dist"
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, checkout)
    return folder


@pytest.fixture(scope="module")
def wheels(checkout: Path, dist: Path) -> dict[str, Path]:
    """The same wheel in three ways: by `build`, and as pip builds it before it installs."""
    for source, name in ((next(dist.glob("*.tar.gz")), "sdist"), (checkout, "checkout")):
        run(*PIP_WHEEL, checkout.parent / name, source)
    return {
        name: next((checkout.parent / name).glob("*.whl")) for name in ("dist", "sdist", "checkout")
    }


@pytest.fixture(scope="module")
def environment(image: ImageOnDisk, wheels: dict[str, Path]) -> Path:
    """An environment with the wheel of the sdist, over the image's packages alone."""
    folder = wheels["sdist"].parent / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    (runtime,) = (image.root / "opt" / "venv").glob("lib/python*/site-packages")
    (packages / "runtime.pth").write_text(f"{runtime}\n")
    # Without an index: a package that the metadata demands and that is missing fails this.
    python = folder / "bin" / "python"
    run(*PIP, "--python", python, "install", "--quiet", "--no-index", wheels["sdist"])
    return folder


def read_zip(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist()}


def test_the_sdist_and_the_checkout_build_the_same_wheel(wheels: dict[str, Path]) -> None:
    assert read_zip(wheels["sdist"]) == read_zip(wheels["dist"])
    assert read_zip(wheels["checkout"]) == read_zip(wheels["dist"])


def test_the_wheel_has_the_assets_the_licence_and_the_mark_of_types(
    checkout: Path, wheels: dict[str, Path]
) -> None:
    names = read_zip(wheels["dist"]).keys()
    files = [path for path in (checkout / "assets").rglob("*") if path.is_file()]
    assets = {f"dash_app/{path.relative_to(checkout).as_posix()}" for path in files}

    assert assets <= names
    assert "dash_app/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "dash_app",
        "kafka_clicker_dashboard",
    }


def test_the_sdist_has_what_a_reader_needs(dist: Path) -> None:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}

    assert {"LICENSE", "README.md", "CHANGELOG.md", "docs/settings.md", "pyproject.toml"} <= names
    assert {"dash_app/py.typed", "assets/tokens.css"} <= names


def test_the_version_is_the_same_everywhere(wheels: dict[str, Path]) -> None:
    version = dash_app.__version__
    (metadata,) = (
        text.decode()
        for name, text in read_zip(wheels["dist"]).items()
        if name.endswith(".dist-info/METADATA")
    )

    assert f"\nVersion: {version}\n" in metadata
    for name in (
        *("docker-compose.yml", "docker-compose.flink.yml"),
        *("ops/kubernetes.yml", "SECURITY.md"),
    ):
        images = re.findall(r"\bkafka-clicker-dashboard\S*:(\S+)", (REPOSITORY / name).read_text())
        assert set(images) == {version}, name
    assert f"| {version.rpartition('.')[0]} | yes |" in (REPOSITORY / "SECURITY.md").read_text()
    assert f"\n## {version} - " in (REPOSITORY / "CHANGELOG.md").read_text()


def command(environment: Path, folder: Path, *words: str) -> Answer:
    return run_to_end(folder, [str(environment / "bin" / "kafka-clicker"), *words], **FAR)


def test_the_installed_command_says_its_version_and_helps(
    environment: Path, tmp_path: Path
) -> None:
    assert command(environment, tmp_path, "--version").text == (
        f"kafka-clicker {dash_app.__version__}\n"
    )
    help_text = command(environment, tmp_path, "run", "-h").text
    assert help_text.startswith("Usage: kafka-clicker run ")
    assert "PORT=8051 kafka-clicker run" in help_text
    assert list(tmp_path.iterdir()) == []


def test_the_installed_demo_lives_in_an_empty_folder_and_leaves_nothing(
    environment: Path, tmp_path: Path
) -> None:
    temporary, folder = tmp_path / "tmp", tmp_path / "here"
    temporary.mkdir()
    words = [str(environment / "bin" / "kafka-clicker"), "demo"]
    # Two workers: each imports the console script before anything else.
    more = {"TMPDIR": temporary, "WEB_PROCESSES": 2, **FAR}
    with serving(folder, free_port(), words, **more) as served:
        assert "`kafka-clicker present` serves to the room" in served.log()
        eventually(lambda: sum(served.totals()) > 0, 10, served.log)
        assert served.end(signal.SIGINT) == 0
        assert "Traceback" not in served.log()
    assert list(temporary.iterdir()) == []
    assert [path.suffix for path in folder.iterdir()] == [".log"]


def test_an_installed_site_serves_and_its_clicks_are_audited_and_reported(
    environment: Path, tmp_path: Path
) -> None:
    port = free_port()
    with serving(tmp_path, port, [str(environment / "bin" / "kafka-clicker")], **FAR) as served:
        document = served.ask("GET", "/openapi.json").fields
        assert document["info"]["version"] == dash_app.__version__
        assert served.click({"type": "cheers"}).status == 200
        served.wait_for_totals(1)
        audited = command(environment, tmp_path, "audit", f"http://127.0.0.1:{port}{PREFIX}")
        assert audited.status == 0, audited.text
        assert f"equal: http://127.0.0.1:{port}{PREFIX}: cheers 1, hate 0" in audited.text
        assert served.end() == 0
    hour = ("--from", str(int(time.time()) - 3600))
    assert "1 tap" in command(environment, tmp_path, "report", *hour).text
    written = command(environment, tmp_path, "report", *hour, "-o", "hour.html")
    assert written.status == 0, written.text
    assert "</html>" in (tmp_path / "hour.html").read_text()


def test_an_installed_package_serves_a_host_far_from_the_checkout(
    environment: Path, tmp_path: Path
) -> None:
    write_website(tmp_path, more="\nserver.run(port=__import__('os').environ['PORT'])\n")
    # Isolated: neither the checkout nor what the environment names is on the path.
    words = [str(environment / "bin" / "python"), "-I", "website.py"]
    with serving(tmp_path, free_port(), words) as served:
        for path in ("/", "/kafka-dashboard", "/assets/style.css", "/assets/clicker.js"):
            assert served.ask("GET", path).status == 200, path
        assert "Join in" in served.ask("GET", "/", prefix="").text
        assert served.click({"type": "cheers"}).status == 200
        served.wait_for_totals(1)


def test_a_hosts_type_checker_reads_the_installed_types(environment: Path, tmp_path: Path) -> None:
    for name, code in (("right.py", RIGHT), ("wrong.py", WRONG)):
        (tmp_path / name).write_text(code)
    python = environment / "bin" / "python"
    words = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(python)]
    done = run_to_end(tmp_path, [*words, "right.py", "wrong.py"], **FAR)

    assert 'wrong.py:4: error: Argument 1 to "create_app" has incompatible type' in done.text
    assert "Found 1 error in 1 file (checked 2 source files)" in done.text
