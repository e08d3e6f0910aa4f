"""Files that never change while the process lives: read, hashed and compressed once."""

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, cast, overload

from flask import Response, current_app, request

from dash_app.errors import not_found
from dash_app.security.access import anybody
from dash_app.security.gate import Gate
from dash_app.security.headers import FRESH

_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = (_PACKAGE / "assets", _PACKAGE.parent / "assets")

_REPORT = (
    "dashboard/zone.js",
    "dashboard/talk.js",
    "dashboard/timeline.js",
    "dashboard/labels.js",
    "dashboard/marks.js",
    "dashboard/figure.js",
    "dashboard/words.js",
    "dashboard/look.js",
    "dashboard/files.js",
    "dashboard/wall.js",
    "dashboard/elements.js",
    "report/contents.js",
    "report/growth.js",
    "report/replay.js",
    "report/frames.js",
    "report/tables.js",
    "report/cards.js",
    "report/controls.js",
    "report/paper.js",
    "report/view.js",
)

BUNDLES = {
    "clicker.js": (
        "clicker/alarm.js",
        "clicker/batches.js",
        "clicker/delivery.js",
        "clicker/doubts.js",
        "clicker/knowledge.js",
        "clicker/own.js",
        "clicker/pads.js",
        "clicker/presses.js",
        "clicker/talk.js",
        "clicker/turns.js",
        "clicker/queue.js",
        "clicker/taps.js",
    ),
    "dashboard.js": (
        "dashboard/zone.js",
        "dashboard/server_clock.js",
        "dashboard/talk.js",
        "dashboard/talk_strip.js",
        "dashboard/timeline.js",
        "dashboard/labels.js",
        "dashboard/marks.js",
        "dashboard/figure.js",
        "dashboard/view.js",
        "dashboard/words.js",
        "dashboard/look.js",
        "dashboard/files.js",
        "dashboard/draw_times.js",
        "dashboard/display.js",
        "dashboard/poller.js",
        "dashboard/table.js",
        "dashboard/wall.js",
        "dashboard/elements.js",
        "dashboard/send.js",
        "dashboard/buttons.js",
        "dashboard/changes.js",
        "dashboard/bar.js",
        "dashboard/talk_dialog.js",
        "dashboard/bar_view.js",
        "records/range.js",
        "records/view.js",
        "dashboard/screen.js",
    ),
    "report.js": (
        *_REPORT,
        "dashboard/send.js",
        "records/range.js",
        "records/view.js",
        "report/stream.js",
        "report/screen.js",
    ),
    "report_file.js": (*_REPORT, "report/file.js"),
    "talks.js": (
        "dashboard/zone.js",
        "dashboard/talk.js",
        "dashboard/timeline.js",
        "dashboard/words.js",
        "dashboard/elements.js",
        "talks/contents.js",
        "talks/list.js",
        "talks/screen.js",
    ),
    "lab.js": (
        "dashboard/zone.js",
        "dashboard/talk.js",
        "dashboard/timeline.js",
        "dashboard/labels.js",
        "dashboard/words.js",
        "dashboard/look.js",
        "dashboard/elements.js",
        "dashboard/send.js",
        "lab/journey.js",
        "lab/pause.js",
        "lab/lab.js",
        "lab/history.js",
        "lab/charts.js",
        "lab/records.js",
        "lab/refusals.js",
        "lab/stations.js",
        "lab/outcomes.js",
        "lab/view.js",
        "records/range.js",
        "records/view.js",
        "lab/screen.js",
    ),
    "style.css": ("tokens.css", "common.css", "reactions.css"),
    "clicker.css": (
        "clicker/frame.css",
        "clicker/pads.css",
        "clicker/talk.css",
        "clicker/toast.css",
    ),
    "dashboard.css": (
        "dashboard/frame.css",
        "dashboard/talk.css",
        "dashboard/panel.css",
        "dashboard/views.css",
        "dashboard/bar.css",
        "dashboard/overlay.css",
        "records/range.css",
    ),
    "report.css": (
        "report/page.css",
        "report/views.css",
        "report/paper.css",
        "records/range.css",
    ),
    "talks.css": ("talks/page.css",),
    "lab.css": ("lab/page.css", "lab/stations.css"),
}
"""Files that are served as one, and their parts in assets/; each part uses those before it."""

# Python's own table: that of the system may call a script text/plain, which no browser would run.
_TYPES = mimetypes.MimeTypes()
_TYPES.add_type("text/javascript", ".js")

_COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml")
_ONE_YEAR = 31_536_000


class File(NamedTuple):
    """The bytes of a file, their gzip form (None for types that hardly shrink), type and hash."""

    body: bytes
    gzipped: bytes | None
    mimetype: str
    content_hash: str


class FileResponse(Response):
    """A file as it is sent, maybe compressed: whoever reads its data gets the text, unpacked.

    A host's function after the request may read it so, and change it: then the text is sent.
    """

    unpacked: bytes | None = None

    @overload
    def get_data(self, as_text: Literal[False] = False) -> bytes: ...

    @overload
    def get_data(self, as_text: Literal[True]) -> str: ...

    def get_data(self, as_text: bool = False) -> bytes | str:
        """Return the text of the file, or what it was changed to."""
        body = super().get_data() if self.unpacked is None else self.unpacked
        return body.decode() if as_text else body

    def set_data(self, value: bytes | str) -> None:
        """Send this in the place of the file."""
        body = value.encode() if isinstance(value, str) else value
        if self.unpacked is not None and body != self.unpacked:
            self.unpacked = None
            for name in ("Content-Encoding", "ETag"):
                self.headers.pop(name, None)
        if self.unpacked is None:
            super().set_data(body)

    data = property(get_data, set_data)


@cache
def _response_class(hosts: type[Response]) -> type[FileResponse]:
    """Return the class of files for a server whose responses are of that class."""
    if issubclass(FileResponse, hosts):
        return FileResponse
    # Flask would take a response of any other class for one of the host's, methods and all.
    return cast("type[FileResponse]", type("FileResponse", (FileResponse, hosts), {}))


def pack(body: bytes, mimetype: str) -> File:
    """Return the file with its gzip form and its hash."""
    gzipped = gzip.compress(body, mtime=0) if mimetype.startswith(_COMPRESSIBLE) else None
    return File(body, gzipped, mimetype, hashlib.sha256(body).hexdigest()[:16])


def asset(name: str) -> File | None:
    """Return the file of that name in assets/, or of BUNDLES; None where there is none."""
    # Anybody can make up names: only names of files may enter the cache.
    return _read(name) if all(part in _paths() for part in BUNDLES.get(name, (name,))) else None


@cache
def _read(name: str) -> File:
    body = b"\n".join(_paths()[part].read_bytes() for part in BUNDLES.get(name, (name,)))
    return pack(body, _TYPES.guess_type(name)[0] or "application/octet-stream")


def asset_url(name: str) -> str:
    """Return the asset's address, relative to the prefix, changing with its content."""
    return f"assets/{name}?v={needed(name).content_hash}"


def needed(name: str) -> File:
    """Return the file of that name, as `asset` does; without it FileNotFoundError is raised."""
    file = asset(name)
    if file is None:
        raise FileNotFoundError(f"assets/{name} is missing; is the whole project installed?")
    return file


def file_response(file: File, *, is_immutable: bool) -> Response:
    """Return a response with the file, compressed if the browser accepts gzip."""
    gzipped = file.gzipped if request.accept_encodings["gzip"] else None
    body = file.body if gzipped is None else gzipped
    kind = _response_class(current_app.response_class)  # type: ignore[arg-type]
    response = kind(body, mimetype=file.mimetype)
    response.unpacked = file.body
    if gzipped is not None:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(f"{file.content_hash}{'-gzip' if gzipped is not None else ''}")
    if is_immutable:
        response.headers["Cache-Control"] = f"public, max-age={_ONE_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = FRESH
    response.make_conditional(request.environ)
    return response


@cache
def _paths() -> dict[str, Path]:
    # An installed package has the folder inside it, a working copy beside it.
    folder = next((folder for folder in _FOLDERS if folder.is_dir()), _FOLDERS[0])
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
    return file_response(file, is_immutable=request.args.get("v") == file.content_hash)
