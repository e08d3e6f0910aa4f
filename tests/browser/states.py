"""The states of the dashboard, each brought about for real: for pictures and for axe."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dash_app.settings.reactions import SEED, Reaction, Reactions
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import Phone
from tests.browser.presenting import present, press_bar, start_by_bar
from tests.browser.site import Site
from tests.waiting import eventually

TIMELINE = "kafka/timeline"
PRESS = "document.querySelector(\"#react-entry-point [data-do='{}']\").click()"


EIGHT = (
    *SEED,
    Reaction("too-fast", "Too fast 🐇"),
    Reaction("bold", "<b>Forty characters</b> & a long label"),
    Reaction("wide", "W" * 40),
    Reaction("faster", "أسرع قليلاً من فضلك! 🐇"),
    Reaction("people", "👩🏽‍🚀👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿👍🏽"),
    Reaction("sum", "=1+1"),
)
"""The seed's reactions and six whose labels are hard to show."""


AUDIENCE = (
    Reaction("too-fast", "Too fast 🐇"),
    Reaction("ok", "Just right 👌"),
    Reaction("too-slow", "Too slow 🐢"),
)
"""The buttons of a talk as somebody gives one."""


LONG_TITLE = "<b>W</b> أسرع قليلاً 👩🏽‍🚀 =1+1 & a title that is as long as the site takes one i"


MARKS = (
    "Slide 7",
    "",
    "<b>A long label</b> & on",
    "👩🏽‍🚀👨‍👩‍👧‍👦",
    "أسرع قليلاً من فضلك!",
)


class State(NamedTuple):
    """A state by its name, what brings it about, and how many of EIGHT its site has."""

    name: str
    enter: Callable[[Phone, Gate, Site], None]
    reactions: int = 2


def crowd(site: Site) -> None:
    """Click for two minutes that are over, with a peak."""
    shown = site.timeline()
    keys = [reaction["key"] for reaction in (shown["talk"] or shown)["reactions"]]
    for age in range(1, 119):
        wave = 6 + 4 * math.sin(age / 9) + 14 * _bell(age, 40, 6)
        clicks = [(keys[0], age)] * int(wave)
        for place, key in enumerate(keys[1:]):
            clicks += [(key, age)] * (1 + (age + place) % 5 // 3)
        site.click(*clicks)


def audience(site: Site) -> None:
    """Have sixty phones tap for eight minutes of a talk as an audience does."""
    for seq, age in enumerate((*range(1, 120, 2), *range(121, 480, 12))):
        width = 2 if age < 120 else 12
        rates = (
            1 + 17 * _bell(age, 38, 9) + 3 * _bell(age, 210, 40),
            9 + 3 * math.sin(age / 9) - 5 * _bell(age, 38, 12),
            1 + 8 * _bell(age, 88, 9) + 4 * _bell(age, 330, 30),
        )
        site.click(
            *(
                (key, age + n % width)
                for (key, _), rate in zip(AUDIENCE, rates, strict=True)
                for n in range(round(rate * width / 2))
            ),
            client=f"{seq % 60:016x}",
            seq=seq,
        )


def _bell(age: float, middle: float, width: float) -> float:
    return math.exp(-(((age - middle) / width) ** 2))


def _answer(gate: Gate, site: Site, **changes: object) -> None:
    gate.trouble[TIMELINE] = Trouble(status=200, body={**site.timeline(), **changes})


def _nothing_yet(phone: Phone, gate: Gate, site: Site) -> None:
    phone.open_dashboard()
    phone.shows("#empty", "No clicks yet")


def _connecting(phone: Phone, gate: Gate, site: Site) -> None:
    _answer(gate, site, state="connecting", log=None, as_of={})
    phone.open_dashboard()
    phone.shows("#status", "Connecting…")
    phone.shows("#empty", "Waiting for the log")


def _live(phone: Phone, gate: Gate, site: Site) -> None:
    crowd(site)
    phone.open_dashboard()
    phone.shows("#status", "Live")


def _paused(phone: Phone, gate: Gate, site: Site) -> None:
    _live(phone, gate, site)
    phone.run(PRESS.format("pause"))
    phone.shows("#status", "Paused")


def _reconnecting(phone: Phone, gate: Gate, site: Site) -> None:
    _live(phone, gate, site)
    gate.trouble[TIMELINE] = Trouble(lose="request")
    phone.shows("#status", "Reconnecting…")


def _stale(phone: Phone, gate: Gate, site: Site) -> None:
    _reconnecting(phone, gate, site)
    eventually(lambda: phone.text("#age").startswith("Stale"), 12, "not called stale")


def _broker_away(phone: Phone, gate: Gate, site: Site) -> None:
    _live(phone, gate, site)
    _answer(gate, site, state="reconnecting")
    phone.shows("#status", "Reconnecting…")
    eventually(lambda: "broker" in phone.text("#note"), 5, "the broker is not named")


def _large(phone: Phone, gate: Gate, site: Site) -> None:
    crowd(site)
    _answer(gate, site, totals={"cheers": 9_876_543_210_123, "hate": 1_234_567_890_123})
    phone.open_dashboard()
    phone.shows("#total-cheers", "9,876,543,210,123")


def _presenter(phone: Phone, gate: Gate, site: Site) -> None:
    crowd(site)
    phone.open_dashboard("?view=presenter")
    phone.shows("#status", "Live")


def start_talk(
    site: Site,
    title: str = "Kafka in an hour",
    marks: Sequence[tuple[int, str]] = (),
    reactions: Reactions = (),
    **changes: str,
) -> None:
    """Start a talk ten minutes ago with a crowd and marks of these ages (s), and change it so."""
    started = int(site.timeline()["server_time"]) - 600
    buttons = {"reactions": [one._asdict() for one in reactions]} if reactions else {}
    talk = site.present("POST", "", {"title": title, "started_at": started, **buttons})
    for at, label in marks:
        site.present("POST", f"/{talk['id']}/marks", {"label": label, "at": started + 600 - at})
    # Before the change, which may close the talk: clicks are refused soon after that.
    (audience if reactions else crowd)(site)
    site.present("PATCH", f"/{talk['id']}", {"title": title, **changes})
    eventually(lambda: _talk_totals(site) > 0, 10, "the talk has no totals")


def _talk_totals(site: Site) -> int:
    talk = site.timeline()["talk"]
    return sum(((talk or {}).get("totals") or {}).values())


def _hidden(phone: Phone, gate: Gate, site: Site) -> None:
    start_talk(site, results="hidden")
    phone.open_dashboard("?view=presenter")
    phone.shows("#note", "The presenter shows the results later.")


def _talk(phone: Phone, gate: Gate, site: Site) -> None:
    marks = [(104, "What a log is"), (54, "Live demo"), (6, "Questions")]
    start_talk(site, marks=marks, reactions=AUDIENCE)
    phone.open_dashboard()
    phone.shows("#talk-name", "Kafka in an hour")


def _presented_talk(phone: Phone, gate: Gate, site: Site) -> None:
    marks = [(age, MARKS[age // 6 % len(MARKS)]) for age in range(116, 0, -6)]
    start_talk(site, LONG_TITLE, marks, taps="closed")
    phone.open_dashboard("?view=presenter")
    phone.shows("#talk-closed", "Taps are closed")


def _bar(phone: Phone, gate: Gate, site: Site) -> None:
    crowd(site)
    present(phone)
    start_by_bar(phone, "Kafka in an hour", *(label for _, label in EIGHT[2:4]))
    phone.browser.wait_for_element("#bar [data-bar=end]:not([hidden])")
    press_bar(phone, "mark")
    eventually(lambda: phone.text(".bar-marked") != "", 5, "no mark")


def _bar_waiting(phone: Phone, gate: Gate, site: Site) -> None:
    _bar(phone, gate, site)
    reason = "Talks cannot be changed now: no broker answered at broker-1:9092,broker-2:9092"
    gate.trouble["kafka/talks/"] = Trouble(status=503, body={"message": reason})
    press_bar(phone, "taps", "end")
    phone.browser.wait_for_element("#bar [data-bar=again]:not([hidden])")


def _bar_dialog(phone: Phone, gate: Gate, site: Site) -> None:
    crowd(site)
    present(phone)
    reason = "A log counts 32 types of clicks; take keys that this one has: cheers, hate"
    gate.trouble["kafka/talks"] = Trouble(status=409, body={"message": reason})
    start_by_bar(phone, "Kafka in an hour", *(label for _, label in EIGHT))
    eventually(lambda: reason in phone.text(".talk-error"), 5, "no reason")


def _overlay(phone: Phone, gate: Gate, site: Site) -> None:
    start_talk(site, marks=[(80, "Slide 7")])
    phone.open_dashboard("?view=overlay&qr=off")
    phone.shows("#talk-name", "Kafka in an hour")


DASHBOARD = [
    State("nothing yet", _nothing_yet),
    State("connecting", _connecting),
    State("live", _live),
    State("paused", _paused, reactions=3),
    State("reconnecting", _reconnecting, reactions=1),
    State("stale", _stale),
    State("broker away", _broker_away, reactions=8),
    State("large totals", _large),
    State("hidden", _hidden, reactions=3),
    State("talk", _talk),
    State("presented talk", _presented_talk, reactions=8),
    State("bar", _bar),
    State("bar waiting", _bar_waiting),
    State("bar dialog", _bar_dialog),
    State("overlay", _overlay, reactions=3),
    State("presenter", _presenter),
    State("presenter of eight", _presenter, reactions=8),
]
"""Open each with `open_dashboard` of a phone of its own site and gate."""
