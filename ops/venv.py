"""Make or renew a virtual environment so that it is whole whenever it can be seen.

Usage: `python ops/venv.py .venv requirements-runtime.lock`. Standard library only: it runs before
anything is installed. `.venv` is a link to the folder `.venv.d/<key>-…` of the newest complete
installation, and is turned only after the last package is in. Being killed, or started twice,
leaves the old environment or the new one, never half of one.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

STAMP = "complete"
"""The file written last into a whole environment."""


class InstallFailed(Exception):
    """Packages could not be installed; the message says what to do."""


def describe_wish(lock: Path, folder: Path) -> str:
    """Return a key that changes with the packages, the Python and the place of the folder."""
    facts = [lock.read_text(), sys.version, sys.base_prefix, str(folder.absolute())]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def is_current(link: Path, key: str) -> bool:
    """Tell whether the link leads to a whole environment made from the same wish."""
    try:
        stamp = (link / STAMP).read_text()
    except OSError:
        return False
    return stamp == key and os.access(link / "bin" / "python", os.X_OK)


def take_lock(path: Path) -> IO[str]:
    """Wait for the lock beside the environments; the system frees it with the last holder."""
    handle = path.open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("Another make is installing packages here; waiting for it…", flush=True)
        fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def install(target: Path, lock: Path, handle: IO[str]) -> None:
    """Fill the folder with an environment that holds exactly what the lock file names."""
    python = str(target / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    if not sys.dont_write_bytecode:
        # Python compiles what is imported at its first import, and that is a fifth of it all.
        pip.append("--no-compile")
    if "--hash=" in lock.read_text():
        pip.append("--require-hashes")
    base = getattr(sys, "_base_executable", sys.executable)
    for command in ([base, "-m", "venv", str(target)], [*pip, "-r", str(lock)]):
        # The child holds the lock too: if only this program is killed, nobody builds beside it.
        if subprocess.run(command, pass_fds=[handle.fileno()], check=False).returncode:
            raise InstallFailed(
                f"the packages of {lock} could not be installed: see the lines above."
                " The first start needs the network; the next one does not."
            )


def publish(link: Path, target: Path) -> None:
    """Turn the link to the new folder in one step; a folder of the user's own is moved aside."""
    if link.is_dir() and not link.is_symlink():
        aside = link.with_name(f"{link.name}.before-{int(time.time())}")
        link.rename(aside)
        print(f"{link} was not made by make; it is now {aside}", flush=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        fresh = Path(scratch) / "link"
        fresh.symlink_to(target.relative_to(link.parent.absolute()))
        fresh.replace(link)


def clear_remains(store: Path) -> None:
    """Remove what interrupted installations left; whole environments may still be in use."""
    for folder in store.iterdir():
        if folder.is_dir() and not (folder / STAMP).exists():
            shutil.rmtree(folder, ignore_errors=True)


def provide(link: Path, lock: Path) -> None:
    """Make sure that the link leads to a whole environment with the packages of the lock file."""
    key = describe_wish(lock, link)
    if is_current(link, key):
        return
    store = link.with_name(f"{link.name}.d").absolute()
    store.mkdir(exist_ok=True)
    with take_lock(store / "lock") as handle:
        if is_current(link, key):
            return
        clear_remains(store)
        print(f"Installing the packages of {lock} into {link} (once)…", flush=True)
        target = Path(tempfile.mkdtemp(prefix=f"{key}-", dir=store))
        target.chmod(0o755)
        install(target, lock, handle)  # 1. all packages
        (target / STAMP).write_text(key)  # 2. from here on it counts as whole
        publish(link, target)  # 3. visible; a crash before this costs one installation


def main() -> int:
    """Run as a command; return its exit code."""
    link, lock = (Path(argument) for argument in sys.argv[1:3])
    try:
        provide(link, lock)
    except InstallFailed as error:
        print(f"Stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped while installing; the next start begins again.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
