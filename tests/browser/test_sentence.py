"""What the dashboard says to those who do not see it."""

import re
from itertools import pairwise

import pytest

from tests.browser.conftest import MakeSite, PhoneOf
from tests.browser.gate import Gate, Trouble
from tests.browser.phone import Phone
from tests.browser.states import TIMELINE
from tests.browser.test_looks import prefers
from tests.waiting import eventually

SENTENCE_SECONDS = 25
"""A slow start is "Connecting…" at the first sentence, and the next comes 10 s after it."""

LISTEN = """
window.said = [];
const said = document.querySelector("#sentence");
const note = () => window.said.push([performance.now(), said.textContent]);
const kinds = { childList: true, characterData: true, subtree: true };
new MutationObserver(note).observe(said, kinds);
"""


@pytest.mark.parametrize(
    ("language", "words", "share"),
    [
        ("en", r"Live\. Last 10 s: \d+ Bravo 🎉, \d+ Hate 👎\.", "Share of Bravo 🎉"),
        ("es", r"En directo\. Últimos 10 s: \d+ Bravo 🎉, \d+ Hate 👎\.", "Parte de Bravo 🎉"),
    ],
)
def test_the_sentence_is_spoken_at_most_every_10_s_in_the_words_of_the_labels(
    make_site: MakeSite, phone_of: PhoneOf, language: str, words: str, share: str
) -> None:
    site = make_site(reactions=[("cheers", "Bravo 🎉"), ("hate", "Hate 👎")])
    phone = phone_of(site)
    prefers(phone, "dark", language)
    phone.open_dashboard()
    phone.run(LISTEN)

    def said_twice() -> bool:
        site.click(("cheers", 0))
        return len(phone.run("return window.said")) > 1

    eventually(said_twice, 40, "it is not said anew", pause_seconds=0.7)
    times = [at for at, _ in phone.run("return window.said")]
    assert all(later - earlier > 9900 for earlier, later in pairwise(times))
    assert re.fullmatch(words, phone.text("#sentence")), phone.text("#sentence")
    assert phone.text(".total.share .total-label") == share
    assert phone.run("return document.querySelector('#sentence').getAttribute('role')") == "status"


def test_without_an_answer_it_says_so_and_no_counts(phone: Phone, gate: Gate) -> None:
    phone.open_dashboard()
    eventually(lambda: "Last 10 s" in phone.text("#sentence"), SENTENCE_SECONDS, "none")
    gate.trouble[TIMELINE] = Trouble(lose="request")

    aged = r"Reconnecting… The counts are \d+ s old\."
    eventually(
        lambda: re.fullmatch(aged, phone.text("#sentence")) is not None,
        SENTENCE_SECONDS,
        lambda: f"it says {phone.text('#sentence')!r}",
    )


def test_before_the_first_answer_it_says_the_state(phone: Phone, gate: Gate) -> None:
    gate.trouble[TIMELINE] = Trouble(status=503, body={"status": "error", "message": "No"})
    phone.browser.wait_for_page(f"{phone.base}/kafka-dashboard")
    is_there = "return document.querySelector('#sentence') !== null"
    eventually(lambda: phone.run(is_there), 20, "the page is not made")

    phone.shows("#sentence", "Reconnecting…", seconds=SENTENCE_SECONDS)
