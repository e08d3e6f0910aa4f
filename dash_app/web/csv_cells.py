"""Keys in CSV files: no spreadsheet takes one for a formula, and no two columns have one name."""

from collections.abc import Collection

_PREFIX = "clicks_"


def key_cell(key: str) -> str:
    """Return a key as a cell: with a minus at its beginning it would be a formula."""
    return f"'{key}" if key.startswith("-") else key


def key_column(key: str, others: Collection[str]) -> str:
    """Return the name of a key's column in a file that has the columns `others`, too."""
    is_taken = key in others or key.startswith(_PREFIX)
    return f"{_PREFIX}{key}" if is_taken else key_cell(key)
