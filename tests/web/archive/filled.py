"""A SQLite log that holds many clicks at once, long before a test begins."""

from pathlib import Path

from tests.brokers.sqlite.rows import opened

FILL = """
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :clicks)
INSERT INTO clicks (type, timestamp, received, client, seq, place, person)
SELECT iif(n % 3, 'cheers', 'hate'), :since - :late + n % 60, :since + n % 60,
    'phone-' || n % 40, 1000000 * :since + n, 0, printf('%016x', n % 40)
FROM numbers
"""
COUNT = """
INSERT INTO totals (type, clicks, untimely)
SELECT type, count(*), 0 FROM clicks WHERE true GROUP BY type
ON CONFLICT (type) DO UPDATE SET clicks = excluded.clicks
"""


def fill(path: Path, clicks: int, since: int, late: int = 0) -> dict[str, int]:
    """Append clicks of 40 phones in the minute from `since` on; return how many of each type.

    They were tapped so many seconds before they are written.
    """
    with opened(path) as database:
        database.execute("BEGIN IMMEDIATE")
        database.execute(FILL, {"clicks": clicks, "since": since, "late": late})
        database.execute(COUNT)
        database.execute("COMMIT")
    hates = -(-clicks // 3)
    return {"cheers": clicks - hates, "hate": hates}
