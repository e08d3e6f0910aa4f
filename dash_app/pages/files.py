"""Files that do not change while the process lives: read, hashed and compressed once."""

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path
from typing import NamedTuple

from flask import Response, request

from dash_app.errors import not_found
from dash_app.security.access import anybody
from dash_app.security.gate import Gate
from dash_app.security.headers import FRESH

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE / "assets", _PACKAGE.parent / "assets")

JOINED = {
    "clicker.js": (
        "clicker/batches.js",
        "clicker/delivery.js",
        "clicker/queue.js",
        "clicker/taps.js",
    ),
    "dashboard.js": (
        "dashboard/timeline.js",
        "dashboard/words.js",
        "dashboard/display.js",
        "dashboard/poller.js",
        "dashboard/screen.js",
    ),
    "style.css": ("tokens.css", "common.css"),
}
"""Served as one file, and the files in assets/ that it is made of: each uses those before it."""

_TEXTUAL = ("text/", "application/javascript", "application/json", "image/svg+xml")
_ONE_YEAR = 31_536_000


class File(NamedTuple):
    """A file's bytes, its gzip form where that is smaller, its type and the hash of its content."""

    body: bytes
    packed: bytes | None
    mimetype: str
    tag: str


def pack(body: bytes, mimetype: str) -> File:
    """Return the file with its gzip form and its hash."""
    packed = gzip.compress(body, mtime=0) if mimetype.startswith(_TEXTUAL) else None
    return File(body, packed, mimetype, hashlib.sha256(body).hexdigest()[:16])


def asset(name: str) -> File | None:
    """Return the file of that name in assets/, or of JOINED; None where there is none."""
    # Names come from anybody: only those that there are may be remembered.
    return _read(name) if all(part in _paths() for part in JOINED.get(name, (name,))) else None


@cache
def _read(name: str) -> File:
    body = b"\n".join(_paths()[part].read_bytes() for part in JOINED.get(name, (name,)))
    return pack(body, mimetypes.guess_type(name)[0] or "application/octet-stream")


def asset_url(name: str) -> str:
    """Return the asset's address, relative to the prefix, changing with its content."""
    file = asset(name)
    if file is None:
        raise FileNotFoundError(f"assets/{name} is missing; is the whole project installed?")
    return f"assets/{name}?v={file.tag}"


def answer(file: File, *, forever: bool) -> Response:
    """Return the HTTP answer with the file, compressed where the browser takes it."""
    packed = file.packed if request.accept_encodings["gzip"] else None
    response = Response(file.body if packed is None else packed, mimetype=file.mimetype)
    if packed is not None:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(f"{file.tag}{'-gzip' if packed is not None else ''}")
    if forever:
        response.headers["Cache-Control"] = f"public, max-age={_ONE_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = FRESH
    response.make_conditional(request.environ)
    return response


@cache
def _paths() -> dict[str, Path]:
    # An installed package holds the folder inside, a working copy beside it.
    folder = next((place for place in _PLACES if place.is_dir()), _PLACES[0])
    return {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }


def mount(gate: Gate) -> None:
    """Serve the files of assets/ under the prefix."""
    gate.add("/assets/<path:path>", _serve, access=anybody)


def _serve(path: str) -> Response:
    file = asset(path)
    if file is None:
        return not_found()
    return answer(file, forever=request.args.get("v") == file.tag)
