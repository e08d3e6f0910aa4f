"""A file that a command writes: whole or not at all, and never over another one."""

import contextlib
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import click


def check_new_file(path: Path, endings: Collection[str]) -> str:
    """Return which of the endings a file has that can be created. Raises click.ClickException."""
    ending = path.suffix.lower()
    if ending not in endings:
        raise click.ClickException(f"{path} ends with none of {', '.join(endings)}")
    with _one_sentence(path):
        if path.exists():
            raise click.ClickException(f"{path} exists; name another file, or remove it")
        if not path.parent.is_dir():
            raise click.ClickException(f"there is no folder {path.parent}; create it first")
    return ending


def write_new_file(path: Path, parts: Iterable[bytes]) -> None:
    """Write the parts into a new file, which has its name once it is whole.

    Raises click.ClickException if it exists by then, or cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with _one_sentence(path):
        try:
            with draft.open("xb") as file:
                file.writelines(parts)
            check_new_file(path, [path.suffix.lower()])
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)


@contextlib.contextmanager
def _one_sentence(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from error
