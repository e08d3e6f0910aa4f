"""The offsets of a range of time, and commands that really print its records."""

import contextlib
import os
import shlex
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.brokers.kafka.jvm import find_jars
from tests.sites import Site
from tests.web.conftest import MakeSite
from tests.web.talks.talking import CODE, RIGHT

CONSOLE_CONSUMER = "org.apache.kafka.tools.consumer.ConsoleConsumer"


def offsets(site: Site, since: int, until: int) -> Any:
    query = {"from": since, "to": until}
    answer = site.ask("GET", "/kafka/offsets", query_string=query, headers=RIGHT)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def run(command: str, folder: Path) -> list[str]:
    """Return the lines that the command prints, the identity of a click in each."""
    program, *words = shlex.split(command)
    if program == "kafka-console-consumer":
        return in_shell(command, folder)
    assert program == "sqlite3"
    path, query = words[-2:]
    with contextlib.closing(sqlite3.connect(path)) as database:
        return [" ".join(map(str, row)) for row in database.execute(query)]


def in_shell(command: str, folder: Path) -> list[str]:
    """Return the lines that the command prints in a shell that finds Kafka's programs."""
    java = "java -XX:TieredStopAtLevel=1 -cp"
    program = folder / "kafka-console-consumer"
    program.write_text(f'#!/bin/sh\nexec {java} "{find_jars("4.3.1")}/*" {CONSOLE_CONSUMER} "$@"\n')
    program.chmod(0o755)
    path = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-c", command], env=path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    # Kafka 4.3 asks for --formatter-property, which earlier releases do not know.
    return [line for line in done.stdout.splitlines() if "is deprecated" not in line]


def test_the_offsets_are_those_of_the_range_and_the_commands_print_its_records(
    make_site: MakeSite, broker_settings: dict[str, Any], tmp_path: Path
) -> None:
    site = make_site(presenter_code=CODE)
    site.wait_for_state("live")
    tap = {"client": "phone-1", "clicks": [{"type": "cheers"}] * 3, "trace": True}
    site.click(tap | {"seq": 1})
    last = site.click(tap | {"seq": 2}).get_json()["placed"][-1]
    now = int(time.time())
    found = offsets(site, now - 60, now + 60)
    nothing = offsets(site, now - 120, now - 60)

    is_file = "kafka_topic" not in broker_settings
    end = last["offset"] + 1
    assert found["log"] == site.timeline()["log"]
    assert found["partitions"] == [{"partition": 0, "first": end - 6, "end": end}]
    assert nothing["partitions"] == [{"partition": 0, "first": end - 6, "end": end - 6}]
    (command,) = found["commands"]
    lines = run(command, tmp_path)
    identities = ["phone-1 {} {}" if is_file else "phone-1:{}:{}"] * 6
    assert len(lines) == 6
    for line, form, batch, place in zip(lines, identities, "111222", "012012", strict=True):
        assert form.format(batch, place) in line


def test_bad_ranges_are_named_and_only_a_presenter_asks(make_site: MakeSite) -> None:
    site = make_site(presenter_code=CODE)
    now = int(time.time())
    for query, status, named in (
        ({}, 400, "from and to name a range"),
        ({"from": now, "to": now - 1}, 400, "is not before"),
        ({"from": now - 9 * 86400, "to": now}, 400, "is longer than 24 h"),
        ({"from": now + 999, "to": now + 1999}, 400, "is in the future"),
        ({"from": now - 9, "to": now, "bin": 1}, 400, "'bin' is no parameter here"),
    ):
        answer = site.ask("GET", "/kafka/offsets", query_string=query, headers=RIGHT)
        assert answer.status_code == status, answer.text
        assert named in answer.get_json()["message"]
    assert site.ask("GET", f"/kafka/offsets?from={now - 9}&to={now}").status_code == 403


def test_a_partition_without_records_needs_no_command(
    make_site: MakeSite, broker_settings: dict[str, Any], tmp_path: Path
) -> None:
    site = make_site(presenter_code=CODE)
    site.wait_for_state("live")
    now = int(time.time())
    found = offsets(site, now - 60, now)

    # A file has one command, which prints no row then.
    printed = [line for command in found["commands"] for line in run(command, tmp_path)]
    assert printed == []
    assert len(found["commands"]) == ("kafka_topic" not in broker_settings)
