"""One to eight reactions, also where an answer has others than the page was made with."""

from typing import Any

from tests.browser.gate import Gate, Trouble
from tests.browser.phone import Phone
from tests.browser.site import Site
from tests.browser.states import TIMELINE
from tests.waiting import eventually


def other(answer: dict[str, Any], reactions: dict[str, str]) -> dict[str, Any]:
    """Return the answer with other reactions, of which each has one click more than the last."""
    counts = {key: place for place, key in enumerate(reactions, 1)}
    return answer | {
        "reactions": [{"key": key, "label": label} for key, label in reactions.items()],
        "totals": counts,
        "series": {key: [0] * 55 + [count] + [0] * 4 for key, count in counts.items()},
    }


def test_the_dashboard_follows_the_reactions_of_the_answer(
    phone: Phone, gate: Gate, site: Site
) -> None:
    phone.resize(1280, 800)
    phone.open_dashboard()
    phone.shows("#total-cheers", "0")
    reactions = {"__proto__": "<b>bold</b>", "1": "أسرع!", "constructor": "=1+1", "hate": "Hate"}
    gate.trouble[TIMELINE] = Trouble(status=200, body=other(site.timeline(), reactions))

    phone.browser.wait_for_element("[id='total-__proto__']")
    phone.shows("[id='total-__proto__']", "1")
    for key, total, part in (("1", "2", "20%"), ("constructor", "3", "30%"), ("hate", "4", "40%")):
        phone.shows(f"[id='total-{key}']", total)
        phone.shows(f"[id='part-{key}']", part)
    labels = "return [...document.querySelectorAll('.reactions h2')].map((h) => h.textContent)"
    assert phone.run(labels) == [f"Total {label}" for label in reactions.values()]
    legend = "return [...document.querySelectorAll('.legendtext')].map((e) => e.textContent)"
    eventually(lambda: len(phone.run(legend)) == 4, 5, "the chart has not four lines")
    assert phone.run(legend) == ["<b>bold</b>", "\u2068أسرع!\u2069", "=1+1", "Hate"]

    gate.clear()
    phone.browser.wait_for_element("#total-cheers")
    phone.shows("#total-cheers", "0")
    assert len(phone.run(labels)) == 2
    assert phone.console() == []
