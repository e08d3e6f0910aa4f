"""Records of all kinds, and a plain second counting of them, with nothing of Flink's."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dash_app.brokers.kafka.log import KafkaLog
from dash_app.counting.ledger import Account, Statement, build_ledger
from dash_app.counting.records import Record, Unreadable, decode_identity, read
from dash_app.counting.second_counts import drawn_at
from dash_app.settings import Settings
from tests.brokers.kafka.records import Sent, click
from tests.brokers.kafka.test_foreign_records import UNREADABLE

PARTITIONS = 4

TYPES = ("cheers", "hate", "too-fast", "_", "0")
"""The types of the clicks."""

HOSTILE = [value for value in UNREADABLE if len(value) < 10_000] + [
    b'{"type":"cheers","timestamp":1} x',
    b'{"type":"cheers","timestamp":1}],[{"a":1}',
    b'{"type":"cheers","timestamp":1}, "a":{"b":1}',
    b'{"type":"cheers","timestamp":[1]}',
    b'{"type":"cheers","timestamp":{"a":1}}',
    b'{"type":"cheers","timestamp":100000000000.5}',
    b'{"type":"cheers","timestamp":-0.001}',
    b'{"type":"cheers","timestamp":1795494000000}',
    b'{"type":"cheers","timestamp":"2026-11-29T15:34:47Z"}',
    b"\x00\x00\x00\x00\x07" + b'{"type":"cheers","timestamp":1}',
    b'{"type":"cheers","timestamp":"[1]"}',
    b'{"type":"cheers","timestamp":1,"x":"\xff"}',
    b'{"type":"cheers","timestamp":1,}',
    b"{'type':'cheers','timestamp':1}",
    b'\xef\xbb\xbf{"type":"cheers","timestamp":1}',
    b'[{"type":"cheers","timestamp":1}]',
    b'{"type":"cheers","timestamp":01}',
    b'{"type":true,"timestamp":1}',
    b'{"type":7,"timestamp":1}',
    b'{"type":"Cheers","timestamp":1}',
    b'{"type":"cheers\\n","timestamp":1}',
    b'{"type":"123456789012345678901234567890123","timestamp":1}',
    b"\x00",
]
"""No clicks, although some look like one to a parser that is less strict."""

ODD = [
    b'{"type":"fuck","type":"cheers","timestamp":9,"timestamp":%d}',
    b' {\n "timestamp" : %d ,\t"type" : "\\u0063heers" , "user":{"a":[1]} }\r\n',
    b'{"type":"cheers","timestamp":%d.0625e0,"x":"\xc3\xa9\xef\xbf\xbd \\ud83d\\ude00"}',
    b'{"type":"fuck","timestamp":%dE-0}',
    b'{"type":"hate","timestamp":%d}',
]
"""Clicks, although some parsers read another one or none."""

IDENTITIES = (
    b"a:1:500", b"a:1:499", b"a:01:0", b"a:1:00", b"a:9007199254740991:0", b"a:9007199254740992:0",
    b"a:9999999999999999:0", b"a:1:0\n", b"", b"\xff:1:0", b"x" * 64 + b":1:0", b"x" * 65 + b":1:0",
    b"a b:1:0",
)  # fmt: skip
"""Headers click-id, half of them malformed: what counts once and what as often as it comes."""


def records(seed: int, number: int) -> Iterator[Sent]:
    """Return records: clicks with and without identity, repeats, late and early ones, no clicks."""
    choose = random.Random(seed)
    sent: list[Sent] = []
    for place in range(number):
        now = time.time()
        kind = choose.choice(["fuck", *TYPES])
        tapped = now - choose.choice([0, 0.5, 3, 60, 3000, 3590, 3700, 1e9, -4, -60])
        headers = [("click-id", b"%d-%d:%d:%d" % (seed, place % 7, place // 7, place % 500))]
        record = Sent(click(kind, tapped), b"key", headers, choose.randrange(PARTITIONS))
        what = choose.random()
        if what < 0.25 and sent:
            # Some repeats come soon, some after more records than are remembered.
            record = choose.choice(sent[-40:] if what < 0.15 else sent)
        elif what < 0.4:
            record = record._replace(headers=())
        elif what < 0.5:
            record = record._replace(value=choose.choice([*HOSTILE, None]))
        elif what < 0.6:
            record = record._replace(value=choose.choice(ODD) % now)
        elif what < 0.65:
            record = record._replace(headers=[("click-id", choose.choice(IDENTITIES))])
        elif what < 0.7 and sent:
            # The same identity with another type, or in what is no click.
            record = record._replace(headers=choose.choice(sent).headers)
        sent.append(record)
        yield record


class Audited(NamedTuple):
    """What is in a log: its account, the drawn clicks of each of TYPES per second, and its ends.

    `as_of` is past the last record that anybody sees, `ends` past what nobody sees, too.
    """

    account: Account
    drawn: dict[str, Counter[int]]
    as_of: dict[str, int]
    ends: dict[str, int]
    different: list[Statement]


def audit(settings: Settings, statements: Iterable[Statement] = ()) -> Audited:
    """Count the log anew; `different` are the statements that do not agree with it."""
    stated = list(statements)
    drawn: dict[str, Counter[int]] = defaultdict(Counter)
    as_of: dict[str, int] = {}
    with KafkaLog(settings) as log:
        ledger = build_ledger(log, settings.dedup_offsets, stated)
        for partition in log.ends:
            records = list(log.records(partition))
            as_of[str(partition)] = records[-1].offset + 1 if records else 0
            _draw(records, settings.dedup_offsets, drawn)
    return Audited(
        ledger.total(),
        drawn,
        as_of,
        {str(partition): end for partition, end in log.ends.items()},
        [statement for statement in stated if not ledger.agrees(statement)],
    )


def _draw(records: Iterable[Record], width: int, drawn: dict[str, Counter[int]]) -> None:
    seen: dict[bytes, int] = {}
    for record in records:
        try:
            click = read(record)
        except Unreadable:
            continue
        identity, generation = record.click_id, record.offset // width
        known = decode_identity(identity) is not None and identity is not None
        is_repeat = known and seen.get(identity or b"", -2) >= generation - 1
        if known:
            seen[identity or b""] = generation
        at = drawn_at(click.timestamp, record.time)
        if not is_repeat and at is not None and click.type in TYPES:
            drawn[click.type][int(at)] += 1
