"""A page of a report in the browser, and documents that are hard to show."""

import base64
import json
import re
from typing import Any

from tests.browser.gate import Gate, Trouble
from tests.browser.phone import Phone
from tests.browser.states import EIGHT, LONG_TITLE
from tests.programs import ROOT
from tests.waiting import eventually

ARCHIVE = "kafka/archive"
EXAMPLE: Any = json.loads((ROOT / "tests" / "pages" / "example_report.json").read_text())
HOUR = 3600
SHEET = {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True}
LABELS = ("W" * 80, "👩🏽‍🚀" * 40, "أسرع قليلاً من فضلك! " * 3, "<img src=x onerror=alert(1)>", "")
TABLE = """
return [...document.querySelectorAll(`#table-${arguments[0]} tr`)]
  .map((row) => [...row.cells].map((cell) => cell.textContent));
"""
UNSEEN = """
const isSeen = (e) => {
  e.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  const { x, y, width, height } = e.getBoundingClientRect();
  const top = document.elementFromPoint(x + width / 2, y + height / 2);
  const isVisible = e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  return isVisible && width > 2 && height > 2 && e.contains(top);
};
const unseen = arguments[0].flatMap((selector) => {
  const found = [...document.querySelectorAll(selector)];
  return found.length > 0 && found.every(isSeen) ? [] : [selector];
});
scrollTo({ top: 0, behavior: 'instant' });
return unseen;
"""
LINES = """
const isVisible = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
const lines = [...document.querySelectorAll('.js-line')].filter(isVisible);
return [0, ...lines.map((e) => e.getBBox().width)];
"""
ON_EVERY_SCREEN = ("h1", "#report-time", ".timeline-frame", ".total", ".total-number", "#play")
ON_A_DESK = (*ON_EVERY_SCREEN, ".table-frame", "tbody tr:first-child th span", "#records")
GO_TO = """
const moment = document.querySelector('#moment');
moment.value = arguments[0];
moment.dispatchEvent(new Event('input', { bubbles: true }));
"""


def answer_with(gate: Gate, *lines: Any) -> None:
    """Have the gate answer for the archive with these lines of JSON."""
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    gate.trouble[ARCHIVE] = Trouble(status=200, body=body)


def open_page(phone: Phone, search: str = "?talk=k7wq2m9x") -> None:
    """Open the page and wait until Dash has rendered it."""
    phone.browser.wait_for_page(f"{phone.base}/kafka-report{search}")
    phone.browser.wait_for_element("#trouble")


def open_report(phone: Phone, search: str = "?talk=k7wq2m9x") -> None:
    """Open the page and wait until the report is drawn."""
    open_page(phone, search)
    eventually(lambda: bool(phone.series()), 20, lambda: f"no report: {phone.text('#trouble')}")


def table(phone: Phone, name: str) -> list[list[str]]:
    """Return the rows of the table, heads first: totals, segments or moments."""
    rows: list[list[str]] = phone.run(TABLE, name)
    return rows


def drawn(phone: Phone) -> list[int]:
    """Return the sum of each trace."""
    return [sum(filter(None, y)) for y in phone.series()]


def go_to(phone: Phone, second: int) -> None:
    """Move the slider of the replay to that second of the talk."""
    phone.run(GO_TO, second)


def fills_its_frame(phone: Phone) -> None:
    """Wait until the chart is as large as its frame."""

    def boxes() -> list[tuple[float, float]]:
        found = [phone.box(each) for each in (".timeline-frame", ".js-plotly-plot .main-svg")]
        return [(box["width"], box["height"]) for box in found]

    def fills() -> bool:
        frame, chart = boxes()
        return frame[1] > 150 and all(abs(a - b) < 2 for a, b in zip(frame, chart, strict=True))

    eventually(fills, 5, lambda: f"frame and chart have {boxes()} px")


def is_seen(phone: Phone, parts: tuple[str, ...] = ON_A_DESK) -> None:
    """Wait until the chart fills its frame, and nothing hides or covers a part of the report."""
    fills_its_frame(phone)
    frame = phone.box(".timeline-frame")["width"]
    eventually(lambda: max(phone.run(LINES)) > frame / 2, 5, "the chart has no line")
    eventually(
        lambda: phone.run(UNSEEN, parts) == [], 5, lambda: f"unseen: {phone.run(UNSEEN, parts)}"
    )


def print_report(phone: Phone) -> int:
    """Print the page as a PDF, and return its number of sheets."""
    sheet = base64.b64decode(phone.cdp("Page.printToPDF", **SHEET)["data"])
    return len(re.findall(rb"/Type /Page\b", sheet))


def hard_report(segments: int = 10) -> Any:
    """Return a report of an hour with eight reactions, hard labels, and so many segments."""
    keys = [reaction.key for reaction in EIGHT]
    seconds = {key: [[at, 1 + at % 7] for at in range(n, HOUR, 7)] for n, key in enumerate(keys)}
    series = {key: _bins(pairs) for key, pairs in seconds.items()}
    totals = {key: sum(counts) for key, counts in series.items()}
    start = EXAMPLE["from"]
    marks = [
        {"id": f"m{at}", "at": start + at * HOUR // segments, "label": LABELS[at % len(LABELS)]}
        for at in range(1, segments)
    ]
    part = {"totals": totals, "clicks": sum(totals.values())}
    parts = [{"at": start, "label": None}, *marks]
    return {
        **EXAMPLE,
        **part,
        "to": start + HOUR,
        "bin": 10,
        "talk": {"id": "x", "title": LONG_TITLE, "running": False, "marks": marks},
        "reactions": [reaction._asdict() for reaction in EIGHT],
        "series": series,
        "seconds": seconds,
        "segments": [_segment(each["label"], each["at"], HOUR // segments, part) for each in parts],
        "moments": [{"at": start + 10 * at, "to": start + 10 * at + 10, **part} for at in range(5)],
        "whole": False,
        "whole_from": start + 60,
        "why": "The log's records before 2027-01-15 07:00:00 UTC are gone.",
        "final": False,
    }


def huge_report() -> Any:
    """Return the hard report with numbers of ten digits, and with a long warning."""
    report = _multiplied(hard_report(), 1_000_003)
    why = "Partition 3 was cut off at offset 123456789, and nobody may read its copies. "
    return {**report, "why": why * 5, "unreadable": {"not JSON": 1234567, "unknown type": 98765432}}


def _multiplied(value: Any, factor: int) -> Any:
    """Multiply all numbers of taps."""
    if isinstance(value, list):
        return [_multiplied(each, factor) for each in value]
    return {
        **value,
        **{
            name: {key: count * factor for key, count in value["totals"].items()}
            if name == "totals"
            else _multiplied(value[name], factor)
            if name in ("segments", "moments")
            else value[name] * factor
            for name in {"totals", "clicks", "per_minute", "segments", "moments"} & value.keys()
        },
    }


def range_report(buttons: int) -> Any:
    """Return the report of a range of time with so many buttons, of which a talk had three."""
    report = json.loads(json.dumps({**EXAMPLE, "talk": None}))
    for key in [f"older-button-{n}" for n in range(buttons - 3)]:
        report["reactions"].append({"key": key, "label": key})
        for part in (report["totals"], report["series"], report["seconds"]):
            part[key] = part["ok"]
        for part in (*report["segments"], *report["moments"]):
            part["totals"][key] = part["totals"]["ok"]
    report["clicks"] = sum(report["totals"].values())
    return report


def _bins(pairs: list[list[int]]) -> list[int]:
    bins = [0] * (HOUR // 10)
    for second, count in pairs:
        bins[second // 10] += count
    return bins


def _segment(label: str | None, start: int, width: int, part: Any) -> Any:
    return {"label": label, "from": start, "to": start + width, "per_minute": 9876.5, **part}
