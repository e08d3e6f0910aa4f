"""The dashboard stays as small as it was, however long it runs."""

import pytest

from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.phone import Phone
from tests.waiting import eventually

COUNT_TICKS = """
window.ticks = 0;
const { refresh } = dash_clientside.dashboard;
dash_clientside.dashboard.refresh = (...given) => {
  window.ticks += 1;
  return refresh(...given);
};
"""


WARM = 140
"""Redraws at tick 200 of a calm machine; on a busy one they take more ticks."""


def heap_after(phone: Phone, ticks: int) -> float:
    """Return the MB in use after a forced collection at that tick."""
    eventually(
        lambda: phone.run(
            "return window.ticks >= arguments[0] && window.redraws > arguments[1]", ticks, WARM
        ),
        300,
        lambda: f"{phone.run('return window.ticks')} ticks, not {ticks}",
    )
    for _ in range(3):
        phone.cdp("HeapProfiler.collectGarbage")
    return float(phone.cdp("Runtime.getHeapUsage")["usedSize"]) / 1e6


@pytest.mark.timeout(420)
def test_2000_ticks_at_20_ms_leave_the_heap_as_it_was(
    make_site: MakeSite, phone_of: PhoneOf
) -> None:
    site = make_site(refresh_ms=20)
    site.click(*[("cheers", age) for age in range(0, 100, 3)])
    phone = phone_of(site)
    phone.open_dashboard()
    phone.run(COUNT_TICKS)
    redraws = "window.redraws = 0; document.querySelector('.js-plotly-plot')"
    phone.run(f"{redraws}.on('plotly_afterplot', () => {{ window.redraws += 1; }})")

    early = heap_after(phone, 200)
    late = heap_after(phone, 2000)

    assert phone.run("return window.redraws") > 100
    assert late - early < 2, f"{early:.2f} MB at tick 200, {late:.2f} MB at tick 2000"
    assert phone.console() == []
