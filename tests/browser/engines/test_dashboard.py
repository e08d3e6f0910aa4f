"""The dashboard and the report on the engines beside Chromium: drawn, live, and quiet if unseen."""

import time

from tests.browser.engines.engines import each_engine
from tests.browser.engines.phone import EnginePhone
from tests.browser.gate import Gate
from tests.browser.reports import drawn as drawn_in_report
from tests.browser.reports import open_report
from tests.browser.site import Site
from tests.browser.states import TIMELINE, start_talk
from tests.browser.test_dashboard import drawn, draws
from tests.browser.test_return import stays_quiet
from tests.waiting import eventually

REFRESH_MS = 1000
"""The default of the setting."""


def in_window(site: Site) -> tuple[int, ...]:
    """Return the taps of each button that the curve has to show now."""
    return tuple(sum(taps) for taps in site.timeline()["series"].values())


def test_what_was_clicked_is_drawn_and_the_page_is_live(phone: EnginePhone, site: Site) -> None:
    site.click(("cheers", 60), ("cheers", 60), ("hate", 30), ("cheers", 0))
    phone.open_dashboard()

    draws(phone, 3, 1)
    phone.shows("#total-cheers", "3")
    phone.shows("#status", "Live")
    site.click(("hate", 0))
    draws(phone, 3, 2)
    phone.shows("#total-hate", "2")
    ticks = "return document.querySelectorAll('#timeline .xtick, #timeline .ytick').length"
    assert phone.run(ticks) > 4
    assert phone.console() == []
    assert phone.foreign_requests() == []


def test_a_talk_comes_with_its_totals_and_its_end_leads_to_the_report(
    phone: EnginePhone, site: Site
) -> None:
    phone.open_dashboard()
    start_talk(site, marks=[(55, "Slide 7")])
    phone.shows("#talk-name", "Kafka in an hour")
    totals = site.timeline()["talk"]["totals"]
    phone.shows("#total-cheers", f"{totals['cheers']:,}")
    # The oldest taps of the crowd leave the curve meanwhile.
    eventually(lambda: drawn(phone) == in_window(site), 10, "the curve is not that of the window")
    assert "Slide 7" in phone.run("return document.querySelector('#timeline').textContent")

    talk = site.timeline()["talk"]["id"]
    site.present("PATCH", f"/{talk}", {"ended_at": int(time.time()) - 1})
    eventually(lambda: not phone.find("#talk-name").is_displayed(), 10, "the talk stays")
    assert phone.console() == []
    open_report(phone, f"?talk={talk}")
    assert drawn_in_report(phone) == [*totals.values()]


@each_engine(webkit="whose driver chooses no tabs, by assistive technology")
def test_a_hidden_tab_asks_nothing_and_once_when_it_is_seen_again(
    phone: EnginePhone, gate: Gate
) -> None:
    phone.open_dashboard()
    page = phone.driver.current_window_handle
    phone.open_tab()
    stays_quiet(gate, REFRESH_MS)
    asked = gate.count(TIMELINE)

    phone.look_at(page)

    eventually(lambda: gate.count(TIMELINE) > asked + 2, 10, "nothing is asked any more")
    returned, *later = [seen.at for seen in gate.seen if TIMELINE in seen.path][asked:]
    assert min(later) - returned > REFRESH_MS / 1000 / 2
    phone.shows("#status", "Live")
    assert phone.console() == []


@each_engine(webkit="whose driver has no console, by a script once the page is there")
def test_the_console_of_a_page_is_heard(phone: EnginePhone) -> None:
    phone.open_dashboard()
    assert phone.console() == []

    phone.run("console.error('a complaint')")

    eventually(lambda: "a complaint" in "".join(phone.console()), 5, "nothing is heard")
