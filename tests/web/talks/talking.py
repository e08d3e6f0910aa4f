"""A site whose talks are changed through its routes, and how a presenter asks it."""

from typing import Any

from werkzeug.test import TestResponse

from tests.sites import Site
from tests.waiting import eventually

CODE = "presenting-is-fun"
RIGHT = {"Authorization": f"Bearer {CODE}"}
BUTTONS = [{"key": "fast", "label": "Too fast 🐇"}, {"key": "ok", "label": "Just right 👌"}]

SHOWN_SECONDS = 1
"""Within this time every process shows what one has changed."""


def talk(site: Site, method: str, path: str = "", body: Any = None) -> TestResponse:
    """Ask a route below /kafka/talks as the presenter."""
    return site.ask(method, f"/kafka/talks{path}", json=body, headers=RIGHT)


def started(site: Site, **fields: Any) -> Any:
    """Start a talk; return its fields."""
    answer = talk(site, "POST", "", {"title": "Kafka in an hour", "reactions": BUTTONS, **fields})
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def change(site: Site, talk_id: str, **fields: Any) -> Any:
    """Change a talk; return its fields."""
    answer = talk(site, "PATCH", f"/{talk_id}", fields)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def talks(site: Site) -> list[Any]:
    """Return all talks."""
    answer = site.ask("GET", "/kafka/talks")
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.get_json()["talks"]
    return found


def current(site: Site) -> Any:
    """Return the running talk as phones see it."""
    return site.ask("GET", "/kafka/talks/current").get_json()["talk"]


def wait_for_talk_totals(site: Site, totals: dict[str, int], seconds: float = 2) -> None:
    """Return once the timeline's talk has these totals."""

    def counted() -> Any:
        return (site.timeline()["talk"] or {}).get("totals")

    eventually(lambda: counted() == totals, seconds, lambda: f"{totals}: {counted()}")
