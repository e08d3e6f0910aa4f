"""A dashboard in the background asks for nothing, and once when it is seen again."""

import time
from itertools import pairwise

import pytest

from tests.browser.conftest import MakeSite
from tests.browser.gate import Gate
from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.browser.states import TIMELINE
from tests.waiting import eventually

REFRESH_MS = 3000
WATCH = """
window.asked = [];
window.seen = [];
const real = window.fetch;
window.fetch = (...given) => { window.asked.push(performance.now()); return real(...given); };
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) window.seen.push(performance.now());
}, true);
"""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A site whose dashboards ask seldom enough to tell one request from the next."""
    return make_site(refresh_ms=REFRESH_MS)


def test_a_hidden_page_asks_nothing_and_once_on_return(phone: Phone, gate: Gate) -> None:
    phone.open_dashboard()
    phone.run(WATCH)
    page = phone.driver.current_window_handle
    phone.driver.switch_to.new_window("tab")
    phone.driver.get(phone.base + "/")
    stays_quiet(gate, REFRESH_MS)

    phone.driver.switch_to.window(page)
    already = phone.run("return window.asked.filter((at) => !(at >= window.seen[0])).length")
    eventually(lambda: len(phone.run("return window.asked")) >= already + 4, 30, "no ticks")
    (seen,) = phone.run("return window.seen")
    times = phone.run("return window.asked")[already:]

    assert times[0] - seen < 2000
    at_the_return = [at for at in times if at - times[0] < REFRESH_MS / 2]
    assert len(at_the_return) == 1
    # Then one tick after the other, as far as a busy machine keeps the time.
    assert all(later - earlier > REFRESH_MS / 3 for earlier, later in pairwise(times))
    phone.shows("#status", "Live")


def stays_quiet(gate: Gate, refresh_ms: int) -> None:
    """Check that the page in the background asks nothing for two refreshes."""
    counts: list[tuple[float, int]] = []

    def quiet() -> bool:
        now, count = time.monotonic(), gate.count(TIMELINE)
        if not counts or counts[-1][1] != count:
            counts.append((now, count))
        return now - counts[-1][0] > 2 * refresh_ms / 1000

    eventually(quiet, 20, "the hidden page asks on")
