"""`POST /kafka/click`: one click, a batch, its repeat, and every way to say no."""

import json
import time
from typing import Any

from werkzeug.test import TestResponse

from tests.sites import Site
from tests.web.conftest import MakeSite


def batch(
    *types: str, client: str | None = "phone-1", seq: int | None = 7, **fields: Any
) -> dict[str, Any]:
    return {
        "client": client,
        "seq": seq,
        "clicks": [{"type": type_, "age_ms": 120} for type_ in types],
        **fields,
    }


def assert_error(
    answer: TestResponse, code: int, message: str | None = None, **more: object
) -> str:
    """Check that the answer is an error as the contract has it; return its message."""
    assert answer.status_code == code, answer.text
    assert answer.mimetype == "application/json"
    fields = answer.get_json()
    text: str = fields.pop("message")
    assert fields == {"status": "error", **more}
    assert text
    if message is not None:
        assert text == message
    return text


def assert_refused(answer: TestResponse, code: int, message: str | None = None) -> str:
    """Check that the click route itself has refused a click, for good; return its message."""
    return assert_error(answer, code, message, appended=False)


def assert_unoffered(answer: TestResponse, *types: str) -> None:
    """Check that the click route has refused clicks for these types, which no button sends."""
    assert_error(answer, 400, "Invalid click type", appended=False, unknown=list(types))


def test_a_single_click_is_answered_in_the_words_of_the_contract_and_counted(
    live_site: Site,
) -> None:
    for type_, named, totals in (
        ("cheers", "cheers", (1, 0)),
        ("fuck", "fuck", (1, 1)),
        ("hate", "hate", (1, 2)),
    ):
        answer = live_site.click({"type": type_})
        assert answer.status_code == 200
        assert answer.get_json() == {"status": "success", "message": f"Click {named} sent!"}
        live_site.wait_for_totals(*totals)


def test_a_batch_says_how_many_clicks_it_had(live_site: Site) -> None:
    answer = live_site.click(batch("cheers", "hate", "fuck"))

    assert answer.status_code == 200
    assert answer.get_json() == {"status": "success", "message": "3 clicks sent!", "accepted": 3}
    live_site.wait_for_totals(1, 2)


def test_who_wants_a_trace_hears_where_each_click_stands(
    live_site: Site, broker_settings: dict[str, Any]
) -> None:
    began = time.time()
    first = live_site.click(batch("cheers", "hate", trace=True)).get_json()
    again = live_site.click(batch("cheers", "hate", trace=True)).get_json()

    is_file = "kafka_topic" not in broker_settings
    rows = [1, 2] if is_file else [0, 1]
    assert first["placed"] == [{"partition": 0, "offset": row} for row in rows]
    assert began <= first["received_at"] <= first["acknowledged_at"] <= time.time()
    # A file holds each click once, so a repeat stands where the first one does.
    rows = rows if is_file else [2, 3]
    assert again["placed"] == [{"partition": 0, "offset": row} for row in rows]


def test_a_repeated_batch_is_answered_alike_and_changes_nothing(live_site: Site) -> None:
    first = live_site.click(batch("cheers", "cheers", "hate"))
    later = batch("cheers", "cheers", "hate")
    for click in later["clicks"]:
        click["age_ms"] += 5000
    again = live_site.click(later)
    live_site.click({"type": "cheers"})

    assert again.status_code == 200
    assert again.get_json() == first.get_json()
    live_site.wait_for_totals(3, 1)
    assert sum(live_site.timeline()["series"]["cheers"]) == 3
    assert len(live_site.data()["recent_history"]) == 4


def test_a_batch_is_known_by_client_and_seq_together(live_site: Site) -> None:
    for client, seq in (("phone-1", 7), ("phone-1", 6), ("phone-2", 7)):
        assert live_site.click(batch("cheers", client=client, seq=seq)).status_code == 200

    live_site.wait_for_totals(3)


def test_a_single_click_with_an_identity_counts_once(live_site: Site) -> None:
    click = {"type": "hate", "client": "phone-1", "seq": 0}
    for _ in range(2):
        assert live_site.click(click).get_json()["message"] == "Click hate sent!"
    live_site.click({"type": "cheers"})

    live_site.wait_for_totals(1, 1)


def test_clicks_without_an_identity_all_count(live_site: Site) -> None:
    for _ in range(2):
        assert live_site.click({"clicks": [{"type": "cheers"}] * 2}).get_json()["accepted"] == 2

    live_site.wait_for_totals(4)


def test_what_the_bounds_allow_is_accepted(live_site: Site) -> None:
    bodies = [
        batch(*["cheers"] * 500, client="Az09_-" * 10 + "abcd", seq=2**53 - 1),
        batch("cheers", client="x", seq=0),
        batch("cheers", seq=8, further="fields", are={"ignored": [1]}),
        {"client": None, "seq": None, "clicks": [{"type": "cheers", "age_ms": -1, "x": 1}]},
        {"clicks": [{"type": "cheers", "age_ms": 1e300}]},
        {"type": "cheers", "age_ms": "ignored", "timestamp": 1},
    ]
    for body in bodies:
        assert live_site.click(body).status_code == 200, body

    live_site.wait_for_totals(505)


def test_json_with_a_charset_is_json(site: Site) -> None:
    body = json.dumps({"type": "cheers"})
    answer = site.ask(
        "POST", "/kafka/click", data=body, content_type="application/json; charset=utf-8"
    )

    assert answer.status_code == 200


def test_an_invalid_click_type_is_named_so(site: Site) -> None:
    site.wait_for_state("live")
    bodies: list[Any] = [{}, {"client": "a", "seq": 1}]
    bodies += [{"type": type_} for type_ in ("", "CHEERS", "Cheers", 1, None, True, ["hate"])]
    bodies += [{"clicks": [{"type": "cheers"}, {"type": "Boo"}]}, {"clicks": [{"age_ms": 1}]}]
    for body in bodies:
        assert_refused(site.click(body), 400, "Invalid click type")
    batch = {"clicks": [{"type": kind} for kind in ("boo", "cheers", "a", "fuck", "boo")]}
    assert_unoffered(site.click(batch), "a", "boo")
    assert_unoffered(site.click({"type": "boo"}), "boo")


def test_what_is_not_json_is_refused(site: Site) -> None:
    bodies = [
        b"",
        b"type=cheers",
        b"{",
        b'{"type": "cheers"',
        b"{'type': 'cheers'}",
        b'{"type": "cheers"} and more',
        b'{"clicks": [{"type": "cheers", "age_ms": NaN}]}',
        b'{"type": "\xff"}',
        b'{"type": "\\ud800"}',
        b"[" * 60_000,
    ]
    for body in bodies:
        answer = site.ask("POST", "/kafka/click", data=body, content_type="application/json")
        assert "not JSON" in assert_refused(answer, 400), body[:40]


def test_what_has_the_wrong_shape_is_refused_and_not_counted(live_site: Site) -> None:
    cheers = {"type": "cheers"}
    bodies: list[Any] = [[], "cheers", 1, None, [cheers]]
    lists: list[Any] = [[], {}, "cheers", None, 5, [cheers] * 501]
    bodies += [{"clicks": clicks} for clicks in lists]
    bodies += [{"clicks": [cheers, click]} for click in ("cheers", None, ["cheers"], 1)]
    ages: list[Any] = ["5", None, True, [], {}]
    bodies += [{"clicks": [{**cheers, "age_ms": age}]} for age in ages]
    bodies += [{**cheers, "clicks": [cheers]}, {"type": None, "clicks": [cheers]}]
    for body in ({"clicks": [cheers]}, cheers):
        bodies += [{**body, "client": "phone-1"}, {**body, "seq": 1}]
        bodies += [{**body, "client": None, "seq": 1}, {**body, "client": "phone-1", "seq": None}]
        clients = ("", "a" * 65, "a b", "é", "a\n", "a:b", 5, ["a"])
        bodies += [{**body, "client": client, "seq": 1} for client in clients]
        seqs = (-1, 2**53, 2**70, "7", 7.5, True, [7])
        bodies += [{**body, "client": "phone-1", "seq": seq} for seq in seqs]
    for body in bodies:
        message = assert_refused(live_site.click(body), 400)
        assert message != "Invalid click type", body
        assert len(message) < 300

    live_site.click(cheers)
    live_site.wait_for_totals(1)


def test_a_body_of_another_type_is_refused(site: Site) -> None:
    body = json.dumps({"type": "cheers"})
    for type_ in (None, "", "text/plain", "application/x-www-form-urlencoded", "text/json"):
        assert_refused(site.ask("POST", "/kafka/click", data=body, content_type=type_), 415)


def test_a_body_over_64_kib_is_refused_and_one_of_64_kib_is_not(site: Site) -> None:
    body = json.dumps({"type": "cheers"}).encode()
    for size, expected in ((64 * 1024, 200), (64 * 1024 + 1, 413), (1024 * 1024, 413)):
        answer = site.ask(
            "POST", "/kafka/click", data=body.ljust(size), content_type="application/json"
        )
        assert answer.status_code == expected, size
        if expected == 413:
            assert_refused(answer, 413)


def test_a_click_is_counted_by_every_site_on_the_log(make_site: MakeSite) -> None:
    one, other = make_site(), make_site()
    other.wait_for_state("live")
    one.wait_for_state("live")
    one.click(batch("cheers", "hate"))
    other.click(batch("cheers", "hate"))
    other.click({"type": "hate"})

    for site in (one, other):
        site.wait_for_totals(1, 2)
    assert one.timeline()["log"] == other.timeline()["log"]
