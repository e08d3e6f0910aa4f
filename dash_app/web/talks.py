"""The routes of the talks: who may see the counts reads them, and the presenter changes them."""

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from flask import Response, request
from pydantic import BaseModel

from dash_app.brokers import BrokerError, NotAllowed
from dash_app.consumer.service import Service
from dash_app.consumer.talks import TalksFollower
from dash_app.counting.clicks import MAX_TYPES
from dash_app.counting.snapshot import Snapshot
from dash_app.counting.talk_changes import (
    Changes,
    ConflictingChange,
    NewTalk,
    UnknownId,
    add_mark,
    change_talk,
    delete_mark,
    delete_talk,
    start_talk,
)
from dash_app.counting.talks import MAX_TALKS, Talk, Talks
from dash_app.errors import ApiError
from dash_app.security import headers
from dash_app.security.presenter import Presenter
from dash_app.web.bodies import json_body
from dash_app.web.query import whole_number
from dash_app.web.requests import BadRequest
from dash_app.web.talk_fields import talk_fields, talk_totals
from dash_app.web.talk_requests import MarkStart, TalkChange, TalkStart, parse

DELETED = "Somebody deleted it just now"

Body = TypeVar("Body", bound=BaseModel)
Taken = TypeVar("Taken")


def followed(service: Service) -> TalksFollower:
    """Return what follows the talks. Raises ApiError if nothing does."""
    if service.talks is None:
        raise ApiError(503, "Consumer not loaded")
    return service.talks


def list_talks(service: Service, presenter: Presenter) -> Response:
    """Return the newest talks, and whether whoever asks may change them."""
    follower, limit, snapshot = followed(service), _limit(), _snapshot(service)
    newest = follower.talks.newest_first[:limit]
    fields = {
        "talks": [_with_totals(service, talk, snapshot) for talk in newest],
        "may_change": presenter.is_here(),
        "problem": follower.problem or None,
    }
    return _private(fields)


def _limit() -> int:
    """Return how many talks are asked for. Raises ApiError."""
    limit = whole_number("limit", f"a number from 0 to {MAX_TALKS}", most=MAX_TALKS)
    return MAX_TALKS if limit is None else limit


def show(service: Service, talk_id: str) -> Response:
    """Return one talk, and the offsets before which its clicks were counted."""
    talk = followed(service).talks.find(talk_id)
    if talk is None:
        raise ApiError(404, "There is no such talk")
    snapshot = _snapshot(service)
    counted = {"log": snapshot.log_id, "as_of": snapshot.as_of}
    return _private({**_with_totals(service, talk, snapshot), **counted})


def current_fields(service: Service) -> Any:
    """Return what a phone needs of the running talk, as far as this process knows; or None."""
    talk = service.known_talks().running(time.time())
    if talk is None:
        return None
    fields = talk_fields(talk)
    return {name: fields[name] for name in ("id", "title", "reactions", "taps")}


def current(service: Service) -> Response:
    """Return what a phone needs of the running talk; null without one."""
    followed(service)
    response = Response(
        orjson.dumps({"talk": current_fields(service)}), mimetype="application/json"
    )
    response.headers["Cache-Control"] = headers.FRESH
    return response


def _with_totals(service: Service, talk: Talk, snapshot: Snapshot) -> dict[str, Any]:
    is_hidden = service.known_talks().hides_results_of(talk)
    totals = talk_totals(talk, snapshot, is_hidden=is_hidden)
    return {**talk_fields(talk), "totals": totals}


def _snapshot(service: Service) -> Snapshot:
    return Snapshot() if service.consumer is None else service.consumer.snapshot


def _require_places(service: Service, new: NewTalk) -> None:
    """Raise ConflictingChange if its clicks might not count: a log counts MAX_TYPES types.

    Anybody may tap what settings and other talks offer, so each of these has a place.
    """
    taken = service.types | _snapshot(service).counts.clicks.keys()
    types = {key for key, _ in new.reactions}
    if types - taken and len(types | taken) > MAX_TYPES:
        named = ", ".join(sorted(taken)[:MAX_TYPES])
        raise ConflictingChange(
            f"A log counts {MAX_TYPES} types of clicks; take keys that this one has: {named}"
        )


def _private(fields: Any, status: int = 200) -> Response:
    response = Response(orjson.dumps(fields), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


class TalkWrites:
    """The routes that change talks, one at a time in this process."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._turn = threading.Lock()

    def start(self) -> Response:
        """Start a talk."""
        default = self._service.settings.reactions
        new = self._read(TalkStart, lambda body: body.talk(default))

        def decide(talks: Talks, now: float) -> Changes:
            _require_places(self._service, new)
            return start_talk(talks, new, now)

        is_new = self._write(decide)
        return self._talk(new.id, 201 if is_new else 200)

    def change(self, talk_id: str) -> Response:
        """Change a talk."""
        wanted = self._read(TalkChange, TalkChange.fields)
        self._write(lambda talks, now: change_talk(talks, talk_id, wanted, now))
        return self._talk(talk_id)

    def delete(self, talk_id: str) -> Response:
        """Delete a talk, and no click."""
        self._write(lambda talks, _: delete_talk(talks, talk_id))
        return Response(status=204)

    def mark(self, talk_id: str) -> Response:
        """Set a mark."""
        new = self._read(MarkStart, MarkStart.mark)
        is_new = self._write(lambda talks, now: add_mark(talks, talk_id, new, now))
        talk = followed(self._service).talks.find(talk_id)
        marks = () if talk is None else talk.marks
        mark = next((mark for mark in marks if mark.id == new.id), None)
        if mark is None:
            raise ApiError(404, DELETED)
        return _private(mark._asdict(), 201 if is_new else 200)

    def delete_mark(self, talk_id: str, mark_id: str) -> Response:
        """Delete a mark."""
        self._write(lambda talks, _: delete_mark(talks, talk_id, mark_id))
        return Response(status=204)

    def _talk(self, talk_id: str, status: int = 200) -> Response:
        talk = followed(self._service).talks.find(talk_id)
        if talk is None:
            raise ApiError(404, DELETED)
        return _private(_with_totals(self._service, talk, _snapshot(self._service)), status)

    def _read(self, model: type[Body], take: Callable[[Body], Taken]) -> Taken:
        try:
            return take(parse(model, json_body(request, self._service.body_slots)))
        except BadRequest as error:
            raise ApiError(400, str(error)) from error

    def _write(self, decide: Callable[[Talks, float], Changes]) -> bool:
        """Write the changes that somebody decides on; return whether there are any."""
        follower = followed(self._service)
        limit = self._service.settings.answer_limit_ms / 1000
        deadline = time.monotonic() + limit
        if not self._turn.acquire(timeout=limit):
            raise ApiError(503, "Another change of the talks is under way")
        try:
            if follower.problem:
                raise ApiError(503, f"Talks cannot be changed now: {follower.problem}")
            changes = decide(follower.talks, time.time())
            if changes and not follower.append(changes, deadline):
                raise ApiError(503, "The change is written and does not show yet")
            return bool(changes)
        except UnknownId as error:
            raise ApiError(404, str(error)) from error
        except ConflictingChange as error:
            raise ApiError(409, str(error)) from error
        except NotAllowed as error:
            raise ApiError(403, f"Talks are shown only: {error}") from error
        except BrokerError as error:
            raise ApiError(503, f"Talks cannot be changed now: {error}") from error
        finally:
            self._turn.release()
