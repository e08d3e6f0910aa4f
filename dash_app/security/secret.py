"""Files with secrets, such as the key that signs cookies, created once beside the clicks."""

import contextlib
import logging
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from dash_app.settings import Settings

logger = logging.getLogger(__name__)

FILE_NAME = "secret_key"
PRESENTER_FILE = "presenter_code"


def _new_key() -> str:
    return secrets.token_hex(32)


def load_or_create(folder: Path, name: str = FILE_NAME, new: Callable[[], str] = _new_key) -> str:
    """Return the key in a file of the folder; the first process that calls this creates it.

    A file without text contains no key. Raises OSError if the folder cannot be written.
    """
    path = folder / name
    if (key := _read(path)) is not None:
        return key
    folder.mkdir(parents=True, exist_ok=True)
    _remove_unusable(path)
    _create(path, new())
    if (key := _read(path)) is None:
        raise OSError(f"{path} holds no key")
    return key


def presenter_code(settings: Settings) -> str | None:
    """Return PRESENTER_CODE, or else the code in a file beside the clicks, created once.

    None is returned, with a warning, if that file cannot be written: then nobody has the right.
    """
    if settings.presenter_code is not None:
        return settings.presenter_code.get_secret_value()
    try:
        folder = settings.clicks_db.parent
        return load_or_create(folder, PRESENTER_FILE, lambda: secrets.token_urlsafe(12)).strip()
    except OSError as error:
        logger.warning(
            "set PRESENTER_CODE: there is none, and a new one cannot be stored: %s", error
        )
        return None


def _read(path: Path) -> str | None:
    try:
        key = path.read_text()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return key if key.strip() else None


def _remove_unusable(path: Path) -> None:
    # If two processes do this at once, the second must not remove the first one's new key.
    with contextlib.suppress(FileNotFoundError), _locked(path) as is_still_there:
        if is_still_there and _read(path) is None:
            path.unlink()
            logger.warning("%s held no key; a new one is created", path)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Lock the file; say whether the path still leads to it, and not to one made meanwhile."""
    try:
        import fcntl  # noqa: PLC0415 - Windows has none
    except ModuleNotFoundError:
        # Nor can a file be removed there while it is open.
        path.stat()
        yield True
        return
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield os.path.samestat(os.fstat(file.fileno()), path.stat())


def _create(path: Path, key: str) -> None:
    folder = path.parent
    handle, draft = tempfile.mkstemp(dir=folder, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces a file: the second process reads the first one's key.
        with contextlib.suppress(FileExistsError):
            _link(Path(draft), path)
    finally:
        Path(draft).unlink()


def _link(draft: Path, path: Path) -> None:
    """Give the draft a second name; raises FileExistsError."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links, such as that of a memory stick.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(draft.read_text())
