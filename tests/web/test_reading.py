"""`GET /kafka/timeline` and `GET /kafka/data`: their fields, windows, caching and time."""

import time
from functools import partial
from typing import Any

from werkzeug.test import TestResponse

from tests.sites import Site
from tests.waiting import eventually
from tests.web.conftest import MakeSite
from tests.web.test_click import assert_error

TIMELINE_FIELDS = {
    "log", "window", "bin", "start", "reactions", "totals", "series", "as_of", "state",
    "complete_since", "incomplete", "unreadable", "clock_skew_s", "repeat_s", "server_time",
    "measured", "results", "talk", "people", "more_people",
}  # fmt: skip
MEASURED_FIELDS = {"lag", "clicks", "age_ms", "counted_ms", "tap_to_counted_ms"}
DATA_FIELDS = {
    "log", "totals", "recent_history", "server_time", "as_of", "state", "truncated", "incomplete",
}  # fmt: skip
ROUTES = ["/kafka/timeline", "/kafka/data"]


def click_of(age_seconds: float, type_: str = "cheers") -> dict[str, Any]:
    return {"type": type_, "age_ms": 1000 * age_seconds}


def test_the_timeline_has_exactly_the_fields_of_the_contract(live_site: Site) -> None:
    live_site.click({"clicks": [{"type": "cheers"}, {"type": "hate"}, {"type": "hate"}]})
    live_site.wait_for_totals(1, 2)
    answer = live_site.timeline()

    assert set(answer) == TIMELINE_FIELDS
    assert set(answer["measured"]) == MEASURED_FIELDS
    assert answer["totals"] == {"cheers": 1, "hate": 2}
    assert (answer["window"], answer["bin"]) == (120, 2)
    assert (sum(answer["series"]["cheers"]), sum(answer["series"]["hate"])) == (1, 2)
    assert answer["state"] == "live"
    assert answer["log"]
    assert answer["incomplete"] is False
    assert answer["complete_since"] is None
    assert answer["repeat_s"] is None
    assert abs(answer["server_time"] - time.time()) < 5


def test_the_data_has_exactly_the_fields_of_the_contract(live_site: Site) -> None:
    clicks = [{"type": "cheers"}, {"type": "hate", "age_ms": 1000}]
    live_site.click({"client": "secret-phone", "seq": 1, "clicks": clicks})
    live_site.wait_for_totals(1, 1)
    text = live_site.ask("GET", "/kafka/data").text
    answer = live_site.data()

    assert set(answer) == DATA_FIELDS
    assert answer["totals"] == {"cheers": 1, "fuck": 1}
    assert [set(click) for click in answer["recent_history"]] == [{"type", "timestamp"}] * 2
    assert [click["type"] for click in answer["recent_history"]] == ["fuck", "cheers"]
    assert answer["truncated"] is answer["incomplete"] is False
    assert answer["state"] == "live"
    assert answer["log"] == live_site.timeline()["log"]
    assert answer["as_of"] == live_site.timeline()["as_of"]
    assert "secret-phone" not in text


def test_each_window_has_60_bins_aligned_to_the_clock(live_site: Site) -> None:
    live_site.click({"type": "cheers"})
    live_site.wait_for_totals(1)
    for window, width in ((120, 2), (900, 15), (3600, 60)):
        assert live_site.timeline(window=window)["bin"] == width
        answer = live_site.timeline(window=window, bin=width)
        assert (answer["window"], answer["bin"]) == (window, width)
        assert len(answer["series"]["cheers"]) == len(answer["series"]["hate"]) == 60
        assert sum(answer["series"]["cheers"]) == 1
        assert answer["start"] % width == 0
        newest = answer["start"] + 59 * width
        assert newest <= answer["server_time"] < newest + width


def test_other_windows_are_refused(site: Site) -> None:
    queries: list[dict[str, Any]] = [
        {"window": 120, "bin": 15},
        {"window": 900, "bin": 2},
        {"bin": 15},
        {"window": 60},
        {"window": "", "bin": ""},
        {"window": "120.0"},
        {"window": [120, 120]},
        {"windwo": 900},
        {"window[0]": 900},
        {"window": "０120"},
        {"window": "-120"},
        {"window": "x" * 5000},
    ]
    for query in queries:
        assert_error(site.ask("GET", "/kafka/timeline", query_string=query), 400)


def test_the_sentence_about_a_window_names_what_was_asked_for(site: Site) -> None:
    windows = "window/bin must be one of 120/2, 900/15, 3600/60"
    for query, asked in [
        ({"window": 7200}, "window=7200"),
        ({"window": 900, "bin": 2}, "window=900 and bin=2"),
        ({"bin": 15}, "window=120 and bin=15"),
    ]:
        answer = site.ask("GET", "/kafka/timeline", query_string=query)
        assert answer.get_json()["message"] == f"{asked}: {windows}"


def test_the_age_of_a_click_moves_it_to_its_bin(live_site: Site) -> None:
    live_site.click({"clicks": [click_of(0), click_of(10), click_of(60), click_of(60.001)]})
    live_site.wait_for_totals(4)
    times = [click["timestamp"] for click in live_site.data()["recent_history"]]
    timeline = live_site.timeline()

    assert times == sorted(times)
    assert [round(times[-1] - time_, 2) for time_ in times] == [60.0, 60.0, 10.0, 0.0]
    expected = [0] * 60
    for time_ in times:
        expected[int(time_ - timeline["start"]) // 2] += 1
    assert timeline["series"]["cheers"] == expected


def test_a_click_older_than_the_widest_window_counts_and_is_not_drawn(live_site: Site) -> None:
    live_site.click({"clicks": [click_of(3605), click_of(24 * 3600), click_of(0)]})
    live_site.wait_for_totals(3)

    assert sum(live_site.timeline(window=3600)["series"]["cheers"]) == 1
    assert len(live_site.data()["recent_history"]) == 1


def test_a_click_leaves_the_recent_history_after_120_seconds(live_site: Site) -> None:
    live_site.click({"clicks": [click_of(110), click_of(121)]})
    live_site.wait_for_totals(2)

    assert len(live_site.data()["recent_history"]) == 1
    assert sum(live_site.timeline(window=900)["series"]["cheers"]) == 2


def test_a_counted_click_is_in_both_answers_at_once(live_site: Site) -> None:
    for count in range(1, 6):
        live_site.click({"type": "hate"})
        live_site.wait_for_totals(0, count)
        assert live_site.data()["totals"]["fuck"] == count


def test_as_of_says_how_far_the_log_is_counted(live_site: Site) -> None:
    before = live_site.timeline()["as_of"]
    live_site.click({"clicks": [click_of(0)] * 3})
    live_site.wait_for_totals(3)

    assert set(before) == {"0"}
    assert live_site.timeline()["as_of"] == {"0": before["0"] + 3}


def test_a_history_larger_than_the_ring_says_that_it_is_truncated(make_site: MakeSite) -> None:
    site = make_site(recent_capacity=5)
    site.wait_for_state("live")
    site.click({"clicks": [click_of(0)] * 5})
    site.wait_for_totals(5)
    assert site.data()["truncated"] is False
    site.click({"type": "hate"})
    site.wait_for_totals(5, 1)
    answer = site.data()

    assert answer["truncated"] is True
    assert [click["type"] for click in answer["recent_history"]] == ["cheers"] * 4 + ["fuck"]
    assert answer["totals"] == {"cheers": 5, "fuck": 1}


def test_an_answer_that_has_not_changed_is_answered_304(live_site: Site) -> None:
    def ask_twice(route: str) -> TestResponse | None:
        first = live_site.ask("GET", route)
        again = live_site.ask("GET", route, headers={"If-None-Match": first.headers["ETag"]})
        return again if again.status_code == 304 else None

    for route in ROUTES:
        again = eventually(partial(ask_twice, route), 5, "the tag never held for two requests")
        assert again is not None
        assert again.data == b""
        assert again.headers["ETag"]
        assert again.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"


def test_a_click_changes_the_entity_tag(live_site: Site) -> None:
    before = {route: live_site.ask("GET", route).headers["ETag"] for route in ROUTES}
    live_site.click({"type": "cheers"})
    live_site.wait_for_totals(1)
    for route, tag in before.items():
        answer = live_site.ask("GET", route, headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert answer.headers["ETag"] != tag


def test_each_window_has_its_own_entity_tag(live_site: Site) -> None:
    tags = {
        live_site.ask("GET", "/kafka/timeline", query_string={"window": window}).headers["ETag"]
        for window in (120, 900, 3600)
    }

    assert len(tags) == 3


def test_the_entity_tag_is_the_same_in_every_process(make_site: MakeSite) -> None:
    one, other = make_site(), make_site()
    one.click({"clicks": [click_of(1), click_of(20)]})
    for site in (one, other):
        site.wait_for_state("live")
        site.wait_for_totals(2)

    def agree(route: str) -> bool:
        tags = {site.ask("GET", route).headers["ETag"] for site in (one, other)}
        return len(tags) == 1

    for route in ROUTES:
        eventually(partial(agree, route), 5, "the entity tags differ")


def test_an_answer_may_be_kept_by_a_shared_cache_for_one_second(site: Site) -> None:
    for route in ROUTES:
        answer = site.ask("GET", route)
        assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
        assert answer.mimetype == "application/json"
        assert site.ask("HEAD", route).status_code == 200


def test_a_timeline_stays_small_however_many_clicks_it_shows(live_site: Site) -> None:
    for seq in range(4):
        clicks = [click_of(place % 100, "hate") for place in range(500)]
        live_site.click({"client": "phone-1", "seq": seq, "clicks": clicks})
    live_site.wait_for_totals(0, 2000)

    assert len(live_site.ask("GET", "/kafka/timeline").data) < 1500


def test_the_time_from_tap_to_counted_is_measured_here(live_site: Site) -> None:
    live_site.click({"clicks": [click_of(0), click_of(5), click_of(6)]})
    live_site.wait_for_totals(3)
    eventually(lambda: live_site.timeline()["measured"]["clicks"] == 3, 4, "nothing is measured")
    measured = live_site.timeline()["measured"]

    assert measured["age_ms"] == [5000, 6000]
    p50, p95 = measured["counted_ms"]
    assert 0 < p50 <= p95 < 2000
    assert all(5000 < ms < 8000 for ms in measured["tap_to_counted_ms"])
    assert measured["lag"] == 0


def test_another_process_measures_nothing_of_it(live_site: Site, make_site: MakeSite) -> None:
    other = make_site()
    other.wait_for_state("live")
    live_site.click({"type": "cheers"})
    other.wait_for_totals(1)

    assert other.timeline()["measured"]["clicks"] == 0
    assert other.timeline()["measured"]["counted_ms"] is None
