"""From a peak to its records: a presenter zooms into a chart and is named offsets and commands."""

import time
from collections.abc import Iterator

import pytest

from tests.brokers.kafka.broker import Broker
from tests.browser import axe
from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.laboratory import open_lab, tap
from tests.browser.phone import Phone
from tests.browser.presenting import present
from tests.browser.reports import drawn
from tests.browser.site import Site
from tests.waiting import eventually

ZOOM = """
const graph = document.querySelector('#timeline .js-plotly-plot');
const end = graph.data.find(({ visible, x }) => visible !== false && x.length).x.slice(-1)[0];
Plotly.relayout(graph, { 'xaxis.range': [end - 1000 * arguments[0], end + 2000] });
"""
UNZOOM = """
Plotly.relayout(document.querySelector('#timeline .js-plotly-plot'), { 'xaxis.autorange': true });
"""
LINES = "return [...document.querySelectorAll('.range-lines li')].map((e) => e.textContent)"
ASKED = """
return performance.getEntriesByType('resource').some(({ name }) => name.endsWith('?limit=0'));
"""
POLLS = """
const asked = performance.getEntriesByType('resource').map(({ name }) => name);
return asked.filter((name) => name.includes('kafka/timeline')).length;
"""
OFFERED = "const e = document.querySelector('#range'); return e !== null && !e.hidden"


@pytest.fixture(autouse=True)
def right(phone: Phone) -> Iterator[None]:
    """Leave no right behind in the browser."""
    phone.cdp("Network.clearBrowserCookies")
    yield
    phone.cdp("Network.clearBrowserCookies")


def until_offered(phone: Phone, *, is_offered: bool) -> None:
    eventually(
        lambda: phone.run(OFFERED) == is_offered, 5, f"the records are offered: {not is_offered}"
    )


def test_a_presenter_gets_from_a_peak_to_its_records(phone: Phone, site: Site) -> None:
    site.click(("cheers", 2), ("cheers", 1), ("hate", 1))
    present(phone)
    phone.shows("#total-cheers", "2")
    assert not phone.run(OFFERED)
    phone.run(ZOOM, 60)
    until_offered(phone, is_offered=True)
    phone.run("document.querySelector('#range .control').click()")
    eventually(lambda: phone.run(LINES), 5, "nothing is named")

    assert phone.run(LINES) == ["Rows 1 to 3: 3 at most"]
    command = phone.run("return document.querySelector('.range-commands').value")
    assert command.startswith("sqlite3 -header ")
    links = "return [...document.querySelectorAll('#range a')].map((a) => a.getAttribute('href'))"
    csv, ndjson = phone.run(links)
    rows = phone.run("return fetch(arguments[0]).then((answer) => answer.text())", csv).split()
    assert len([row for row in rows if "cheers" in row]) == 2
    assert ndjson.endswith("format=ndjson")
    assert axe.examine(phone).violations == []
    phone.run(UNZOOM)
    until_offered(phone, is_offered=False)
    assert phone.console() == []


def test_only_a_presenter_is_offered_records(phone: Phone, site: Site) -> None:
    site.click(("cheers", 1))
    phone.open_dashboard()
    phone.shows("#total-cheers", "1")
    phone.run(ZOOM, 60)
    eventually(lambda: phone.run(ASKED), 5, "the page does not ask whether this is the presenter")
    drawn = phone.run(POLLS)
    # The answer was taken before the page has asked for the counts twice more.
    eventually(lambda: phone.run(POLLS) >= drawn + 2, 10, "the page asks for no more counts")

    assert not phone.run(OFFERED)
    assert phone.console() == []


def test_from_a_report_a_presenter_gets_to_its_records(phone: Phone, site: Site) -> None:
    talk = site.present("POST", "", {"title": "Kafka", "started_at": int(time.time()) - 60})
    site.click(("cheers", 2), ("hate", 1))
    site.has_counted(1, 1)
    ended = site.present("PATCH", f"/{talk['id']}", {"ended_at": "now"})["ended_at"]
    eventually(lambda: time.time() > ended, 5, "the talk is not over")
    present(phone)
    phone.driver.get(phone.driver.current_url.replace("dashboard", f"report?talk={talk['id']}"))
    phone.browser.wait_for_element("#total-all")
    eventually(lambda: drawn(phone) == [1, 1], 10, "the chart is not drawn")
    phone.run(ZOOM, 20)
    until_offered(phone, is_offered=True)
    phone.run("document.querySelector('#range .control').click()")
    eventually(lambda: phone.run(LINES), 5, "nothing is named")

    assert phone.run(LINES) == ["Rows 1 to 2: 2 at most"]
    assert phone.console() == []


ZOOM_LAG = """
const graph = document.querySelector('#lag .js-plotly-plot');
Plotly.relayout(graph, { 'xaxis.range': [Date.now() - 60000, Date.now() + 1000] });
"""


def test_from_the_lag_of_the_laboratory_a_presenter_gets_to_its_records(
    phone_of: PhoneOf, make_site: MakeSite, kafka: Broker, topic: str
) -> None:
    kafka.create_topic(topic, partitions=2)
    phone = phone_of(make_site(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic=topic))
    present(phone)
    open_lab(phone)
    broker = tap(phone)[2]
    phone.run(ZOOM_LAG)
    until_offered(phone, is_offered=True)
    phone.run("document.querySelector('#range .control').click()")
    eventually(lambda: phone.run(LINES), 5, "nothing is named")

    partition, offset = broker["Partition"], broker["Offset"]
    (line,) = phone.run(LINES)
    assert line == f"Partition {partition}: offsets {offset} to {offset}, records: 1 at most"
    command = phone.run("return document.querySelector('.range-commands').value")
    assert f"--partition {partition} --offset {offset} --max-messages 1" in command
    assert phone.console() == []
