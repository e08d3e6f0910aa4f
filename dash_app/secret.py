"""The key that signs cookies, made once and kept beside the clicks."""

import os
import secrets
import tempfile
from pathlib import Path

FILE_NAME = "secret_key"


def load_or_make(folder: Path) -> str:
    """Return the key kept in the folder; the first of several processes to ask makes it.

    Raises OSError where the folder cannot be written.
    """
    path = folder / FILE_NAME
    try:
        return path.read_text()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder, prefix=f".{FILE_NAME}-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces: whoever comes second reads the first one's key.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
    return path.read_text()
