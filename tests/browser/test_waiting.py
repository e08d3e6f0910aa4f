"""Taps that wait: what is said of them, when they go, and with which time they arrive."""

import time

from tests.browser.gate import Gate, Trouble
from tests.browser.phone import CHEERS, HATE, Phone
from tests.browser.site import Site

CLICK = "kafka/click"


WATCH = """
window.times = {};
addEventListener("pointerdown", () => { times.tapped = performance.now(); }, true);
new MutationObserver(() => { times[arguments[0].textContent] = performance.now(); })
  .observe(arguments[0], { childList: true, characterData: true, subtree: true });
"""


def test_what_waits_for_a_moment_is_not_worth_a_word(phone: Phone, gate: Gate) -> None:
    phone.open_clicker()
    phone.tap(CHEERS)
    phone.shows("#delivery", "Sent: 1")
    phone.run(WATCH, phone.find("#react-entry-point #delivery"))
    gate.trouble[CLICK] = Trouble(hold_request=10)

    phone.tap(CHEERS)
    phone.shows("#delivery", "Waiting: 1")
    gate.clear()
    phone.shows("#delivery", "Sent: 2")

    times = phone.run("return times")
    assert times["Waiting: 1"] - times["tapped"] >= 1000


def test_the_status_follows_the_switch_of_language(phone: Phone, gate: Gate) -> None:
    gate.trouble[CLICK] = Trouble(status=503, body={"status": "error", "appended": False})
    phone.open_clicker()
    phone.tap(CHEERS)
    phone.shows("#delivery", "Waiting: 1")

    phone.speaks("es")

    phone.shows("#delivery", "En espera: 1")
    assert phone.text("#react-entry-point .pad.reaction-1 .pad-count") == "1 por ti"
    phone.tap(HATE)
    phone.shows("#delivery", "En espera: 2")


def test_a_phone_without_a_network_says_so_at_once(phone: Phone, site: Site) -> None:
    phone.open_clicker()
    phone.network(online=False)
    phone.tap(CHEERS)
    phone.shows("#delivery", "Offline, waiting: 1", seconds=3)

    phone.network(online=True)

    phone.shows("#delivery", "Sent: 1")
    site.has_counted(1, 0)


def test_a_tab_closed_offline_leaves_its_taps_with_their_times(phone: Phone, site: Site) -> None:
    phone.cdp(
        "Page.addScriptToEvaluateOnNewDocument",
        source="const { now } = Date; Date.now = () => now() - 60000",
    )
    phone.open_clicker()
    phone.network(online=False)
    for button in (CHEERS, CHEERS, HATE):
        phone.tap(button)
    tapped = time.time() - 60
    phone.shows("#delivery", "Offline, waiting: 3")
    first = phone.driver.current_window_handle
    phone.driver.switch_to.new_window("tab")
    second = phone.driver.current_window_handle
    phone.driver.switch_to.window(first)
    phone.driver.close()
    phone.driver.switch_to.window(second)

    phone.open_clicker()

    site.has_counted(2, 1)
    phone.has_sent_all()
    timeline = site.timeline()
    cheers = timeline["series"]["cheers"]
    drawn = [timeline["start"] + 2 * at for at, count in enumerate(cheers) if count]
    assert all(tapped - 4 <= start <= tapped for start in drawn), (drawn, tapped)
    assert drawn


def test_a_server_that_asks_for_a_pause_gets_it(phone: Phone, gate: Gate, site: Site) -> None:
    phone.open_clicker()
    body = {"status": "error", "message": "Too many clicks"}
    gate.trouble[CLICK] = Trouble(status=429, body=body, retry_after=4)
    phone.tap(CHEERS)
    phone.shows("#toast", "Not sent yet: Too many clicks")
    gate.clear()
    phone.tap(HATE)

    site.has_counted(1, 1)
    phone.shows("#delivery", "Sent: 2")
    first, second = [seen for seen in gate.seen if CLICK in seen.path]
    assert second.at - first.at >= 4
    assert second.body["seq"] == first.body["seq"]
