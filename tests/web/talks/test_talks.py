"""The routes of the talks: start, change, mark, end; what phones and dashboard see meanwhile."""

import time
from typing import Any

import pytest

from dash_app.counting import talks as rules
from dash_app.settings import Settings
from tests.sites import Site, open_live_site, open_site
from tests.waiting import eventually
from tests.web.talks.talking import (
    BUTTONS,
    change,
    current,
    started,
    talk,
    talks,
    wait_for_talk_totals,
)


def test_a_talk_is_started_marked_changed_and_ended(site: Site) -> None:
    assert (talks(site), current(site), site.timeline()["talk"]) == ([], None, None)
    before = int(time.time())
    fields = started(site)
    assert fields | {"totals": None} == {
        "id": fields["id"],
        "title": "Kafka in an hour",
        "reactions": BUTTONS,
        "started_at": pytest.approx(before, abs=1),
        "ended_at": None,
        "taps": "open",
        "results": "shown",
        "marks": [],
        "totals": None,
    }
    assert current(site) == {name: fields[name] for name in ("id", "title", "reactions", "taps")}

    mark = talk(site, "POST", f"/{fields['id']}/marks", {"label": "Slide 7"})
    assert (mark.status_code, mark.get_json()["label"]) == (201, "Slide 7")
    assert change(site, fields["id"], title="Kafka")["marks"] == [mark.get_json()]
    gone = talk(site, "DELETE", f"/{fields['id']}/marks/{mark.get_json()['id']}")
    assert (gone.status_code, gone.data) == (204, b"")

    ended = change(site, fields["id"], ended_at="now")
    assert before < ended["ended_at"] <= time.time() + 1
    eventually(lambda: current(site) is None, 2, "the talk still runs")
    assert [one["title"] for one in talks(site)] == ["Kafka"]
    assert talk(site, "DELETE", f"/{fields['id']}").status_code == 204
    assert talks(site) == []


def test_a_phones_taps_of_a_talk_are_never_refused_for_good_after_a_restart(
    settings: Settings,
) -> None:
    tap = {"type": "fast"}
    with open_live_site(settings) as site:
        started(site)
        assert site.click(tap).status_code == 200
    with open_site(settings) as site:

        def is_taken() -> bool:
            answer = site.click(tap)
            seen.add((answer.status_code, answer.get_json().get("appended")))
            return answer.status_code == 200

        seen: set[tuple[int, bool | None]] = set()
        eventually(is_taken, 10, "the tap is refused for good")
        assert seen <= {(503, False), (200, None)}
        assert site.click({"type": "boo"}).status_code == 400


def test_clicks_of_a_talk_are_taken_counted_and_shown(site: Site) -> None:
    assert site.click({"type": "fast"}).status_code == 400
    talk_id = started(site)["id"]
    for kind in ("fast", "fast", "ok", "cheers"):
        assert site.click({"type": kind}).status_code == 200
    wait_for_talk_totals(site, {"fast": 2, "ok": 1})

    timeline = site.timeline()
    assert timeline["reactions"] == BUTTONS
    assert timeline["totals"] == {"fast": 2, "ok": 1}
    assert {key: sum(bins) for key, bins in timeline["series"].items()} == {"fast": 2, "ok": 1}
    change(site, talk_id, ended_at="now")
    eventually(lambda: site.timeline()["talk"] is None, 2, "the talk still runs")
    assert site.timeline()["totals"] == {"cheers": 1, "hate": 0}
    # A phone that has not heard of the end may still send what it holds.
    assert site.click({"type": "fast"}).status_code == 200
    eventually(lambda: talks(site)[0]["totals"] == {"fast": 2, "ok": 1}, 2, "other totals")


def test_a_late_tap_belongs_to_the_talk_in_which_it_was_tapped(site: Site) -> None:
    now = int(time.time())
    talk_id = started(site, started_at=now - 600, ended_at=now - 300)["id"]
    assert current(site) is None
    for age in (299, 301, 599.9, 601):
        batch = {"clicks": [{"type": "ok", "age_ms": 1000 * (age + time.time() - now)}]}
        assert site.click(batch).status_code == 200

    def totals() -> Any:
        return talk(site, "GET", f"/{talk_id}").get_json()["totals"]

    eventually(lambda: totals() == {"fast": 0, "ok": 2}, 2, lambda: f"{totals()}")
    change(site, talk_id, ended_at=now - 298)
    eventually(lambda: totals() == {"fast": 0, "ok": 3}, 2, lambda: f"{totals()}")
    change(site, talk_id, started_at=now - 602)
    eventually(lambda: totals() == {"fast": 0, "ok": 4}, 2, lambda: f"{totals()}")


def test_what_was_tapped_after_the_closing_is_refused(site: Site) -> None:
    talk_id = started(site)["id"]
    assert change(site, talk_id, taps="closed")["taps"] == current(site)["taps"] == "closed"
    refused = site.click({"type": "ok"})

    assert refused.status_code == 409
    assert refused.get_json() == {
        "status": "error",
        "message": "The presenter has closed the buttons",
        "appended": False,
    }
    earlier = [{"type": "ok", "age_ms": 5000}, {"type": "ok"}]
    assert site.click({"clicks": earlier}).get_json()["accepted"] == 2
    change(site, talk_id, taps="open")
    assert site.click({"type": "ok"}).status_code == 200


def test_hidden_results_show_in_the_sum_only(site: Site) -> None:
    talk_id = started(site)["id"]
    for kind in ("fast", "ok", "ok"):
        site.click({"type": kind})
    wait_for_talk_totals(site, {"fast": 1, "ok": 2})
    tag = site.ask("GET", "/kafka/timeline").headers["ETag"]
    assert change(site, talk_id, results="hidden")["totals"] == {"all": 3}

    answer = site.ask("GET", "/kafka/timeline", headers={"If-None-Match": tag})
    timeline = answer.get_json()
    assert timeline["results"] == timeline["talk"]["results"] == "hidden"
    assert timeline["totals"] == timeline["talk"]["totals"] == {"all": 3}
    assert timeline["reactions"] == [{"key": "all", "label": "All taps"}]
    assert (timeline["talk"]["reactions"], [*timeline["series"]]) == (BUTTONS, ["all"])
    assert sum(timeline["series"]["all"]) == 3
    assert talks(site)[0]["totals"] == {"all": 3}
    refused = site.ask("GET", "/kafka/data")
    assert (refused.status_code, refused.get_json()["message"]) == (
        403,
        "The presenter shows the results later",
    )
    head, *lines = site.ask("GET", "/kafka/timeline.csv").text.splitlines()
    assert head == "start,seconds,all,share_of_all,complete"
    assert sum(int(line.split(",")[2]) for line in lines) == 3
    metrics = site.ask("GET", "/metrics").text
    eventually(
        lambda: 'clicker_clicks{type="ok"} 2.0' in site.ask("GET", "/metrics").text, 3, metrics
    )

    change(site, talk_id, ended_at="now")
    eventually(lambda: current(site) is None, 2, "the talk still runs")
    assert site.timeline()["results"] == "hidden"
    change(site, talk_id, results="shown")
    assert site.timeline()["results"] == "shown"
    assert site.ask("GET", "/kafka/data").status_code == 200


def test_a_range_within_a_hidden_talk_shows_no_split(site: Site) -> None:
    talk_id = started(site, started_at=int(time.time()) - 100)["id"]
    change(site, talk_id, results="hidden")
    now = int(time.time())
    answer = talk(site, "POST", "", {"title": "In it", "started_at": now - 50, "ended_at": now - 9})
    assert answer.status_code == 201
    eventually(lambda: talks(site)[0]["totals"] == {"all": 0}, 2, lambda: f"{talks(site)}")

    change(site, talk_id, results="shown")
    eventually(lambda: "cheers" in talks(site)[0]["totals"], 2, lambda: f"{talks(site)}")


def test_starting_a_talk_ends_the_other_for_good(site: Site) -> None:
    first = started(site)["id"]
    second = started(site, title="The next one")
    assert second["started_at"] > 0
    assert current(site)["id"] == second["id"]
    assert talk(site, "GET", f"/{first}").get_json()["ended_at"] == second["started_at"]

    talk(site, "DELETE", f"/{second['id']}")
    eventually(lambda: current(site) is None, 3, "the first talk runs again")


def test_a_change_that_does_not_show_yet_is_no_answer_with_the_talk_as_it_was(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk_id = started(site)["id"]
    with monkeypatch.context() as slow:
        slow.setattr("dash_app.consumer.talks.TalksFollower.append", lambda *_: False)
        for method, path, body in (
            ("PATCH", f"/{talk_id}", {"title": "New"}),
            ("POST", f"/{talk_id}/marks", {"id": "mark0001"}),
        ):
            answer = talk(site, method, path, body)
            assert answer.status_code == 503
            assert answer.get_json()["message"] == "The change is written and does not show yet"
    assert talk(site, "POST", f"/{talk_id}/marks", {"id": "mark0001"}).status_code == 201


def test_a_request_that_comes_twice_changes_nothing_twice(site: Site) -> None:
    body = {"id": "aaaaaaaa", "title": "Kafka", "reactions": BUTTONS}
    first, again = (talk(site, "POST", "", body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json()["started_at"] == first.get_json()["started_at"]
    change(site, "aaaaaaaa", title="Renamed")
    assert talk(site, "POST", "", body).get_json()["title"] == "Renamed"

    mark = {"id": "mmmmmmmm", "label": "Slide 7"}
    marks = [talk(site, "POST", "/aaaaaaaa/marks", mark) for _ in range(2)]
    assert [one.status_code for one in marks] == [201, 200]
    assert marks[0].get_json() == marks[1].get_json()
    for path, other in (("", body | {"title": "x"}), ("/aaaaaaaa/marks", mark | {"label": "x"})):
        assert talk(site, "POST", path, other).status_code == 409
    assert len(talks(site)) == 1
    assert len(talks(site)[0]["marks"]) == 1


def test_ending_and_closing_twice_keep_the_first_time(site: Site) -> None:
    talk_id = started(site, started_at=int(time.time()) - 5)["id"]
    ends = {change(site, talk_id, ended_at="now")["ended_at"] for _ in range(2)}
    eventually(lambda: current(site) is None, 2, "the talk still runs")
    ends.add(change(site, talk_id, ended_at="now")["ended_at"])

    assert len(ends) <= 2
    assert max(ends) <= int(time.time()) + 1


def test_more_marks_than_a_talk_has_are_refused_and_none_is_lost(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("talks", "talk_changes"):
        monkeypatch.setattr(f"dash_app.counting.{module}.MAX_MARKS", 3)
    talk_id = started(site)["id"]
    answers = [talk(site, "POST", f"/{talk_id}/marks", {"label": str(n)}) for n in range(4)]

    assert [one.status_code for one in answers] == [201, 201, 201, 409]
    assert {mark["label"] for mark in talks(site)[0]["marks"]} == {"0", "1", "2"}


def test_a_clock_that_was_set_back_leaves_a_talk_that_can_be_ended(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk_id = started(site)["id"]
    started_at = talks(site)[0]["started_at"]
    real = time.time
    monkeypatch.setattr("dash_app.web.talks.time.time", lambda: real() - 3600)

    assert current(site)["id"] == talk_id
    mark = talk(site, "POST", f"/{talk_id}/marks", {"label": "still here"})
    assert (mark.status_code, mark.get_json()["at"]) == (201, started_at)
    refused = talk(site, "POST", "", {"title": "The next one"})
    assert refused.status_code == 409
    assert "starts ahead of this server's clock" in refused.get_json()["message"]
    assert change(site, talk_id, ended_at="now")["ended_at"] == started_at + 1
    assert current(site) is None
    assert started(site)["started_at"] < started_at


def test_what_phones_ask_is_small_and_may_be_kept_for_a_second(site: Site) -> None:
    started(site, title="x" * rules.AHEAD_SECONDS)
    answer = site.ask("GET", "/kafka/talks/current")

    assert len(answer.data) < 200
    assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
    assert site.ask("GET", "/kafka/talks").headers["Cache-Control"] == "no-store"


def test_talks_survive_a_restart_with_exact_totals(settings: Settings) -> None:
    now = int(time.time())
    with open_live_site(settings) as site:
        talk_id = started(site, started_at=now - 2 * 3600)["id"]
        talk(site, "POST", f"/{talk_id}/marks", {"label": "Slide 7"})
        for kind in ("ok", "ok", "fast"):
            site.click({"type": kind})
    with open_live_site(settings) as site:
        assert site.timeline()["talk"]["totals"] == {"fast": 1, "ok": 2}
        assert [mark["label"] for mark in talks(site)[0]["marks"]] == ["Slide 7"]


def test_as_many_of_the_newest_talks_are_listed_as_are_asked_for(site: Site) -> None:
    for title in ("first", "second"):
        started(site, title=title)
    for limit, titles in (("0", []), ("1", ["second"]), ("1000", ["second", "first"])):
        answer = site.ask("GET", "/kafka/talks", query_string={"limit": limit}).get_json()
        assert [one["title"] for one in answer["talks"]] == titles
