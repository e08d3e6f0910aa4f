"""The statements of count_clicks.sql, with the settings put in."""

import re
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_name("count_clicks.sql")


def statements(values: Mapping[str, str], connection: Mapping[str, str]) -> list[str]:
    """Return one statement per paragraph of the file, each `${NAME}` replaced by its value.

    `${KAFKA_CONNECTION}` stands for the settings of Kafka's Java client.
    """
    # Split first: a value may hold an empty line. And filled at once: it may hold a `${NAME}`.
    text = re.sub(r"^--.*\n", "", FILE.read_text(), flags=re.MULTILINE)
    paragraphs = [part.strip().removesuffix(";") for part in text.split("\n\n")]
    filled = {name: quoted(value) for name, value in values.items()}
    filled["KAFKA_CONNECTION"] = ",\n  ".join(
        f"'properties.{name}' = '{quoted(value)}'" for name, value in connection.items()
    )
    return [re.sub(r"\$\{(\w+)\}", lambda name: filled[name[1]], part) for part in paragraphs]


def quoted(text: str) -> str:
    """Return a text as it stands between the quotes of SQL."""
    return text.replace("'", "''")
