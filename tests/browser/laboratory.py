"""What somebody does in the laboratory, and reads there."""

import re
from typing import Any

from tests.browser.phone import Phone
from tests.browser.site import PRESENTER_CODE
from tests.waiting import eventually

EXPERIMENT = "[data-experiment='{}']"
FACTS = """
const pairs = (station) => [...station.querySelectorAll('dl div')].map(
  (pair) => [...pair.children].map((part) => part.textContent));
return [...document.querySelectorAll('.station')].map((each) => Object.fromEntries(pairs(each)));
"""
TIMES = """
const stations = [...document.querySelectorAll('.station')];
return stations.map((station) => (station.querySelector('.station-time') || station).textContent);
"""
ROWS = """
return [...document.querySelectorAll('#records-body tr')].map(
  (row) => [row.className, ...[...row.cells].map((cell) => cell.textContent)]);
"""
PARTITIONS = """
const rows = [...document.querySelectorAll('#partitions-body tr')];
return rows.map((row) => [...row.cells].map((cell) => cell.textContent));
"""
CHART = "return document.querySelector('#lag .js-plotly-plot').data.map((trace) => trace.y)"
NUMBER = r"[\d,]+\.\d ms"


def open_lab(phone: Phone, *, as_presenter: bool = True) -> None:
    """Open the laboratory and wait until it has its buttons and both charts."""
    query = f"?presenter={PRESENTER_CODE}" if as_presenter else ""
    phone.browser.wait_for_page(f"{phone.base}/kafka-lab{query}")
    phone.browser.wait_for_element("#buttons [data-tap]")
    drawn = "return document.querySelectorAll('#charts .js-plotly-plot .main-svg').length"
    eventually(lambda: phone.run(drawn) >= 2, 20, "the charts are not drawn")


def tap(phone: Phone, key: str = "cheers") -> list[dict[str, str]]:
    """Tap, and return the facts of the five stations once all are reached."""
    phone.run(f"document.querySelector('[data-tap={key}]').click()")
    return arrived(phone)


def arrived(phone: Phone) -> list[dict[str, str]]:
    """Return the facts of the five stations once the page has said that the tap arrived."""
    eventually(lambda: "This page saw it" in phone.text("#sentence"), 15, lambda: said(phone))
    facts: list[dict[str, str]] = phone.run(FACTS)
    return facts


def said(phone: Phone) -> str:
    """Return what the page says about the newest tap."""
    return f"the page says {phone.text('#sentence')!r}"


def experiment(phone: Phone, what: str, value: str = "") -> None:
    """Press the button of an experiment."""
    button = EXPERIMENT.format(what) + (f"[data-value='{value}']" if value else "")
    phone.run(f'document.querySelector("{button}").click()')


def outcome(phone: Phone, what: str, pattern: str, seconds: float = 15) -> re.Match[str]:
    """Return what the experiment says, once it is that."""
    selector = f"#outcome-{what}"

    def found() -> list[re.Match[str]]:
        return [match for match in [re.fullmatch(pattern, phone.text(selector))] if match]

    refusal = lambda: f"{what} says {phone.text(selector)!r}, not {pattern!r}"  # noqa: E731
    return eventually(found, seconds, refusal)[0]


def rows(phone: Phone) -> list[list[str]]:
    """Return the newest records: the class of each row, and its cells."""
    found: list[list[str]] = phone.run(ROWS)
    return found


def lags(phone: Phone) -> list[int]:
    """Return the lag of all partitions together, as the chart has it over time."""
    return [sum(lag or 0 for lag in each) for each in zip(*phone.run(CHART), strict=True)]


def state(phone: Phone) -> Any:
    """Return the rows of the partitions: name, end, position, lag, records per second."""
    return phone.run(PARTITIONS)
