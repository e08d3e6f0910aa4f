"""What the viewer of the dashboard chooses: window, pause, zero, presenter view."""

from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.browser.states import TIMELINE
from tests.browser.test_dashboard import GRAPH, draws
from tests.browser.viewer import press, query, saved_rows
from tests.waiting import eventually

JOIN = "http://192.168.1.20:8050/j"


def test_the_window_is_carried_by_the_address(phone: Phone, site: Site) -> None:
    site.click(("cheers", 300), ("hate", 30))
    phone.open_dashboard("?window=900&other=1")
    draws(phone, 1, 1)
    x = phone.run(f"return {GRAPH}.data[0].x")
    assert x[1] - x[0] == 15000
    assert phone.text("#panel-title") == "Clicks per 15 seconds, last 15 minutes"

    phone.run("document.querySelector('#window-3600').click()")
    eventually(lambda: query(phone).get("window") == ["3600"], 2, "the address stays")
    eventually(lambda: phone.run(f"return {GRAPH}.data[0].x[1]") > x[1] - 3e6, 5, "not drawn")
    phone.run("document.querySelector('#window-120').click()")
    draws(phone, 0, 1)
    assert query(phone) == {"other": ["1"]}
    assert phone.console() == []


def test_zero_is_in_the_address_and_holds_for_whoever_opens_it(phone: Phone, site: Site) -> None:
    site.click(*[("cheers", 30)] * 5, ("hate", 20))
    phone.open_dashboard()
    phone.shows("#total-cheers", "5")
    press(phone, "zero")
    phone.shows("#total-cheers", "0")
    eventually(lambda: not any(phone.series()[0]), 3, "clicks before zero are drawn")
    assert phone.run(f"return {GRAPH}.data[0].y[0]") is None
    assert "No clicks since" in phone.text("#empty")

    site.click(("cheers", 0), ("hate", 0), ("hate", 0))
    phone.shows("#total-cheers", "1")
    phone.shows("#total-hate", "2")
    phone.shows("#share", "33%")
    search = urlparse(phone.driver.current_url).query
    phone.driver.get("about:blank")
    phone.open_dashboard(f"?{search}")
    phone.shows("#total-hate", "2")
    assert site.totals() == (6, 3)

    press(phone, "all")
    phone.shows("#total-cheers", "6")
    assert query(phone) == {}
    assert phone.console() == []


def test_the_bins_since_zero_add_up_to_the_totals(phone: Phone, site: Site, tmp_path: Path) -> None:
    phone.open_dashboard("?window=3600")
    site.click(*[("cheers", 0)] * 5, ("hate", 0))
    phone.shows("#total-cheers", "5")
    press(phone, "zero")
    phone.shows("#total-cheers", "0")
    draws(phone, 0, 0)

    site.click(("cheers", 0), ("hate", 0), ("hate", 0))
    phone.shows("#total-hate", "2")
    draws(phone, 1, 2)
    rows = saved_rows(phone, tmp_path)
    assert [sum(int(row[kind]) for row in rows) for kind in ("Cheers 👍", "Hate 👎")] == [1, 2]
    assert phone.console() == []


def test_another_log_ends_zero(phone: Phone, gate: Gate, site: Site) -> None:
    phone.open_dashboard()
    press(phone, "zero")
    eventually(lambda: "zero" in query(phone), 5, "no zero")
    totals = {"cheers": 7, "hate": 0}
    gate.trouble[TIMELINE] = Trouble(
        status=200, body={**site.timeline(), "log": "new", "totals": totals}
    )
    phone.shows("#total-cheers", "7")
    assert query(phone) == {}


def test_a_pause_holds_the_picture_and_asks_nothing(phone: Phone, gate: Gate, site: Site) -> None:
    site.click(("cheers", 20))
    phone.open_dashboard()
    draws(phone, 1, 0)
    press(phone, "pause")
    phone.shows("#status", "Paused")
    site.click(("cheers", 0))
    site.has_counted(2, 0)
    requests_before = gate.count(TIMELINE)
    x = phone.run(f"return {GRAPH}.data[0].x[0]")
    eventually(lambda: "Stale" in phone.text("#age"), 15, "the age is not shown")
    assert gate.count(TIMELINE) == requests_before
    assert phone.run(f"return {GRAPH}.data[0].x[0]") == x
    assert phone.text("#total-cheers") == "1"

    press(phone, "live")
    phone.shows("#total-cheers", "2")
    phone.shows("#status", "Live")
    assert phone.find("#live").is_displayed() is False


def test_jump_to_live_ends_a_zoom(phone: Phone) -> None:
    phone.resize(1280, 800)
    phone.open_dashboard()
    phone.run(
        f"const x = {GRAPH}.data[0].x; Plotly.relayout({GRAPH}, {{'xaxis.range': [x[9], x[19]]}})"
    )
    eventually(lambda: phone.find("#live").is_displayed(), 3, "no way back is offered")
    press(phone, "live")
    axis = f"{GRAPH}._fullLayout.xaxis"
    eventually(lambda: phone.run(f"return {axis}.autorange") is True, 3, "still zoomed")
    eventually(lambda: not phone.find("#live").is_displayed(), 3, "still offered")


def test_presenter_view_is_large_enough_for_a_room(make_site: MakeSite, phone_of: PhoneOf) -> None:
    site = make_site(join_url=JOIN)
    site.click(*[("cheers", 10)] * 500)
    site.click(*[("hate", 20)] * 400)
    phone = phone_of(site)
    phone.resize(1920, 1080)
    phone.open_dashboard("?view=presenter")
    draws(phone, 500, 400)

    size = "return [...document.querySelectorAll(arguments[0])].map((e) =>"
    size += " parseFloat(getComputedStyle(e)[arguments[1]]))"
    for selector, least in [
        ("#total-cheers, #total-hate", 96),
        (".xtick text, .ytick text, .legendtext", 24),
    ]:
        sizes = phone.run(size, selector, "fontSize")
        assert len(sizes) >= 2
        assert min(sizes) >= least
    lines = phone.run(size, ".scatterlayer .js-line", "strokeWidth")
    assert len(lines) == 2
    assert min(lines) >= 4
    code = phone.box(".join-code")
    assert min(code["width"], code["height"]) >= 320
    ground = phone.run(
        "return getComputedStyle(document.querySelector('.join-code')).backgroundColor"
    )
    assert ground == "rgb(255, 255, 255)"
    assert phone.text(".join-address") == JOIN
    assert phone.run("return document.documentElement.scrollHeight") == 1080
    assert phone.box(".titles")["width"] == 1
    hidden = [
        ".switches",
        ".panel-head .controls",
        "#rate",
        "#share",
        ".remarks",
        "#csv",
        "#png",
        "#status",
    ]
    for selector in hidden:
        assert phone.find(f"#react-entry-point {selector}").is_displayed() is False, selector


def test_the_code_can_be_hidden_and_the_view_left(make_site: MakeSite, phone_of: PhoneOf) -> None:
    phone = phone_of(make_site(join_url=JOIN))
    phone.resize(1280, 800)
    phone.open_dashboard()
    press(phone, "presenter")
    press(phone, "code")
    eventually(
        lambda: query(phone) == {"view": ["presenter"], "qr": ["off"]}, 2, "the address stays"
    )
    assert phone.find(".join-code").is_displayed() is False
    assert phone.find(".switches").is_displayed() is False
    width = phone.box(".panel")["width"]
    eventually(
        lambda: phone.run(f"return {GRAPH}.clientWidth") > 0.9 * width, 3, "the curve stays small"
    )
    press(phone, "code")
    press(phone, "presenter")
    eventually(lambda: query(phone) == {}, 2, "the address stays")
    assert phone.find(".switches").is_displayed() is True


def test_everything_is_done_by_keys_and_seen_to_have_the_focus(phone: Phone) -> None:
    phone.resize(1280, 800)
    phone.open_dashboard()
    reached: list[Any] = []
    for _ in range(30):
        for kind in ("rawKeyDown", "keyUp"):
            phone.cdp(
                "Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9
            )
        reached.append(
            phone.run(
                "const e = document.activeElement; return [e.id || e.dataset.do || e.dataset.switch"
                " || e.textContent, getComputedStyle(e).outlineStyle]"
            )
        )
    names = [name for name, _ in reached]
    stops = ["language", "theme", "window-120", "window-3600", "pause", "zero", "measured", "csv"]
    assert [name for name in [*stops, "full", "presenter"] if name not in names] == [], names
    assert [name for name, outline in reached if outline == "none" and name in stops] == []

    phone.run("document.querySelector('#pause').focus()")
    phone.key("keyDown", "Enter")
    phone.key("keyUp", "Enter")
    phone.shows("#status", "Paused")
