"""Figures of several subjects that were measured in turn, round by round."""

import math
from collections.abc import Sequence
from statistics import median


class Rounds:
    """One figure of each subject per round: what the machine does meanwhile befalls them all."""

    def __init__(self) -> None:
        self._figures: dict[str, list[float]] = {}

    def add(self, subject: str, figure: float) -> None:
        """Note the subject's figure of its next round."""
        self._figures.setdefault(subject, []).append(figure)

    def median(self, subject: str) -> float:
        """Return the median of a subject's figures."""
        return median(self._figures[subject])

    def ratio(self, subject: str, to: str) -> float:
        """Return the median of the ratios of two subjects, each taken within one round."""
        pairs = zip(self._figures[subject], self._figures[to], strict=True)
        return median(one / other for one, other in pairs)

    def described(self, unit: str) -> dict[str, str]:
        """Return for each subject its median and its extremes."""
        return {
            subject: f"{median(figures):,.{_digits(figures)}f} {unit}"
            f" ({min(figures):,.{_digits(figures)}f}–{max(figures):,.{_digits(figures)}f})"
            for subject, figures in self._figures.items()
        }


def _digits(figures: Sequence[float]) -> int:
    return 0 if min(figures) >= 100 else 1 if min(figures) >= 10 else 2


def percentile(figures: Sequence[float], percent: float) -> float:
    """Return the smallest figure that at least so many percent do not exceed (nearest rank)."""
    ordered = sorted(figures)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
