"""The file with the key that signs cookies, created once beside the clicks."""

import contextlib
import fcntl
import logging
import os
import secrets
import tempfile
from pathlib import Path

logger = logging.getLogger(__name__)

FILE_NAME = "secret_key"


def load_or_create(folder: Path) -> str:
    """Return the key in the folder; the first process that calls this creates it.

    A file without text contains no key. Raises OSError if the folder cannot be written.
    """
    path = folder / FILE_NAME
    if (key := _read(path)) is not None:
        return key
    folder.mkdir(parents=True, exist_ok=True)
    _remove_unusable(path)
    _create(path)
    if (key := _read(path)) is None:
        raise OSError(f"{path} holds no key")
    return key


def _read(path: Path) -> str | None:
    try:
        key = path.read_text()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return key if key.strip() else None


def _remove_unusable(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        # If two processes do this at once, the second must not remove the first one's new key.
        fcntl.flock(file, fcntl.LOCK_EX)
        if _read(path) is None:
            path.unlink()
            logger.warning("%s held no key; a new one is created", path)


def _create(path: Path) -> None:
    folder = path.parent
    handle, draft = tempfile.mkstemp(dir=folder, prefix=f".{FILE_NAME}-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces a file: the second process reads the first one's key.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
