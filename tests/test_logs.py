import json
import logging
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_app.logs import LogThrottle, OneLineFormatter
from tests.clock import Clock
from tests.ports import free_port
from tests.served import serving
from tests.waiting import eventually

if TYPE_CHECKING:
    from tests.brokers.kafka.broker import Broker


def passes(throttle: LogThrottle, text: str, *args: object) -> str | None:
    """Return the message as it is logged; None where it is held back."""
    record = logging.LogRecord("clicks", logging.WARNING, __file__, 1, text, args, None)
    return record.getMessage() if throttle.filter(record) else None


def test_a_message_passes_so_many_times_in_so_many_seconds() -> None:
    clock = Clock()
    throttle = LogThrottle(times=2, seconds=10, clock=clock)

    assert [passes(throttle, "gone: %s", n) for n in range(5)] == ["gone: 0", "gone: 1"] + [
        None
    ] * 3
    clock.now += 9.999
    assert passes(throttle, "gone: %s", 5) is None


def test_afterwards_it_says_how_many_were_held_back() -> None:
    clock = Clock()
    throttle = LogThrottle(times=2, seconds=10, clock=clock)
    for n in range(5):
        passes(throttle, "gone: %s", n)
    clock.now += 10

    assert passes(throttle, "gone: %s", 6) == "gone: 6 (and 3 more like this before)"
    assert passes(throttle, "gone: %s", 7) == "gone: 7"
    assert passes(throttle, "gone: %s", 8) is None


def test_nothing_is_said_where_nothing_was_held_back() -> None:
    clock = Clock()
    throttle = LogThrottle(times=2, seconds=10, clock=clock)
    passes(throttle, "gone")
    clock.now += 10

    assert passes(throttle, "gone") == "gone"


def test_different_messages_do_not_hold_back_each_other() -> None:
    throttle = LogThrottle(times=1, seconds=10, clock=Clock())

    assert passes(throttle, "gone: %s", 1) == "gone: 1"
    assert passes(throttle, "back: %s", 1) == "back: 1"
    assert passes(throttle, "gone: %s", 2) is None


def test_many_different_messages_take_bounded_memory() -> None:
    throttle = LogThrottle(times=1, seconds=10, clock=Clock())

    def bytes_after(messages: range) -> int:
        for n in messages:
            assert passes(throttle, f"message {n:09}") == f"message {n:09}"
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        most = LogThrottle.MAX_MESSAGES
        full = bytes_after(range(most))
        assert bytes_after(range(most, 10 * most)) < 2 * full
    finally:
        tracemalloc.stop()


def test_a_message_that_is_no_text_is_logged_as_well() -> None:
    throttle = LogThrottle(times=1, seconds=10, clock=Clock())
    record = logging.LogRecord("clicks", logging.WARNING, __file__, 1, ValueError("x"), (), None)

    assert throttle.filter(record)
    assert not throttle.filter(record)


def log_from_a_program(level: str, kind: str = "text") -> list[str]:
    """Return what a program logs that configures `level` and logs as Kafka's client and we do."""
    program = f"""
import logging
from dash_app.logs import configure
configure({level!r}, {kind!r})
for name in ("kafka.client", "dash_app.consumer.consumer"):
    for level in ("debug", "info", "warning"):
        getattr(logging.getLogger(name), level)("[Consumer] ¡%s!", level)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return run.stderr.decode().splitlines()


def test_the_client_library_is_quieter_than_we_are() -> None:
    assert [line.split(" ", 1)[1] for line in log_from_a_program("INFO")] == [
        'level=WARNING logger=kafka.client message="[Consumer] ¡warning!"',
        'level=INFO logger=dash_app.consumer.consumer message="[Consumer] ¡info!"',
        'level=WARNING logger=dash_app.consumer.consumer message="[Consumer] ¡warning!"',
    ]


def test_debugging_shows_everything() -> None:
    assert len(log_from_a_program("DEBUG")) == 6


def test_json_holds_the_same_and_the_words_stay_legible() -> None:
    lines = log_from_a_program("INFO", "json")

    assert [json.loads(line)["level"] for line in lines] == ["WARNING", "INFO", "WARNING"]
    assert all("[Consumer] ¡" in line for line in lines)
    assert set(json.loads(lines[0])) == {"time", "level", "pid", "logger", "message"}


def test_a_line_of_json_names_its_process() -> None:
    assert json.loads(written("json", "counted"))["pid"] == os.getpid()


def written(kind: str, message: str, *args: object, exc_info: Any = None) -> str:
    record = logging.LogRecord("clicks", 30, __file__, 1, message, args, exc_info)
    return OneLineFormatter(kind).format(record)


@pytest.mark.parametrize("kind", ["text", "json"])
@given(
    text=st.text(st.characters(codec=None), max_size=30) | st.sampled_from(["a\r\nb", "\x1b[2J"])
)
def test_nothing_that_is_logged_begins_another_line(kind: str, text: str) -> None:
    line = written(kind, "got %s", text)

    assert line.isprintable()
    entry = line if kind == "json" else f'{{"message": {line.partition(" message=")[2]}}}'
    assert json.loads(entry)["message"] == f"got {text}"


def test_a_value_cannot_pose_as_another_field() -> None:
    assert written("text", "x level=ERROR").endswith('message="x level=ERROR"')
    assert written("text", 'x" level="ERROR').endswith('message="x\\" level=\\"ERROR"')


@pytest.mark.parametrize("kind", ["text", "json"])
def test_a_traceback_is_part_of_the_line(kind: str) -> None:
    try:
        raise ValueError("first\nsecond")  # noqa: TRY301 - its traceback is what is tested
    except ValueError:
        line = written(kind, "it failed", exc_info=sys.exc_info())

    assert line.isprintable()
    assert "Traceback" in line
    assert "ValueError: first\\nsecond" in line


@pytest.mark.slow
@pytest.mark.kafka
@pytest.mark.parametrize("kind", ["text", "json"])
def test_no_secret_is_logged_by_a_server_that_logs_all_it_can(
    kafka: "Broker", topic: str, tmp_path: Path, kind: str
) -> None:
    port = free_port()
    variables = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
        "KAFKA_TOPIC": topic,
        "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA_SASL_MECHANISM": "PLAIN",
        "KAFKA_SASL_PLAIN_USERNAME": "me",
        "KAFKA_SASL_PLAIN_PASSWORD": "hunter2hunter2",
        "SECRET_KEY": "sesame-sesame-sesame",
        "LOG_LEVEL": "DEBUG",
        "LOG_FORMAT": kind,
    }
    with serving(tmp_path, port, **variables) as served:
        served.click({"type": "cheers"})
        eventually(lambda: "(hidden)" in served.log(), 10, "no settings are logged")
        served.end()
        log = served.log()

    assert "hunter2" not in log
    assert "sesame" not in log
    begin = "time=" if kind == "text" else "{"
    lines = log.partition("serves to the room.\n")[2].splitlines()
    assert lines
    assert [line for line in lines if not line.startswith(begin)] == []
