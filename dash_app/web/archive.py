"""The routes that read the log between two times: reports, and the records themselves."""

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import orjson
from flask import Response, request
from flask.typing import ResponseReturnValue

from dash_app.consumer.consumer import Consumer
from dash_app.consumer.service import Service
from dash_app.counting.range_count import RangeCount
from dash_app.counting.range_records import RangeRecord
from dash_app.counting.report import Report, build_report
from dash_app.counting.second_counts import LATE_SECONDS
from dash_app.counting.talks import Range, Talk
from dash_app.counting.zones import UnknownZone, find_zone
from dash_app.errors import ApiError
from dash_app.security.access import Access, View
from dash_app.security.presenter import Presenter
from dash_app.settings.look import LANGUAGES
from dash_app.web.query import asked_range, one_of, reject_unknown_parameters, whole_number
from dash_app.web.record_lines import FORMS, HEARTBEAT, Form
from dash_app.web.report_csv import report_lines
from dash_app.web.streams import Beat, stream
from dash_app.web.talk_fields import RESULTS_HIDDEN
from dash_app.web.talks import followed

CHUNK_ROWS = 1000
"""So many records are sent at once."""

LONGEST_BIN = 3600

NO_TALK = "There is no such talk"


class Renderer(NamedTuple):
    """A form in which a report can be taken home; `render` is given zone and language."""

    mimetype: str
    render: Callable[[Report, ZoneInfo, str], bytes]


JSON = Renderer("application/json", lambda report, _zone, _language: orjson.dumps(report))
CSV = Renderer("text/csv", lambda report, zone, _: "".join(report_lines(report, zone)).encode())


class ArchiveRoutes:
    """The views of one site, and who may ask which; `renderers` are further forms of a report."""

    def __init__(
        self,
        service: Service,
        presenter: Presenter,
        dashboard: Access,
        renderers: Mapping[str, Renderer],
    ) -> None:
        self._service = service
        self._presenter = presenter
        self._dashboard = dashboard
        self._renderers = {"csv": CSV, "json": JSON, **renderers}

    def access(self, view: View) -> View:
        """Return a view of reports, an Access.

        Whoever may see the dashboard may see a talk that is over; the rest is the presenter's.
        """
        for_presenter, for_viewers = self._presenter.require(view), self._dashboard(view)

        @functools.wraps(view)
        def checked_view(**arguments: object) -> ResponseReturnValue:
            talk_id = request.args.get("talk")
            talk = None if talk_id is None else self._service.known_talks().find(talk_id)
            is_running = talk is not None and not talk.is_over(time.time())
            return (for_presenter if talk_id is None or is_running else for_viewers)(**arguments)

        return checked_view

    def archive(self) -> Response:
        """Return the report of a talk or a range: how much is done, line by line, and then it.

        With `format` return it as a file, of what was counted before.
        """
        is_file = "format" in request.args
        names = ["talk", "from", "to", "bin"]
        reject_unknown_parameters([*names, "format", *(["zone", "lang"] if is_file else [])])
        talk, asked = self._asked()
        width = whole_number(
            "bin", f"a number of seconds from 1 to {LONGEST_BIN}", least=1, most=LONGEST_BIN
        )
        self._require_shown(asked)

        def report(count: RangeCount) -> Report:
            # Somebody may have hidden the results while it was counted.
            self._require_shown(asked)
            return build_report(count, talk, self._service.settings.reactions, width)

        if is_file:
            return self._file(talk, asked, report)
        steps = self._service.archive.count(asked, self._require_consumer().snapshot.log_id)
        chunks = functools.partial(_progress, report)
        response = stream(steps, chunks, _error_line, "application/x-ndjson")
        # A proxy that waited for more of it would show no progress.
        response.headers["X-Accel-Buffering"] = "no"
        return response

    def records(self) -> Response:
        """Return the records of a range, line by line."""
        reject_unknown_parameters(["from", "to", "format"])
        name = one_of("format", sorted(FORMS), "csv")
        form, (since, until) = FORMS[name], asked_range()
        # A record may hold a click that was tapped so long before it was written.
        seen = since - LATE_SECONDS, until
        self._require_shown(seen)
        self._require_consumer()
        check = functools.partial(self._require_shown, seen)
        steps = self._service.archive.records(since, until)
        response = stream(steps, functools.partial(_rows, form, check), form.error, form.mimetype)
        _attach(response, f"records-{since}-{until}.{name}")
        return response

    def _asked(self) -> tuple[Talk | None, Range]:
        """Return what is asked for, with its seconds. Raises ApiError."""
        talk_id = request.args.get("talk")
        if talk_id is None:
            return None, asked_range()
        if {"from", "to"} & request.args.keys():
            raise ApiError(400, "Ask for a talk, or for a range by from and to, and not for both")
        talk = followed(self._service).talks.find(talk_id)
        if talk is None:
            raise ApiError(404, NO_TALK)
        is_over = talk.is_over(time.time())
        return talk, (talk.started_at, talk.ended_at if is_over else None)

    def _require_shown(self, asked: Range) -> None:
        """Raise ApiError while somebody hides the results of any of these seconds."""
        if self._service.known_talks().hides_results_in(asked):
            raise ApiError(403, RESULTS_HIDDEN)

    def _require_consumer(self) -> Consumer:
        """Return the consumer. Raises ApiError if kafka-python cannot be imported."""
        if self._service.consumer is None:
            raise ApiError(503, "Consumer not loaded")
        return self._service.consumer

    def _file(
        self, talk: Talk | None, asked: Range, report: Callable[[RangeCount], Report]
    ) -> Response:
        name = one_of("format", sorted(self._renderers), "json")
        zone, language = _zone(), one_of("lang", LANGUAGES, LANGUAGES[0])
        log_id = self._require_consumer().snapshot.log_id
        count = None if log_id is None else self._service.archive.kept(log_id, asked)
        if count is None:
            raise ApiError(409, "This is not counted yet: ask for it without format first")
        renderer = self._renderers[name]
        # As a whole: pieces would hold a web thread until the client has taken them.
        body = renderer.render(report(count), zone, language)
        response = Response(body, mimetype=renderer.mimetype)
        response.headers["Cache-Control"] = "no-store"
        day = datetime.fromtimestamp(count.since, zone)
        subject = "clicks" if talk is None else f"talk-{talk.id}"
        _attach(response, f"{subject}-{day:%Y-%m-%d}.{name}")
        return response


def _zone() -> ZoneInfo:
    """Return the time zone that is asked for. Raises ApiError."""
    try:
        return find_zone(request.args.get("zone", "UTC"))
    except UnknownZone as error:
        raise ApiError(400, str(error)) from error


def _attach(response: Response, name: str) -> None:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'


def _line(fields: object) -> bytes:
    return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)


def _error_line(message: str) -> bytes:
    return _line({"error": message})


def _progress(
    report: Callable[[RangeCount], Report], steps: Iterable[float | RangeCount]
) -> Iterator[bytes]:
    beat = Beat()
    for step in steps:
        if isinstance(step, RangeCount):
            yield _line({"report": report(step)})
        elif beat.is_due():
            yield _line({"done": round(step, 4)})


def _rows(
    form: Form, check: Callable[[], None], steps: Iterable[Sequence[RangeRecord]]
) -> Iterator[bytes]:
    beat = Beat()
    if form.head:
        yield form.head
    lines: list[bytes] = []
    for step in steps:
        lines += map(form.line, step)
        if len(lines) >= CHUNK_ROWS or beat.is_due():
            check()
            # The last line stays behind, so that one follows the spaces.
            yield b"".join(lines[:-1]) or HEARTBEAT
            lines = lines[-1:]
    check()
    if lines:
        yield b"".join(lines)
