"""Buttons of a site's own: what the routes take, count and show of them."""

from typing import Any

import pytest

from dash_app.settings.reactions import SEED, Reaction
from tests.sites import Site
from tests.waiting import eventually
from tests.web.conftest import MakeSite
from tests.web.test_click import assert_refused, assert_unoffered
from tests.web.test_timeline_csv import rows_of

REACTIONS = (*SEED, Reaction("too-slow_2", "<b>Too slow</b> 🐢"), Reaction("-1", "=1+1"))


@pytest.fixture
def own_site(make_site: MakeSite) -> Site:
    """A site with two buttons beside the seed's, which follows its log."""
    site = make_site(reactions=REACTIONS)
    site.wait_for_state("live")
    return site


def test_clicks_of_each_key_are_taken_counted_and_drawn(own_site: Site) -> None:
    keys = ["cheers", "fuck", "hate", "too-slow_2", "too-slow_2", "-1"]
    answer = own_site.click({"client": "phone-1", "seq": 1, "clicks": [{"type": k} for k in keys]})
    single = own_site.click({"type": "too-slow_2"})
    totals = {"cheers": 1, "hate": 2, "too-slow_2": 3, "-1": 1}
    eventually(lambda: own_site.timeline()["totals"] == totals, 2, "the clicks are not counted")
    timeline, data = own_site.timeline(), own_site.data()

    assert (answer.status_code, single.status_code) == (200, 200)
    assert single.get_json()["message"] == "Click too-slow_2 sent!"
    assert timeline["reactions"] == [reaction._asdict() for reaction in REACTIONS]
    assert list(timeline["totals"].items()) == list(totals.items())
    assert {key: sum(counts) for key, counts in timeline["series"].items()} == totals
    assert own_site.service.totals() == totals
    assert data["totals"] == {"cheers": 1, "fuck": 2, "too-slow_2": 3, "-1": 1}
    assert sorted(click["type"] for click in data["recent_history"]) == sorted(
        ["cheers", "fuck", "fuck", *["too-slow_2"] * 3, "-1"]
    )
    heads, *rows = rows_of(own_site)
    assert heads[2:] == ["cheers", "hate", "too-slow_2", "'-1", "share_of_cheers", "complete"]
    assert [sum(int(row[column]) for row in rows) for column in range(2, 6)] == [1, 2, 3, 1]


def test_what_no_button_sends_is_refused_whole_and_changes_nothing(own_site: Site) -> None:
    for kind in ("Too-slow_2", "too-slow_2 ", "too-slow_2\n", "", "x" * 33, "too many types"):
        bodies: list[Any] = [{"type": kind}, {"clicks": [{"type": "too-slow_2"}, {"type": kind}]}]
        for body in bodies:
            assert_refused(own_site.click(body), 400, "Invalid click type")
    assert_unoffered(own_site.click({"clicks": [{"type": "-1"}, {"type": "ok"}]}), "ok")
    own_site.click({"type": "cheers"})
    own_site.wait_for_totals(1)

    assert own_site.timeline()["totals"] == {"cheers": 1, "hate": 0, "too-slow_2": 0, "-1": 0}


def test_other_buttons_change_no_total_and_earlier_ones_come_back(make_site: MakeSite) -> None:
    before = make_site(reactions=REACTIONS)
    before.wait_for_state("live")
    before.click({"clicks": [{"type": "too-slow_2"}] * 3 + [{"type": "hate"}]})
    before.wait_for_totals(0, 1)
    other = make_site()
    other.wait_for_totals(0, 1, seconds=15)
    again = make_site(reactions=REACTIONS[::-1])
    again.wait_for_totals(0, 1, seconds=15)

    assert other.timeline()["totals"] == {"cheers": 0, "hate": 1}
    assert other.data()["totals"] == {"cheers": 0, "fuck": 1}
    assert [click["type"] for click in other.data()["recent_history"]] == ["fuck"]
    assert_unoffered(other.click({"type": "too-slow_2"}), "too-slow_2")
    assert list(again.timeline()["totals"].items()) == [
        ("-1", 0), ("too-slow_2", 3), ("hate", 1), ("cheers", 0),
    ]  # fmt: skip
    assert again.timeline()["unreadable"] == other.timeline()["unreadable"] == {}


def test_a_label_is_text_in_json(own_site: Site) -> None:
    answer = own_site.ask("GET", "/kafka/timeline")

    assert answer.mimetype == "application/json"
    assert answer.get_json()["reactions"][2]["label"] == "<b>Too slow</b> 🐢"
