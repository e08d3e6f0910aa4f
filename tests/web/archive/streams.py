"""What a stream of a report or an export says."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from werkzeug.test import TestResponse

from tests.sites import Site
from tests.web.talks.talking import RIGHT

SECOND = 1_790_000_000
"""When the clicks of a log that is filled by hand begin."""


def ask(site: Site, path: str, *, right: bool = True, **query: Any) -> TestResponse:
    """Ask a route as the presenter, or as anybody; return once the answer is there as a whole."""
    # `from` is a word of Python's.
    fields = {name.rstrip("_"): value for name, value in query.items()}
    headers = RIGHT if right else {}
    answer = site.ask("GET", path, query_string=fields, headers=headers)
    answer.get_data()
    return answer


def archive(site: Site, *, right: bool = True, **query: Any) -> TestResponse:
    """Ask for a report."""
    return ask(site, "/kafka/archive", right=right, **query)


def lines(answer: TestResponse) -> list[Any]:
    """Return the lines of a stream that came to its end."""
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def report(site: Site, *, right: bool = True, **query: Any) -> Any:
    """Return the report that is asked for."""
    *progress, last = lines(archive(site, right=right, **query))
    assert all(0 <= line["done"] <= 1 for line in progress), progress
    assert list(last) == ["report"], last
    return last["report"]


@contextlib.contextmanager
def held(site: Site, path: str = "/kafka/archive", **query: Any) -> Iterator[Iterator[bytes]]:
    """Ask for a stream and take no more of it than somebody wants; inside, its job goes on."""
    answer = site.client.open(
        f"{site.prefix}{path}",
        query_string={name.rstrip("_"): value for name, value in query.items()},
        headers=RIGHT,
        buffered=False,
    )
    assert answer.status_code == 200, answer.text
    chunks = answer.iter_encoded()
    try:
        yield chunks
    finally:
        answer.close()
