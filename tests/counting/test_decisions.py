"""What becomes of each record: what was decided is what the naive model says of its fate."""

from hypothesis import given
from hypothesis import strategies as st

from dash_app.counting.clicks import Click
from dash_app.counting.decisions import Decider, Decision
from dash_app.counting.dedup import Dedup
from tests import naive
from tests.naive import NOW, Entry, Fate, Logs, press


def fate_of(decision: Decision) -> Fate:
    """Return a decision in the words of the naive model."""
    if decision.click is not None:
        return Fate(decision.click.type, decision.at, decision.at is None)
    return Fate("a duplicate" if decision.is_repeat else f"unreadable: {decision.reason}")


def decide_all(entries: list[Entry], dedup_offsets: int, *types: str) -> list[Decision]:
    decider = Decider(Dedup(dedup_offsets), types)
    return [decider.decide(entry.record) for entry in entries]


@given(naive.partitions(), st.integers(1, 7))
def test_decisions_are_the_fates_of_the_naive_model(logs: Logs, dedup_offsets: int) -> None:
    for entries in logs.values():
        decisions = decide_all(entries, dedup_offsets)
        assert [*map(fate_of, decisions)] == naive.fates(entries, dedup_offsets)


def test_types_that_are_known_to_count_leave_no_place_for_others() -> None:
    known = [f"known-{number}" for number in range(31)]
    entries = [press(0, "new"), press(1, "newer"), press(2, "known-30"), press(3, "new")]

    decided = decide_all(entries, 5, *known)
    assert [one.reason for one in decided] == [None, "too many types", None, None]
    assert decided[0] == Decision(Click("new", NOW), NOW, None)
