"""The presenter of a crowd, who starts, marks and ends talks while sites and brokers are away."""

import http.client
import json
import random
import time
from collections.abc import Sequence
from typing import Any

from tests.faults.harms import Web
from tests.faults.scenario import BACK_SECONDS
from tests.waiting import eventually

CODE = "presenting-is-fun"
BUTTONS = [{"key": "cheers", "label": "Cheers"}, {"key": "hate", "label": "Hate"}]


class Presenter:
    """Asks one site after the other, with the same id and time, until one of them has done it."""

    def __init__(
        self, webs: Sequence[Web], chance: random.Random, seconds: float = BACK_SECONDS
    ) -> None:
        self._webs = webs
        self._chance = chance
        self._seconds = seconds
        self._started_at: dict[str, int] = {}
        self.marks: dict[str, list[str]] = {}
        """The ids of the marks by talk, in the order in which they were set."""

    def act(self, method: str, path: str, **fields: Any) -> Any:
        """Return what was answered at last; 503 and an absent site mean that it may come yet."""
        body = json.dumps(fields).encode()
        last = "no answer"

        def done() -> Any:
            nonlocal last
            web = self._chance.choice(self._webs)
            try:
                answer = web.served.ask(method, f"/kafka/talks{path}", body, code=CODE)
            except (OSError, http.client.HTTPException):
                return None
            if answer.status == 503:
                last = answer.text
                return None
            if answer.status not in {200, 201}:
                raise RuntimeError(f"{method} {path} {fields}: {answer.status} {answer.text}")
            return answer.fields

        refusal = lambda: f"{method} {path} is not done: {last}"  # noqa: E731
        return eventually(done, self._seconds, refusal, pause_seconds=0.2)

    def start(self, number: int) -> str:
        """Start a talk, which ends the one before it; return its id."""
        talk_id = f"talk{number:04}"
        started = self.act("POST", "", id=talk_id, title=f"Talk {number}", reactions=BUTTONS)
        # A talk that follows another one within its last second starts with the next.
        self._started_at[talk_id] = started["started_at"]
        self.marks[talk_id] = []
        return talk_id

    def mark(self, talk_id: str) -> None:
        """Set a mark."""
        mark_id = f"mark{len(self.marks[talk_id]):04}"
        at = max(int(time.time()), self._started_at[talk_id])
        self.act("POST", f"/{talk_id}/marks", id=mark_id, at=at, label="here")
        self.marks[talk_id].append(mark_id)
