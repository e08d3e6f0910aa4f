import logging
import subprocess
import sys

from dash_app.logs import Sparingly


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 5000.0

    def __call__(self) -> float:
        return self.now


def passes(sparingly: Sparingly, text: str, *args: object) -> str | None:
    """Return the message as it is logged; None where it is held back."""
    record = logging.LogRecord("clicks", logging.WARNING, __file__, 1, text, args, None)
    return record.getMessage() if sparingly.filter(record) else None


def test_a_message_passes_so_many_times_in_so_many_seconds() -> None:
    clock = Clock()
    sparingly = Sparingly(times=2, seconds=10, clock=clock)

    assert [passes(sparingly, "gone: %s", n) for n in range(5)] == ["gone: 0", "gone: 1"] + [
        None
    ] * 3
    clock.now += 9.999
    assert passes(sparingly, "gone: %s", 5) is None


def test_afterwards_it_says_how_many_were_held_back() -> None:
    clock = Clock()
    sparingly = Sparingly(times=2, seconds=10, clock=clock)
    for n in range(5):
        passes(sparingly, "gone: %s", n)
    clock.now += 10

    assert passes(sparingly, "gone: %s", 6) == "gone: 6 (and 3 more like this before)"
    assert passes(sparingly, "gone: %s", 7) == "gone: 7"
    assert passes(sparingly, "gone: %s", 8) is None


def test_nothing_is_said_where_nothing_was_held_back() -> None:
    clock = Clock()
    sparingly = Sparingly(times=2, seconds=10, clock=clock)
    passes(sparingly, "gone")
    clock.now += 10

    assert passes(sparingly, "gone") == "gone"


def test_different_messages_do_not_hold_back_each_other() -> None:
    sparingly = Sparingly(times=1, seconds=10, clock=Clock())

    assert passes(sparingly, "gone: %s", 1) == "gone: 1"
    assert passes(sparingly, "back: %s", 1) == "back: 1"
    assert passes(sparingly, "gone: %s", 2) is None


def test_many_different_messages_take_bounded_memory() -> None:
    sparingly = Sparingly(times=1, seconds=10, clock=Clock())

    for n in range(3 * Sparingly.MOST_MESSAGES):
        assert passes(sparingly, f"message {n}") == f"message {n}"

    assert len(sparingly._since) <= Sparingly.MOST_MESSAGES


def test_a_message_that_is_no_text_is_logged_as_well() -> None:
    sparingly = Sparingly(times=1, seconds=10, clock=Clock())
    record = logging.LogRecord("clicks", logging.WARNING, __file__, 1, ValueError("x"), (), None)

    assert sparingly.filter(record)
    assert not sparingly.filter(record)


def log_from_a_program(level: str) -> list[str]:
    """Return what a program logs that configures `level` and logs as Kafka's client and we do."""
    program = f"""
import logging
from dash_app.logs import configure
configure({level!r})
for name in ("kafka.client", "dash_app.consumer"):
    for level in ("debug", "info", "warning"):
        getattr(logging.getLogger(name), level)("[Consumer] ¡%s!", level)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return [line.split(" ", 2)[2] for line in run.stderr.decode().splitlines()]


def test_the_client_library_is_quieter_than_we_are() -> None:
    assert log_from_a_program("INFO") == [
        "WARNING kafka.client [Consumer] ¡warning!",
        "INFO dash_app.consumer [Consumer] ¡info!",
        "WARNING dash_app.consumer [Consumer] ¡warning!",
    ]


def test_debugging_shows_everything() -> None:
    assert len(log_from_a_program("DEBUG")) == 6
