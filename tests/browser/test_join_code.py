"""The code to join, as a camera sees it from the back of the room."""

from functools import partial

import pytest

from dash_app.settings import join as joining
from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.phone import Phone
from tests.waiting import eventually

# The dark square at the upper left is seven modules wide.
MEASURE = """
const image = document.querySelector('.join-code');
const canvas = document.createElement('canvas');
const side = canvas.width = canvas.height = Math.floor(image.getBoundingClientRect().width);
const paper = canvas.getContext('2d');
paper.drawImage(image, 0, 0, side, side);
const bytes = paper.getImageData(0, 0, side, side).data;
const isDark = (x, y) => bytes[4 * (y * side + x)] < 128;
const all = [...Array(side).keys()];
const dark = all.flatMap((y) => all.filter((x) => isDark(x, y)).map((x) => [x, y]));
const [xs, ys] = [dark.map(([x]) => x), dark.map(([, y]) => y)];
const edge = (numbers, pick) => numbers.reduce((one, other) => pick(one, other));
const [left, top] = [edge(xs, Math.min), edge(ys, Math.min)];
const [right, bottom] = [side - 1 - edge(xs, Math.max), side - 1 - edge(ys, Math.max)];
let run = 0;
while (isDark(left + run, top + 2)) run += 1;
return [side, run / 7, left, top, right, bottom];
"""


SHOWN = """
const image = document.querySelector('.join-code');
return [document.querySelector('.join-address').textContent, image.alt, image.src];
"""


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_it_is_large_and_has_its_quiet_zone(
    make_site: MakeSite, phone_of: PhoneOf, theme: str
) -> None:
    phone = phone_of(make_site(join_url="http://192.168.1.20:8050/j"))
    phone.prefers(theme)
    phone.resize(1920, 1080)
    phone.open_dashboard("?view=presenter")
    whole = "return document.querySelector('.join-code').complete"
    eventually(lambda: phone.run(whole), 5, "the code is not loaded")

    side, module, *margins = phone.run(MEASURE)

    assert side >= 320
    assert min(margins) > 3.8 * module
    assert phone.console() == []


HIDE = """
Object.defineProperty(document, "hidden", { configurable: true, get: () => window.away });
window.away = true;
window.asked = 0;
const real = window.fetch;
window.fetch = (...request) => {
  window.asked += String(request[0]).endsWith("/join");
  return real(...request);
};
"""


def shows(phone: Phone, expected: list[str]) -> bool:
    return bool(phone.run(SHOWN)[:2] == expected)


def test_landing_page_and_wall_follow_the_machine_into_another_network(
    make_site: MakeSite, phone_of: PhoneOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = ["192.168.1.5"]
    monkeypatch.setattr(joining, "likely_address", lambda: machine[-1])
    phone = phone_of(make_site(join_host="auto"))
    for page in ("/kafka-dashboard?view=presenter", "/"):
        phone.browser.wait_for_page(f"{phone.base}{page}")
        phone.browser.wait_for_element(".join-code")
        before = phone.run(SHOWN)
        assert before[0] == f"http://{machine[-1]}:8050/j"
        machine.append(f"10.1.0.{len(machine)}")
        moved = f"http://{machine[-1]}:8050/j"
        expected = [moved, f"QR: {moved}"]
        eventually(partial(shows, phone, expected), 10, lambda: f"{phone.run(SHOWN)[:2]}")
        assert phone.run(SHOWN)[2] != before[2]
        assert phone.console() == []


def test_a_hidden_tab_asks_for_no_address_and_is_up_to_date_at_once_when_it_is_seen(
    make_site: MakeSite, phone_of: PhoneOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = ["192.168.1.5"]
    monkeypatch.setattr(joining, "likely_address", lambda: machine[-1])
    phone = phone_of(make_site(join_host="auto"))
    phone.driver.get(phone.base + "/")
    phone.run(HIDE)
    machine.append("10.1.0.5")
    started = phone.run("return performance.now()")
    turns = "return performance.now() - arguments[0] > 3500"
    eventually(lambda: phone.run(turns, started), 10, "the clock of the page stands still")
    assert phone.run("return window.asked") == 0

    phone.run("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    moved = "http://10.1.0.5:8050/j"
    eventually(partial(shows, phone, [moved, f"QR: {moved}"]), 2, lambda: f"{phone.run(SHOWN)[:2]}")
