"""The REST routes: one way to send clicks, one way to read the counts; every error is JSON."""

import functools
from collections.abc import Mapping

from flask import Response, request

from dash_app.consumer.service import Service
from dash_app.counting.records import wire_name_of
from dash_app.operations.telemetry import Telemetry
from dash_app.security import headers
from dash_app.security.access import CLICKER, DASHBOARD, anybody
from dash_app.security.gate import Gate
from dash_app.security.limits import ClickLimits
from dash_app.web import clicks, counts, lab, offsets, responses, talks, unknown
from dash_app.web.archive import ArchiveRoutes, Renderer
from dash_app.web.bodies import request_body

# So short an id as `current` is none.
TALK = "<string(minlength=8, maxlength=16):talk_id>"
MARK = "<string(minlength=8, maxlength=16):mark_id>"


def mount(
    service: Service,
    telemetry: Telemetry,
    limits: ClickLimits,
    gate: Gate,
    renderers: Mapping[str, Renderer],
) -> None:
    """Serve the REST routes, and every path under the prefix that nothing else serves.

    `renderers` are the forms of a report besides JSON, by the end of a file's name.
    """
    clicker, dashboard = gate.codes.require(CLICKER), gate.codes.require(DASHBOARD)
    showing = service.settings.reactions, service.known_talks
    timelines, lists = responses.TimelineResponses(*showing), responses.DataResponses(*showing)
    post = lambda: clicks.click(service, telemetry, limits)  # noqa: E731
    add = functools.partial(gate.add, cors=True)
    add("/kafka/click", post, access=clicker, method="POST")
    add("/kafka/repeat", lambda: counts.repeat(service), access=clicker)
    add(
        "/kafka/timeline",
        lambda: counts.timeline(service, telemetry, timelines),
        access=dashboard,
    )
    add("/kafka/timeline.csv", lambda: counts.timeline_csv(service), access=dashboard)
    add("/kafka/data", lambda: counts.data(service, lists), access=dashboard)
    _add_talks(service, gate)
    _add_records(service, gate, renderers)
    keys = [reaction.key for reaction in service.settings.reactions]
    types = tuple(dict.fromkeys(name for key in keys for name in (key, wire_name_of(key))))
    gate.add("/openapi.json", lambda: openapi(gate.prefix, types), access=anybody)
    if gate.codes:
        submit = lambda: gate.codes.submit(request_body(request, service.code_slots))  # noqa: E731
        gate.add("/code", submit, access=anybody, method="POST")
    unknown.mount(gate)


def _add_records(service: Service, gate: Gate, renderers: Mapping[str, Renderer]) -> None:
    add = functools.partial(gate.add, cors=True)
    dashboard, presenter = gate.codes.require(DASHBOARD), gate.codes.presenter
    reports = ArchiveRoutes(service, presenter, dashboard, renderers)
    add("/kafka/archive", reports.archive, access=reports.access)
    add("/kafka/records", reports.records, access=presenter.require)
    add("/kafka/offsets", lambda: offsets.offsets(service), access=presenter.require)
    add("/kafka/lab", lambda: lab.show(service, presenter), access=dashboard)
    add = functools.partial(gate.add, access=presenter.require, method="POST")
    add("/kafka/lab/pause", lambda: lab.pause(service))
    add("/kafka/lab/broken", lambda: lab.append_broken(service))


def _add_talks(service: Service, gate: Gate) -> None:
    add = functools.partial(gate.add, cors=True)
    clicker, dashboard = gate.codes.require(CLICKER), gate.codes.require(DASHBOARD)
    presenter, writes = gate.codes.presenter, talks.TalkWrites(service)
    every, one, marks = "/kafka/talks", f"/kafka/talks/{TALK}", f"/kafka/talks/{TALK}/marks"
    add(every, lambda: talks.list_talks(service, presenter), access=dashboard)
    add(f"{every}/current", lambda: talks.current(service), access=clicker)
    add(one, lambda talk_id: talks.show(service, talk_id), access=dashboard)
    add = functools.partial(add, access=presenter.require)
    add(every, writes.start, method="POST")
    add(one, writes.change, method="PATCH")
    add(one, writes.delete, method="DELETE")
    add(marks, writes.mark, method="POST")
    add(f"{marks}/{MARK}", writes.delete_mark, method="DELETE")


def openapi(prefix: str, types: tuple[str, ...]) -> Response:
    """Return the OpenAPI document, with the paths of the routes as this client sees them."""
    from dash_app.web.openapi import document  # noqa: PLC0415 - rarely requested

    response = Response(
        document(f"{request.root_path}{prefix}", types), mimetype="application/json"
    )
    response.headers["Cache-Control"] = headers.FRESH
    return response
