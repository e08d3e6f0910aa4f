"""Which records of the log were written in a range of time, and how to read them elsewhere."""

import shlex
import time
from collections.abc import Mapping

import orjson
from flask import Response

from dash_app.brokers.selection import open_range
from dash_app.consumer.service import Service
from dash_app.counting.ranges import check_range
from dash_app.settings import Settings
from dash_app.web.query import asked_range, reject_unknown_parameters
from dash_app.web.streams import job_errors

SHOWN = ("timestamp", "offset", "headers", "key")
"""Properties of the formatter, in the order in which it prints them, separated by tabs."""

NO_MORE_MS = 10_000
"""After offsets without a record the consumer waits for later ones for ever, unless for so long."""


def offsets(service: Service) -> Response:
    """Return the offsets of a range in each partition, and commands that print its records."""
    reject_unknown_parameters(["from", "to"])
    with job_errors():
        since, until = check_range(*asked_range(), time.time())
        with open_range(service.settings, since, until) as log:
            written, log_id = log.written, log.log_id
    fields = {
        "log": log_id,
        "broker": service.settings.broker,
        "partitions": [
            {"partition": number, "first": first, "end": end}
            for number, (first, end) in sorted(written.items())
        ],
        "commands": _commands(service.settings, written),
    }
    response = Response(orjson.dumps(fields), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _commands(settings: Settings, written: Mapping[int, tuple[int, int]]) -> list[str]:
    if settings.broker == "embedded":
        ((first, end),) = written.values()
        query = f"SELECT * FROM clicks WHERE id >= {first} AND id < {end} ORDER BY id"  # noqa: S608 - numbers
        return [shlex.join(["sqlite3", "-header", str(settings.clicks_db.resolve()), query])]
    servers, topic = settings.kafka_bootstrap_servers or "", settings.kafka_topic
    shown = [word for each in SHOWN for word in ("--property", f"print.{each}=true")]
    return [
        shlex.join(
            [
                *("kafka-console-consumer", "--bootstrap-server", servers, "--topic", topic),
                *("--partition", str(number), "--offset", str(first)),
                *("--max-messages", str(end - first), "--timeout-ms", str(NO_MORE_MS)),
                *("--isolation-level", "read_committed", *shown),
            ]
        )
        + f" | awk -F '\\t' {shlex.quote(_until(end))}"
        for number, (first, end) in sorted(written.items())
        if first < end
    ]


def _until(end: int) -> str:
    """Return a program that passes on the lines of the records before an offset.

    The consumer ends after so many records, and some offsets have none: those of the markers of
    transactions, and of what was compacted. Then it goes on behind the range.
    """
    return f"$2 ~ /^Offset:[0-9]+$/ && substr($2, 8) + 0 >= {end} {{ exit }} 1"
