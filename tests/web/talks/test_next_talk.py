"""What becomes of a talk when the next one starts: its end, marks, closing, hiding and buttons."""

import time

from dash_app.counting.snapshot import Snapshot
from tests.sites import Site
from tests.waiting import eventually
from tests.web.talks.talking import change, current, started, talk, talks


def test_the_next_talk_starts_once_hidden_results_are_shown(site: Site) -> None:
    first = started(site)
    change(site, first["id"], results="hidden")
    for ended in (False, True):
        if ended:
            change(site, first["id"], ended_at="now")
        refused = talk(site, "POST", "", {"title": "The next one"})
        assert refused.status_code == 409
        sentence = f"The results of {first['title']!r} are hidden; show them first"
        assert refused.get_json()["message"] == sentence
    change(site, first["id"], results="shown")
    assert started(site)["id"]


def test_a_talk_that_is_ended_keeps_its_last_second_and_its_marks(site: Site) -> None:
    first = started(site)
    mark = talk(site, "POST", f"/{first['id']}/marks", {"label": "end"}).get_json()
    ended_at = change(site, first["id"], ended_at="now")["ended_at"]
    second = started(site)
    assert second["started_at"] >= ended_at > mark["at"]
    at = talk(site, "POST", f"/{second['id']}/marks", {}).get_json()["at"]
    third = started(site)
    assert third["started_at"] > at
    ends = {one["id"]: one["ended_at"] for one in talks(site)}
    assert (ends[first["id"]], ends[second["id"]]) == (ended_at, third["started_at"])


def test_taps_of_closed_buttons_stay_refused_after_the_end(site: Site) -> None:
    first = started(site, started_at=int(time.time()) - 30)
    change(site, first["id"], taps="closed")
    eventually(lambda: time.time() > closed_at(site) + 0.5, 3, "the clock stands still")
    change(site, first["id"], ended_at="now")
    eventually(lambda: current(site) is None, 3, "it still runs")
    late = {"client": "phone-1", "seq": 1, "clicks": [{"type": "ok", "age_ms": late_ms(site)}]}
    refused = site.click(late)
    assert (refused.status_code, refused.get_json()["appended"]) == (409, False)
    early = {"client": "phone-1", "seq": 2, "clicks": [{"type": "ok", "age_ms": 20_000}]}
    assert site.click(early).status_code == 200


def closed_at(site: Site) -> float:
    """Return when the buttons of the newest talk were closed."""
    found = site.service.known_talks().newest_first[0].closed_at
    assert found is not None
    return found


def late_ms(site: Site) -> int:
    """Return the age of a tap shortly after the closing."""
    return int((time.time() - closed_at(site) - 0.1) * 1000)


def test_a_talk_whose_buttons_might_not_count_does_not_start(site: Site) -> None:
    # Nobody has tapped any of these yet, and somebody may at any time.
    for number in range(3):
        started(site, reactions=reactions(number, 8))
    refused = talk(site, "POST", "", {"title": "One more", "reactions": reactions(3, 7)})
    assert refused.status_code == 409
    assert "take keys that this one has: cheers, hate, k0-0, k0-1" in refused.get_json()["message"]

    new = started(site, reactions=reactions(3, 6))
    keys = [f"k{number}-{place}" for number in range(4) for place in range(8)]
    for key in ["cheers", "hate", *keys[:30]]:
        assert site.click({"type": key}).status_code == 200
    eventually(lambda: len(snapshot(site).counts.clicks) == 32, 5, "not all are counted")
    assert snapshot(site).counts.unreadable == {}
    again = started(site, reactions=[{"key": "k0-0", "label": "Again"}])
    assert again["reactions"] == [{"key": "k0-0", "label": "Again"}]
    talk(site, "DELETE", f"/{new['id']}")
    assert talk(site, "POST", "", {"title": "x", "reactions": reactions(4, 1)}).status_code == 409


def reactions(number: int, count: int) -> list[dict[str, str]]:
    return [{"key": f"k{number}-{place}", "label": "A"} for place in range(count)]


def snapshot(site: Site) -> Snapshot:
    assert site.service.consumer is not None
    return site.service.consumer.snapshot
