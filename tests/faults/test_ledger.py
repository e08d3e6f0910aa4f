"""The judge of the suite: it finds a lost click, a double one and one that nobody pressed."""

import pytest

from tests.faults.ledger import Ledger, LogContents, Tap, Verdict, judge

TAP = Tap("phone", 7, 0)


def test_a_log_and_totals_that_agree_with_the_ledger_are_in_order() -> None:
    assert judge(_ledger(), _contents(), {"cheers": 1, "hate": 1}) == Verdict(0, 0, [])


@pytest.mark.parametrize(
    ("totals", "verdict"),
    [
        ({"cheers": 0, "hate": 1}, Verdict(1, 0, [])),
        ({"cheers": 1, "hate": 3}, Verdict(0, 2, [])),
    ],
)
def test_totals_that_are_not_those_of_the_log_are_lost_or_double(
    totals: dict[str, int], verdict: Verdict
) -> None:
    assert judge(_ledger(), _contents(), totals) == verdict


def test_what_was_acknowledged_and_is_not_in_the_log_is_lost() -> None:
    contents = LogContents()
    assert judge(_ledger(), contents, {"cheers": 0, "hate": 0}) == Verdict(2, 0, [])


def test_a_tap_in_two_partitions_and_a_nameless_one_too_many_are_double() -> None:
    contents = _contents()
    contents.add(1, "cheers", TAP)
    contents.add(0, "hate", None)
    assert judge(_ledger(), contents, {"cheers": 2, "hate": 2}) == Verdict(0, 2, [])


def test_a_tap_of_nobody_or_of_another_kind_is_wrong() -> None:
    contents = _contents()
    contents.add(0, "cheers", Tap("nobody", 1, 0))
    contents.named[0, TAP] = "hate"
    verdict = judge(_ledger(), contents, {"cheers": 1, "hate": 2})
    assert [verdict.lost, verdict.double, len(verdict.wrong)] == [0, 0, 2]


def test_a_withdrawn_sending_counts_as_never_attempted_and_one_of_two_as_attempted() -> None:
    ledger = Ledger()
    ledger.attempt({TAP: "cheers"})
    ledger.attempt({TAP: "cheers"})
    ledger.withdraw({TAP: "cheers"})
    assert (ledger.attempted, ledger.sent_again) == ({TAP: "cheers"}, 0)
    ledger.withdraw({TAP: "cheers"})
    assert ledger.attempted == {}


def _ledger() -> Ledger:
    """Return the ledger of one cheer with a name and of one hate without, both acknowledged."""
    ledger = Ledger()
    ledger.nameless = {"stranger"}
    taps = {TAP: "cheers", Tap("stranger", 0, 0): "hate"}
    ledger.attempt(taps)
    ledger.acknowledge(taps, "http://site", 1.0)
    return ledger


def _contents() -> LogContents:
    """Return the log of these two, one of them sent twice."""
    contents = LogContents()
    contents.add(0, "cheers", TAP)
    contents.add(0, "cheers", TAP)
    contents.add(0, "hate", None)
    return contents
