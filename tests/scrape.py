"""What a scrape holds, by name and labels."""

import re

from prometheus_client.parser import text_string_to_metric_families

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]

METRIC = re.compile(r"\bclicker_[a-z_]+")
"""A metric's name where a document or a dashboard mentions one."""


class Scrape:
    """The samples of one answer of the metrics route."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._samples: Samples = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def value(self, name: str, **labels: object) -> float | None:
        """Return a sample's value; None where there is none."""
        label_set = frozenset((label, str(value)) for label, value in labels.items())
        return self._samples.get((f"clicker_{name}", label_set))

    def sum(self, name: str, **labels: str) -> float:
        """Return the sum of the samples that have these labels, whatever others they have."""
        return sum(
            value
            for (sample, has), value in self._samples.items()
            if sample == f"clicker_{name}" and labels.items() <= dict(has).items()
        )

    def names(self) -> set[str]:
        """Return the names of all samples of the site."""
        return {name for name, _ in self._samples if not name.endswith("_created")}

    def labels(self, name: str) -> set[str]:
        """Return the names of the labels that the samples of this whole name have."""
        return {label for sample, labels in self._samples if sample == name for label, _ in labels}
