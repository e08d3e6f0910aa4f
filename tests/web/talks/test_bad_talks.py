"""Talks, changes and marks that cannot be: one sentence each, and nothing has changed."""

from collections.abc import Sequence
from typing import Any

from tests.sites import Site
from tests.web.talks.talking import BUTTONS, CODE, change, started, talk, talks

AGAINST_THE_TIMES = {
    "A talk cannot start more than 5 s in the future",
    "A talk ends after it starts",
    "A mark lies in its talk, and not in the future",
}

BAD_TALKS: list[tuple[Any, str]] = [
    ({}, "title is missing"),
    ({"title": ""}, "title is '': String should have at least 1 character"),
    ({"title": " x"}, "title is ' x': it must be one line that shows all its characters"),
    ({"title": "x" * 10_000}, "String should have at most 80 characters"),
    ({"title": "a\nb"}, "it must be one line"),
    ({"title": "a\u202eb"}, "it must be one line"),
    ({"title": "\u200d"}, "it must be one line"),
    ({"title": 7}, "title is 7: Input should be a valid string"),
    ({"title": "x", "id": "short"}, "id is 'short'"),
    ({"title": "x", "id": "UPPERCASE"}, "id is 'UPPERCASE'"),
    ({"title": "x", "reactions": []}, "reactions is []"),
    ({"title": "x", "reactions": [{"key": f"k{n}", "label": "x"} for n in range(9)]}, "reactions"),
    ({"title": "x", "reactions": [{"key": "Ok", "label": "x"}]}, "reactions.0.key is 'Ok'"),
    ({"title": "x", "reactions": BUTTONS[:1] * 2}, "reactions: two reactions have the same key"),
    ({"title": "x", "reactions": [{"key": "fuck", "label": "x"}]}, "reactions: 'fuck' is no key"),
    ({"title": "x", "started_at": "now"}, "started_at is 'now'"),
    ({"title": "x", "started_at": 1.5}, "started_at is 1.5"),
    ({"title": "x", "started_at": 10**11}, "A talk cannot start more than 5 s in the future"),
    ({"title": "x", "started_at": 100, "ended_at": 100}, "A talk ends after it starts"),
    ({"title": "x", "colour": "red"}, "There is no field 'colour' here"),
    (["x"], "The body must be a JSON object"),
]


def refusals(site: Site, method: str, path: str, bodies: Sequence[tuple[Any, str]]) -> list[Any]:
    """Return the bodies that are not refused with their sentence, a short one."""
    accepted = []
    for body, sentence in bodies:
        answer = talk(site, method, path, body)
        message = answer.get_json().get("message", "")
        status = 409 if message in AGAINST_THE_TIMES else 400
        if answer.status_code != status or sentence not in message or len(message) > 200:
            accepted.append((body, answer.text))
    return accepted


def test_a_talk_that_cannot_be_is_refused_in_one_sentence(site: Site) -> None:
    assert refusals(site, "POST", "", BAD_TALKS) == []
    assert talks(site) == []


TITLES = ["<script>alert(1)</script>", "=1+1", "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "שלום", "x" * 80, '"\\']


def test_a_title_is_kept_as_it_is(site: Site) -> None:
    talk_id = started(site)["id"]
    for title in TITLES:
        assert change(site, talk_id, title=title)["title"] == title
        answer = site.ask("GET", f"/kafka/talks/{talk_id}")
        assert (answer.get_json()["title"], answer.mimetype) == (title, "application/json")


BAD_CHANGES: list[tuple[Any, str]] = [
    ({}, "The body must name what to change"),
    ({"title": None}, "title is None"),
    ({"taps": "shut"}, "taps is 'shut'"),
    ({"results": True}, "results is True"),
    ({"ended_at": "soon"}, "ended_at is 'soon'"),
    ({"ended_at": 5}, "A talk ends after it starts"),
    ({"ended_at": None}, "ended_at is None"),
    ({"started_at": 2 * 10**9}, "A talk cannot start more than 5 s in the future"),
    ({"title": "New", "ended_at": 5}, "A talk ends after it starts"),
    ({"reactions": BUTTONS}, "There is no field 'reactions' here"),
]
BAD_MARKS: list[tuple[Any, str]] = [
    ({"label": "x" * 81}, "label is"),
    ({"label": "a\nb"}, "it must be one line"),
    ({"at": 5}, "A mark lies in its talk, and not in the future"),
    ({"at": 2 * 10**9}, "A mark lies in its talk, and not in the future"),
    ({"id": "no"}, "id is 'no'"),
]


def test_a_change_or_a_mark_that_cannot_be_changes_nothing(site: Site) -> None:
    before = started(site)

    assert refusals(site, "PATCH", f"/{before['id']}", BAD_CHANGES) == []
    assert refusals(site, "POST", f"/{before['id']}/marks", BAD_MARKS) == []
    assert talks(site)[0] | {"totals": None} == before | {"totals": None}


UNKNOWN = [
    ("GET", "/unknown-1"),
    ("GET", "/aaaaaaaa"),
    ("PATCH", "/aaaaaaaa"),
    ("DELETE", "/aaaaaaaa"),
    ("POST", "/aaaaaaaa/marks"),
    ("DELETE", "/aaaaaaaa/marks/mmmmmmmm"),
]


def test_what_does_not_exist_is_named_in_one_sentence(site: Site) -> None:
    for method, path in UNKNOWN:
        answer = talk(site, method, path, {"title": "x"} if method == "PATCH" else {})
        assert answer.status_code == 404, (method, path)
        assert answer.get_json() == {"status": "error", "message": "There is no such talk"}


def test_a_body_of_another_type_or_size_is_refused(site: Site) -> None:
    headers = {"Authorization": f"Bearer {CODE}"}
    form = site.ask("POST", "/kafka/talks", data={"title": "x"}, headers=headers)
    assert form.status_code == 415
    large = talk(site, "POST", "", {"title": "x" * 70_000})
    assert large.status_code == 413
    as_json = headers | {"Content-Type": "application/json"}
    broken = site.ask("POST", "/kafka/talks", data=b"{", headers=as_json)
    assert broken.status_code == 400
    assert talks(site) == []


def test_a_limit_that_is_none_is_refused_in_one_sentence(site: Site) -> None:
    for limit in ("-1", "1001", "", "two", "1" * 500):
        refused = site.ask("GET", "/kafka/talks", query_string={"limit": limit})
        assert refused.status_code == 400
        assert "it is a number from 0 to 1000" in refused.get_json()["message"]
        assert len(refused.get_json()["message"]) < 150
