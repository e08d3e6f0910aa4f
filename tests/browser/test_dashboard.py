import re
import time
from datetime import datetime
from itertools import pairwise
from operator import ne
from typing import Any

import pytest

from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import Phone
from tests.browser.site import PREFIX, Site, SiteProcess
from tests.waiting import eventually

TIMELINE = "kafka/timeline"
GRAPH = "document.querySelector('.js-plotly-plot')"


def drawn(phone: Phone) -> tuple[int, int]:
    """Return the sums of the two traces, what lies before zero left out."""
    cheers, hate = phone.series()
    return sum(filter(None, cheers)), sum(filter(None, hate))


def draws(phone: Phone, cheers: int, hate: int) -> None:
    """Wait until the chart holds exactly so many clicks."""
    eventually(
        lambda: drawn(phone) == (cheers, hate),
        10,
        lambda: f"{drawn(phone)} are drawn, not {(cheers, hate)}",
    )


def test_what_was_clicked_is_drawn_and_summed(phone: Phone, site: Site) -> None:
    site.click(("cheers", 60), ("cheers", 60), ("hate", 30), ("cheers", 0))
    phone.resize(1280, 800)
    phone.open_dashboard()

    draws(phone, 3, 1)
    phone.shows("#total-cheers", "3")
    phone.shows("#total-hate", "1")
    phone.shows("#status", "Live")
    site.click(("hate", 0))
    draws(phone, 3, 2)
    phone.shows("#total-hate", "2")

    assert phone.driver.title == "Kafka Real-time Dashboard"
    assert phone.text("h1") == "Live Consumer Stream"
    assert phone.text("#age") == ""
    assert phone.console() == []
    assert phone.foreign_requests() == []


def test_the_chart_is_plain_lists_of_60_bins_in_two_colours(phone: Phone, site: Site) -> None:
    site.click(("cheers", 10))
    phone.prefers("dark")
    phone.open_dashboard()

    traces = phone.run(
        f"return {GRAPH}.data.map((t) => [Array.isArray(t.x), Array.isArray(t.y), t.x.length,"
        " t.y.length, t.line.color, t.line.dash])"
    )
    assert traces == [
        [True, True, 60, 60, "#10b981", "solid"],
        [True, True, 60, 60, "#ef4444", "dash"],
    ]
    x = phone.run(f"return {GRAPH}.data[0].x")
    assert {after - before for before, after in pairwise(x)} == {2000}
    mark, _ = phone.run(f"return {GRAPH}.layout.shapes")
    assert mark["visible"] is True
    assert phone.run(f"return {GRAPH}.layout.template.layout.paper_bgcolor") == "rgb(17,17,17)"
    assert mark["x1"] - mark["x0"] == 2000


def test_the_time_axis_is_the_viewers_own(phone: Phone) -> None:
    phone.cdp("Emulation.setTimezoneOverride", timezoneId="Asia/Kolkata")
    phone.open_dashboard()

    newest = phone.run(f"return {GRAPH}.data[0].x.at(-1)") / 1000
    assert abs(newest - (datetime.now().timestamp() + 5.5 * 3600)) < 15  # noqa: DTZ005


@pytest.mark.parametrize("how", ["by dragging", "by a script"])
def test_the_zoom_is_kept_over_redraws(phone: Phone, how: str) -> None:
    phone.resize(1280, 800)
    phone.open_dashboard()
    ranges = f"return ['xaxis', 'yaxis'].map((axis) => {GRAPH}._fullLayout[axis].range)"
    before = phone.run(ranges)
    if how == "by dragging":
        x, y = phone.middle_of(".js-plotly-plot .nsewdrag")
        phone.drag((x - 100, y - 60), (x + 100, y + 60))
    else:
        phone.run(
            f"const x = {GRAPH}.data[0].x;"
            f"Plotly.relayout({GRAPH}, {{'xaxis.range': [x[20], x[40]], 'yaxis.range': [0, 3]}})"
        )
    eventually(lambda: all(map(ne, phone.run(ranges), before)), 2, "nothing is zoomed")
    zoomed = phone.run(ranges)
    oldest = phone.run(f"return {GRAPH}.data[0].x[0]")

    eventually(lambda: phone.run(f"return {GRAPH}.data[0].x[0]") > oldest, 10, "no redraw")
    assert phone.run(ranges) == zoomed

    phone.run("document.querySelector('.modebar-btn[data-title=\"Reset axes\"]').click()")
    eventually(lambda: phone.run(ranges)[1] == before[1], 2, "the zoom is not reset")


def test_the_chart_offers_no_upload_and_no_link(phone: Phone) -> None:
    phone.resize(1280, 800)
    phone.open_dashboard()

    titles = phone.run(
        "return [...document.querySelectorAll('.modebar-btn')].map((b) => b.dataset.title)"
    )
    assert "Reset axes" in titles
    assert not [title for title in titles if re.search("share|cloud|plotly", title, re.IGNORECASE)]


def test_answers_that_take_5_s_are_asked_one_by_one_and_each_is_drawn(
    phone: Phone, gate: Gate
) -> None:
    phone.open_dashboard()
    gate.trouble[TIMELINE] = Trouble(hold_answer=5)
    eventually(lambda: phone.text("#status") == "Reconnecting…", 6, "the delay is not shown")
    gate.most_at_once.clear()
    phone.run(
        f"window.redraws = 0; {GRAPH}.on('plotly_afterplot', () => {{ window.redraws += 1; }});"
    )
    answered = gate.answered(TIMELINE)
    # The first may show what is drawn already; each later one is two bins newer.
    eventually(lambda: gate.answered(TIMELINE) >= answered + 3, 20, "no answers")
    eventually(lambda: phone.run("return window.redraws") >= 2, 2, "answers were not drawn")

    gate.trouble.clear()
    eventually(
        lambda: gate.count(TIMELINE) >= answered + 5 and phone.text("#status") == "Live",
        10,
        "not live again after the delay",
    )
    assert gate.most_at_once[f"{PREFIX}/{TIMELINE}"] == 1


@pytest.mark.parametrize(
    "trouble",
    [Trouble(lose="request"), Trouble(hold_answer=60), Trouble(status=502, body="<h1>Bad")],
    ids=["no answer", "silence", "a proxy's error"],
)
def test_reconnecting_within_3_s_and_then_stale(phone: Phone, gate: Gate, trouble: Trouble) -> None:
    phone.open_dashboard()
    phone.shows("#status", "Live")

    gate.trouble[TIMELINE] = trouble
    phone.shows("#status", "Reconnecting…", seconds=3)
    begun = time.monotonic()
    eventually(lambda: re.fullmatch(r"Stale: 1\d s", phone.text("#age")), 12, "not called stale")
    assert time.monotonic() - begun > 5

    gate.clear()
    phone.shows("#status", "Live", seconds=5)
    phone.shows("#age", "")


def test_the_server_killed_and_restarted(phone_of: PhoneOf, site_process: SiteProcess) -> None:
    site, phone = site_process, phone_of(site_process)
    site.click(("cheers", 0), ("hate", 0))
    phone.open_dashboard()
    draws(phone, 1, 1)

    site.kill()
    phone.shows("#status", "Reconnecting…", seconds=3)
    assert phone.text("#total-cheers") == "1"
    site.start()
    phone.shows("#status", "Live", seconds=10)
    site.click(("cheers", 0))

    draws(phone, 2, 1)
    phone.shows("#total-cheers", "2")
    assert all("Failed to load resource" in entry for entry in phone.console())


@pytest.mark.parametrize(
    ("consumers_state", "text"),
    [
        ("connecting", "Connecting…"),
        ("catching up", "Catching up…"),
        ("reconnecting", "Reconnecting…"),
        ("disabled", "Disabled"),
    ],
)
def test_the_status_tells_the_consumers_state(
    phone: Phone, gate: Gate, site: Site, consumers_state: str, text: str
) -> None:
    body = {**site.timeline(), "state": consumers_state}
    gate.trouble[TIMELINE] = Trouble(status=200, body=body)

    phone.open_dashboard()

    phone.shows("#status", text)


def test_what_is_not_whole_is_said(phone: Phone, gate: Gate, site: Site) -> None:
    answer = site.timeline()
    changes = {"incomplete": True, "complete_since": answer["start"] + 60}
    gate.trouble[TIMELINE] = Trouble(status=200, body={**answer, **changes})

    phone.open_dashboard()

    eventually(lambda: "lack clicks" in phone.text("#note"), 5, "nothing is said")
    assert "complete since" in phone.text("#note")


def test_an_older_answer_does_not_take_clicks_back(phone: Phone, gate: Gate, site: Site) -> None:
    before = site.timeline()
    site.click(("cheers", 0))
    phone.open_dashboard()
    phone.shows("#total-cheers", "1")

    gate.trouble[TIMELINE] = Trouble(status=200, body={**before, "state": "catching up"})
    phone.shows("#status", "Catching up…")
    assert phone.text("#total-cheers") == "1"
    assert drawn(phone) == (1, 0)

    gate.trouble[TIMELINE] = Trouble(status=200, body={**before, "log": "another"})
    phone.shows("#total-cheers", "0")


def test_the_rate_of_redraws_is_a_setting(make_site: MakeSite, phone_of: PhoneOf) -> None:
    phone = phone_of(make_site(refresh_ms=100))
    phone.open_dashboard()

    started = time.monotonic()
    phone.run(
        "window.asked = 0; const real = window.fetch;"
        "window.fetch = (...a) => { window.asked += 1; return real(...a); };"
    )
    eventually(lambda: phone.run("return window.asked") >= 10, 8, "too few requests")
    assert time.monotonic() - started < 8


def test_the_join_address_stands_beside_the_chart(make_site: MakeSite, phone_of: PhoneOf) -> None:
    phone = phone_of(make_site(join_url="http://192.0.2.7:8050/j"))
    phone.resize(1280, 800)
    phone.open_dashboard()

    assert phone.text(".join-address") == "http://192.0.2.7:8050/j"
    code: Any = phone.find(".join-code")
    assert code.get_attribute("src").startswith("data:image/svg+xml")
    assert code.size["width"] >= 200
    assert phone.run("return document.documentElement.scrollHeight") == 800


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (1280, 800), (1920, 1080)])
def test_the_page_fits_the_screen(phone: Phone, width: int, height: int) -> None:
    phone.resize(width, height)
    phone.open_dashboard()

    assert phone.run("return document.documentElement.scrollWidth") == width
    graph = phone.find(".js-plotly-plot").size
    assert graph["width"] > 0.7 * width
    assert graph["height"] > 0.3 * height
    assert phone.console() == []


def test_the_landing_page_fits_a_phone_and_leads_to_both(phone: Phone) -> None:
    phone.resize(320, 568)
    phone.browser.wait_for_page(phone.base + "/")

    assert phone.run("return document.documentElement.scrollWidth") == 320
    links = phone.run("return [...document.querySelectorAll('a')].map((a) => a.href)")
    assert links == [f"{phone.base}/kafka-clicker", f"{phone.base}/kafka-dashboard"]
    assert phone.console() == []
    assert phone.foreign_requests() == []
