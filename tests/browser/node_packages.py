"""Where `make lint` has put the packages of package.json."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "node_modules"


def package(name: str) -> Path:
    """Return the folder of a package."""
    folder = FOLDER / name
    assert folder.is_dir(), f"{folder} is missing; `make lint` installs it"
    return folder
