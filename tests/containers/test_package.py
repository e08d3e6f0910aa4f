"""`pip install .` in a checkout: whole without the checkout, content with the runtime packages."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import copy_tree
from tests.containers.image import ImageOnDisk
from tests.mounting.snippets import write_website
from tests.ports import free_port
from tests.served import serving

pytestmark = [pytest.mark.install, pytest.mark.timeout(240)]


def run(*words: object) -> None:
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def python(image: ImageOnDisk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with the package installed from a checkout, over the image's packages alone."""
    folder = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    checkout = copy_tree(folder / "checkout")
    run(*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, checkout)
    (wheel,) = folder.glob("*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    (runtime,) = (image.root / "opt" / "venv").glob("lib/python*/site-packages")
    (packages / "runtime.pth").write_text(f"{runtime}\n")
    # Without an index: a package that is wished and missing fails the installation.
    python = folder / "venv" / "bin" / "python"
    run(*pip, "--python", python, "install", "--quiet", "--no-index", wheel)
    return python


def test_an_installed_package_serves_a_host_far_from_the_checkout(
    python: Path, tmp_path: Path
) -> None:
    write_website(tmp_path, more="\nserver.run(port=__import__('os').environ['PORT'])\n")
    # Isolated: neither the checkout nor what the environment names is on the path.
    command = [str(python), "-I", "website.py"]
    with serving(tmp_path, free_port(), command) as served:
        for path in ("/", "/kafka-dashboard", "/assets/style.css", "/assets/clicker.js"):
            assert served.ask("GET", path).status == 200, path
        assert "Join in" in served.ask("GET", "/", prefix="").text
        assert served.click({"type": "cheers"}).status == 200
        served.wait_for_totals(1)
