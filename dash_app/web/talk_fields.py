"""A talk as the answers show it, and what of the counts everybody may see while it runs."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dash_app.counting.snapshot import Snapshot
from dash_app.counting.talk_values import CLOSED, HIDDEN, OPEN, SHOWN, Mark
from dash_app.counting.talks import Talk, Talks
from dash_app.counting.windows import bins
from dash_app.errors import ApiError
from dash_app.settings.reactions import Reaction, Reactions

ALL = "all"
"""The key of the sum of all reactions, where results are hidden."""

RESULTS_HIDDEN = "The presenter shows the results later"

_SUM = (Reaction(ALL, "All taps"),)


class Shown(NamedTuple):
    """The reactions in use, the running talk, and whether only their sum is shown."""

    reactions: Reactions
    talk: Talk | None = None
    is_hidden: bool = False

    @property
    def results(self) -> str:
        """Whether results are shown or hidden, in a word."""
        return HIDDEN if self.is_hidden else SHOWN

    @property
    def counted(self) -> Reactions:
        """What has counts of its own in an answer: the reactions in use, or one for their sum."""
        return _SUM if self.is_hidden else self.reactions

    def bins(self, snapshot: Snapshot, start: int, window: int) -> Mapping[str, list[int]]:
        """Return the bins of a window (s) from `start` (epoch s) by reaction, or their sum."""
        by_key = {key: bins(snapshot.by_second.get(key, {}), start, window) for key in self.keys}
        if not self.is_hidden:
            return by_key
        return {ALL: [sum(each) for each in zip(*by_key.values(), strict=True)]}

    def require_shown(self) -> None:
        """Raise ApiError while nobody may see which reaction was tapped how often."""
        if self.is_hidden:
            raise ApiError(403, RESULTS_HIDDEN)

    @property
    def keys(self) -> Sequence[str]:
        """The keys of the reactions in use."""
        return [reaction.key for reaction in self.reactions]

    def keyed(self, counts: Mapping[str, int]) -> Mapping[str, int]:
        """Return the counts of the reactions in use, or their sum."""
        return keyed(self.reactions, counts, is_hidden=self.is_hidden)


def shown_at(talks: Talks, default: Reactions, now: float) -> Shown:
    """Return what is shown at `now` (epoch s): without a talk the default reactions."""
    talk = talks.running(now)
    reactions = default if talk is None else talk.reactions
    return Shown(reactions, talk, talks.hides_results(now))


def keyed(reactions: Reactions, counts: Mapping[str, int], *, is_hidden: bool) -> Mapping[str, int]:
    """Return the counts of these reactions by key, or their sum if results are hidden."""
    by_key = {key: counts.get(key, 0) for key, _ in reactions}
    return {ALL: sum(by_key.values())} if is_hidden else by_key


def talk_fields(talk: Talk, marks: Sequence[Mark] | None = None) -> dict[str, Any]:
    """Return a talk as JSON has it, by default with all of its marks."""
    return {
        "id": talk.id,
        "title": talk.title,
        "reactions": [reaction._asdict() for reaction in talk.reactions],
        "started_at": talk.started_at,
        "ended_at": talk.ended_at,
        "taps": OPEN if talk.closed_at is None else CLOSED,
        "results": HIDDEN if talk.is_hidden else SHOWN,
        "marks": [mark._asdict() for mark in (talk.marks if marks is None else marks)],
    }


def talk_totals(talk: Talk, snapshot: Snapshot, *, is_hidden: bool) -> Mapping[str, int] | None:
    """Return the clicks of a talk by reaction, or their sum if they are hidden; None: unknown."""
    counted = snapshot.talk_totals.get(talk.range)
    if counted is None:
        return None
    return keyed(talk.reactions, counted, is_hidden=is_hidden)
