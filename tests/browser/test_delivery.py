import time

from tests.browser.conftest import PhoneOf
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import CHEERS, HATE, Phone
from tests.browser.site import PREFIX, Site, SiteProcess
from tests.waiting import eventually

CLICK = "kafka/click"
REPEAT = "kafka/repeat"
NOT_APPENDED = {"status": "error", "message": "Failed to send to Kafka", "appended": False}


def test_while_every_request_hangs_each_tap_changes_the_own_count(
    phone: Phone, gate: Gate, site: Site
) -> None:
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(hold_request=10)

    started = time.monotonic()
    for tap in range(1, 21):
        phone.tap(CHEERS)
        phone.shows("#cheers-count", str(tap), seconds=1)
    assert time.monotonic() - started < 9
    assert gate.answered(CLICK) == 0
    phone.shows("#delivery", "Waiting: 20")
    gate.clear()

    site.has_counted(20, 0)
    phone.shows("#delivery", "Sent: 20")
    assert gate.most_at_once[f"{PREFIX}/{CLICK}"] == 1


def test_an_answer_that_was_lost_makes_no_second_click(
    phone: Phone, gate: Gate, site: Site
) -> None:
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(lose="answer")
    phone.tap(CHEERS)
    site.has_counted(1, 0)
    eventually(lambda: "Offline" in phone.text("#delivery"), 10, "the page does not say offline")
    phone.tap(HATE)

    gate.clear()

    site.has_counted(1, 1)
    phone.has_sent_all()
    assert phone.text("#delivery") == "Sent: 2"
    bodies = [seen.body for seen in gate.seen if CLICK in seen.path]
    assert [body["seq"] for body in bodies] == [0, 0, 1]
    assert bodies[1]["clicks"][0]["age_ms"] > bodies[0]["clicks"][0]["age_ms"]


def test_after_a_network_error_the_server_must_answer_first(
    phone: Phone, gate: Gate, site: Site
) -> None:
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(lose="request")
    gate.trouble[REPEAT] = Trouble(lose="request")
    phone.tap(CHEERS)
    phone.shows("#toast", "Not sent yet: no answer from the server")
    eventually(lambda: gate.count(REPEAT) >= 3, 15, "the page does not ask whether it may repeat")

    assert gate.count(CLICK) == 1
    gate.clear()
    site.has_counted(1, 0)


def test_the_server_killed_and_restarted(phone_of: PhoneOf, site_process: SiteProcess) -> None:
    site, phone = site_process, phone_of(site_process)
    phone.open_clicker()
    phone.tap(CHEERS)
    site.has_counted(1, 0)

    site.kill()
    for _ in range(5):
        phone.tap(HATE)
    phone.shows("#hate-count", "5")
    eventually(lambda: "Offline" in phone.text("#delivery"), 10, "the page does not say offline")
    site.start()

    site.has_counted(1, 5, seconds=20)
    phone.has_sent_all()
    assert all("Failed to load resource" in entry for entry in phone.console())


def test_two_tabs_count_apart_and_lose_nothing(phone: Phone, site: Site) -> None:
    phone.open_clicker()
    phone.tap(CHEERS)
    first = phone.driver.current_window_handle
    phone.driver.switch_to.new_window("tab")
    phone.resize(390, 844)
    phone.open_clicker()
    phone.tap(CHEERS)
    phone.tap(HATE)
    phone.shows("#cheers-count", "1")
    phone.driver.switch_to.window(first)
    phone.tap(HATE)

    site.has_counted(2, 2)
    phone.has_sent_all()


def test_taps_that_wait_survive_a_reload(phone: Phone, gate: Gate, site: Site) -> None:
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(status=503, body=NOT_APPENDED)
    for _ in range(3):
        phone.tap(CHEERS)
    eventually(lambda: gate.count(CLICK) > 0, 5, "nothing was sent")
    assert site.totals() == (0, 0)
    old = phone.stored()

    phone.open_clicker()
    assert phone.stored() == old
    # They wait as taps that were never sent: no time is too late for them.
    assert all(batch["sent"] is None for key in old for batch in phone.batches(key))
    phone.shows("#react-entry-point #cheers-count", "3")
    gate.clear()

    site.has_counted(3, 0, seconds=30)
    phone.has_sent_all()
    clients = {seen.body["client"] for seen in gate.seen if CLICK in seen.path}
    assert {f"clicks:{PREFIX}/:{client}" for client in clients} == set(old)


def test_a_tab_closed_with_taps_in_flight_has_handed_them_over(
    phone: Phone, gate: Gate, site: Site
) -> None:
    phone.open_clicker()
    first = phone.driver.current_window_handle
    phone.driver.switch_to.new_window("tab")
    phone.resize(390, 844)
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(hold_request=60)
    phone.tap(CHEERS)
    eventually(lambda: gate.count(CLICK) == 1, 5, "the first tap is not under way")
    for _ in range(4):
        phone.tap(HATE)
    phone.shows("#hate-count", "4")
    gate.trouble.clear()

    phone.driver.close()
    phone.driver.switch_to.window(first)

    site.has_counted(1, 4)
    # The answer to a beacon reaches no page: the next visit asks again, and nothing counts twice.
    assert len(phone.stored()) == 1
    phone.open_clicker()
    phone.has_sent_all()
    assert site.totals() == (1, 4)


def test_the_way_back_to_a_left_page_goes_on(phone: Phone, site: Site) -> None:
    phone.open_clicker()
    phone.tap(CHEERS)
    phone.driver.get(phone.base + "/")
    phone.driver.back()
    phone.browser.wait_for_element(CHEERS)

    phone.tap(CHEERS)

    site.has_counted(2, 0)
    phone.has_sent_all()


def test_without_the_right_to_write_the_page_says_why(phone: Phone, gate: Gate) -> None:
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(
        status=403, body={"status": "error", "message": "Not allowed to write to the topic"}
    )

    phone.tap(CHEERS)

    phone.shows("#toast", "Not sent: Not allowed to write to the topic")
    phone.shows("#delivery", "Not allowed, waiting: 1")


def test_a_failure_is_told_honestly_and_repeated(phone: Phone, gate: Gate, site: Site) -> None:
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(status=503, body=NOT_APPENDED)

    phone.tap(CHEERS)

    phone.shows("#toast", "Not sent yet: Failed to send to Kafka")
    phone.shows("#delivery", "Waiting: 1")
    gate.clear()
    phone.shows("#toast", "Event sent: CHEERS 🚀")
    site.has_counted(1, 0)


def test_what_may_not_be_repeated_any_more_is_unknown(phone: Phone, gate: Gate) -> None:
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(status=503, body={"status": "error", "message": "Failed"})
    gate.trouble[REPEAT] = Trouble(status=200, body={"repeat_s": 0})

    phone.tap(CHEERS)

    phone.shows("#delivery", "Ready · Unknown: 1")
    assert gate.count(CLICK) == 1
    assert phone.stored() == []


def test_a_proxys_page_is_no_acknowledgement(phone: Phone, gate: Gate, site: Site) -> None:
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(status=200, body="<h1>Log in to this Wi-Fi</h1>")

    phone.tap(CHEERS)
    eventually(lambda: gate.answered(CLICK) > 0, 5, "nothing was sent")
    assert len(phone.stored()) == 1
    gate.clear()

    site.has_counted(1, 0, seconds=30)


def test_a_redirect_is_followed_nowhere_and_is_no_acknowledgement(
    phone: Phone, gate: Gate, site: Site
) -> None:
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(status=302, location="elsewhere")
    gate.trouble["elsewhere"] = Trouble(status=200, body={"status": "success"})

    phone.tap(CHEERS)
    phone.shows("#toast", "Not sent yet: no answer from the server")
    assert gate.count("elsewhere") == 0
    assert len(phone.stored()) == 1
    gate.clear()

    site.has_counted(1, 0, seconds=30)


def test_nothing_found_for_a_moment_loses_no_tap(phone: Phone, gate: Gate, site: Site) -> None:
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(status=404, body={"status": "error", "message": "Not found"})

    phone.tap(CHEERS)
    phone.shows("#toast", "Not sent yet: Not found")
    gate.clear()

    site.has_counted(1, 0, seconds=30)
    phone.shows("#delivery", "Sent: 1")


def test_a_page_left_offline_keeps_its_taps_for_later(phone: Phone, gate: Gate, site: Site) -> None:
    phone.open_clicker()
    phone.run("Object.defineProperty(navigator, 'onLine', { get: () => false })")
    phone.run("window.sends = 0; navigator.sendBeacon = () => { window.sends += 1; return true; }")
    gate.trouble[CLICK] = Trouble(hold_request=20)
    phone.tap(CHEERS)
    eventually(lambda: gate.count(CLICK) == 1, 5, "the first tap is not under way")
    phone.tap(HATE)
    phone.run("window.dispatchEvent(new PageTransitionEvent('pagehide'))")

    assert phone.run("return window.sends") == 1
    (key,) = phone.stored()
    assert [batch["sent"] is None for batch in phone.batches(key)] == [False, True]
    gate.clear()
    site.has_counted(1, 1)


def test_a_clock_set_forward_drops_no_tap_and_ages_none(
    phone: Phone, gate: Gate, site: Site
) -> None:
    phone.open_clicker()
    gate.trouble[CLICK] = Trouble(status=503, body=NOT_APPENDED)
    phone.tap(CHEERS)
    phone.shows("#delivery", "Waiting: 1")

    phone.run("const now = Date.now; Date.now = () => now() + 25 * 3600 * 1000")
    gate.clear()

    site.has_counted(1, 0, seconds=30)
    (click,) = [seen.body for seen in gate.seen if CLICK in seen.path][-1]["clicks"]
    assert click["age_ms"] < 30000
    phone.shows("#delivery", "Sent: 1")


def test_with_the_storage_blocked_taps_are_sent_all_the_same(phone: Phone, site: Site) -> None:
    phone.cdp(
        "Page.addScriptToEvaluateOnNewDocument",
        source="Storage.prototype.setItem = () => { throw new Error('QuotaExceededError'); };",
    )
    phone.open_clicker()

    phone.tap(CHEERS)
    phone.tap(HATE)

    site.has_counted(1, 1)
    phone.shows("#delivery", "Sent: 2")
