"""The report about a talk: what it shows of a document, and what it says where there is none."""

import pytest

from tests.browser.gate import Gate, Trouble
from tests.browser.phone import Phone
from tests.browser.reports import (
    ARCHIVE,
    EXAMPLE,
    ON_EVERY_SCREEN,
    answer_with,
    drawn,
    go_to,
    hard_report,
    is_seen,
    open_page,
    open_report,
    table,
)
from tests.browser.viewer import query
from tests.waiting import eventually

TOTALS = [189, 646, 121]
KEYS = ["too-fast", "ok", "too-slow"]


def shown_totals(phone: Phone) -> list[int]:
    """Return the numbers on the cards of the reactions."""
    return [int(phone.text(f"#total-{key}").replace(",", "")) for key in KEYS]


def test_a_report_shows_all_that_the_document_says(phone: Phone, gate: Gate) -> None:
    answer_with(gate, {"done": 0.4}, {"report": EXAMPLE})
    phone.cdp("Emulation.setTimezoneOverride", timezoneId="Asia/Kolkata")
    phone.resize(1366, 768)
    open_report(phone)

    assert phone.text("h1") == "Kafka in five minutes"
    assert phone.driver.title == "Kafka in five minutes · Report"
    assert phone.text("#report-time") == "2027-01-15 13:30:00 – 13:35:00 · length 0:05:00"
    assert phone.text("#zone") == "Times in Asia/Calcutta (UTC+5:30)"
    assert shown_totals(phone) == drawn(phone) == TOTALS
    assert phone.text(".reaction-2 .part") == "68%"
    assert phone.text("#total-people") == "41"
    assert phone.text(".people .part") == "per phone: median 9.5, most 33"
    assert table(phone, "totals")[-1] == ["All taps", "956", ""]
    assert table(phone, "moments")[1] == ["13:34:46", "37", "8", "27", "2"]
    segments = table(phone, "segments")
    assert [row[1] for row in segments[1:]] == [
        *("The start", "What a log is", "Demo", "Mark of 13:32:01", "Questions")
    ]
    assert sum(int(row[2]) for row in segments[1:]) == 956
    assert phone.text("#records") == (
        "Taps of other buttons in this time: 3."
        " Counted from 968 records of the log, 7 of them repeats."
        " Records that are no clicks: 2 (2 × not JSON)."
    )
    links = "return [...document.querySelectorAll('#foot a')].map((a) => a.getAttribute('href'))"
    assert phone.run(links) == [
        f"kafka/archive?talk=k7wq2m9x&format={kind}&zone=Asia%2FCalcutta&lang=en"
        for kind in ("csv", "json", "html")
    ]
    assert phone.console() == []
    assert phone.foreign_requests() == []


def test_all_that_a_report_says_is_seen(phone: Phone, gate: Gate) -> None:
    answer_with(gate, {"report": EXAMPLE})
    open_report(phone)
    for width, height in ((1366, 768), (390, 844)):
        phone.resize(width, height)
        is_seen(phone)
    phone.resize(1920, 1080)
    phone.run("document.querySelector('[data-do=presenter]').click()")
    is_seen(phone, ON_EVERY_SCREEN)


def test_the_replay_shows_what_the_room_saw_and_ends_in_the_totals(
    phone: Phone, gate: Gate
) -> None:
    answer_with(gate, {"report": EXAMPLE})
    phone.resize(1366, 768)
    open_report(phone, "?talk=k7wq2m9x&view=presenter")

    go_to(phone, 125)
    eventually(lambda: shown_totals(phone) == drawn(phone), 5, "curve and totals differ")
    counts = [sum(n for at, n in EXAMPLE["seconds"][key] if at < 125) for key in KEYS]
    assert shown_totals(phone) == counts
    phone.run("document.querySelector('[data-speed=\"60\"]').click()")
    phone.run("document.activeElement.blur(); document.querySelector('#play').click()")
    phone.shows("#play", "Pause")
    phone.shows("#play", "Play", 15)
    assert shown_totals(phone) == TOTALS
    eventually(lambda: drawn(phone) == TOTALS, 5, lambda: f"{drawn(phone)} are drawn")
    assert phone.console() == []


def test_the_replay_goes_by_keys(phone: Phone, gate: Gate) -> None:
    answer_with(gate, {"report": EXAMPLE})
    open_report(phone)
    body = phone.find("body")
    moment = "return Math.round(document.querySelector('#moment').value)"

    for key, expected in [("\ue011", 0), ("\ue014", 10), ("\ue014", 20), ("\ue012", 10)]:
        body.send_keys(key)
        assert phone.run(moment) == expected
    body.send_keys(" ")
    phone.shows("#play", "Pause")
    body.send_keys(" ")
    phone.shows("#play", "Play")
    phone.find("#moment").send_keys("\ue010")
    assert phone.run(moment) == 300
    assert phone.run("return document.querySelector('#moment').labels[0].textContent") == "Moment"
    assert shown_totals(phone) == TOTALS


def test_the_presenter_view_stands_in_the_address_and_esc_leaves_it(
    phone: Phone, gate: Gate
) -> None:
    answer_with(gate, {"report": EXAMPLE})
    phone.resize(1920, 1080)
    open_report(phone)
    phone.run("document.querySelector('[data-do=presenter]').click()")
    assert query(phone) == {"talk": ["k7wq2m9x"], "view": ["presenter"]}
    height = "return document.documentElement.scrollHeight"
    eventually(lambda: phone.run(height) == 1080, 5, lambda: f"it is {phone.run(height)} high")
    assert phone.box(".chart .timeline-frame")["height"] > 400

    phone.key("keyDown", "Escape")
    phone.key("keyUp", "Escape")
    assert query(phone) == {"talk": ["k7wq2m9x"]}
    assert phone.find("#table-totals").is_displayed()


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Trouble(status=403, body={"message": "Later"}), "The report is not shown: Later"),
        (Trouble(status=404, body={"message": "No talk x"}), "There is no report: No talk x"),
        (Trouble(lose="request"), "The server does not answer."),
        (
            Trouble(status=200, body=b'{"done":0.4}\n{"error":"The broker is away"}\n'),
            "The counting has ended: The broker is away",
        ),
        (
            Trouble(status=200, body=b'{"done":0.4}\n'),
            "The answer broke off before the report was there.",
        ),
        (Trouble(status=200, body="<h1>Log in</h1>"), "The server's answer is no report"),
    ],
)
def test_what_went_wrong_is_said_and_can_be_tried_again(
    phone: Phone, gate: Gate, trouble: Trouble, words: str
) -> None:
    gate.trouble[ARCHIVE] = trouble
    open_page(phone)
    eventually(lambda: words in phone.text("#trouble"), 10, lambda: phone.text("#trouble"))
    phone.speaks("es")
    assert words not in phone.text("#trouble")

    answer_with(gate, {"report": EXAMPLE})
    phone.run("document.querySelector('#retry').click()")
    eventually(lambda: drawn(phone) == TOTALS, 10, "nothing is tried again")


def test_while_another_report_is_counted_the_page_asks_again_by_itself(
    phone: Phone, gate: Gate
) -> None:
    gate.trouble[ARCHIVE] = Trouble(status=503, body={"message": "One is counted"}, retry_after=2)
    open_page(phone)
    eventually(lambda: "by itself" in phone.text("#trouble"), 10, "it is not said")

    answer_with(gate, {"report": EXAMPLE})
    eventually(lambda: drawn(phone) == TOTALS, 10, "it does not ask again")


def test_an_address_without_a_talk_says_so(phone: Phone, gate: Gate) -> None:
    open_page(phone, "")
    eventually(lambda: "names no talk" in phone.text("#trouble"), 10, "nothing is said")
    assert gate.count(ARCHIVE) == 0
    assert phone.console() == []


def test_hard_labels_are_texts_and_fit_every_screen(phone: Phone, gate: Gate) -> None:
    answer_with(gate, {"report": hard_report()})
    phone.resize(1366, 768)
    open_report(phone)

    assert phone.text("#table-segments tbody tr:nth-child(4) td").startswith("<img")
    assert phone.run("return document.querySelectorAll('main img, h1 *').length") == 0
    assert "Late taps" in phone.text("#report-note")
    for width, height in [(390, 844), (1366, 768), (1920, 1080)]:
        phone.resize(width, height)
        for view in ("presenter", "desk"):
            phone.run("document.querySelector('[data-do=presenter]').click()")
            assert phone.run("return document.documentElement.dataset.view") == view
            assert phone.run("return document.documentElement.scrollWidth") <= width
    assert phone.console() == []
