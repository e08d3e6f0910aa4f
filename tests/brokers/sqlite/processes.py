"""Other processes that use the same file: they write, tail, hold its lock, or have it open."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator

from tests.programs import ROOT

WRITE = """
import random, sys, time, uuid
from pathlib import Path
from dash_app.brokers import Outgoing
from dash_app.brokers.sqlite.writer import SqliteWriter
from dash_app.counting.clicks import Click, Identity

writer = SqliteWriter(Path(sys.argv[1]), 5, lambda: None)
writer.start()
client = uuid.uuid4().hex
for seq in range(int(sys.argv[2])):
    kinds = random.choices(["cheers", "hate"], k=random.randint(1, 5))
    batch = [Outgoing(Click(kind, time.time()), Identity(client, seq, place))
             for place, kind in enumerate(kinds)]
    writer.append(batch, time.monotonic() + 10)
    print(client, seq, len(batch), flush=True)
writer.stop(10)
"""
"""Append batches; print each once it is acknowledged."""

WRITE_OR_ROLL_BACK = """
import random, sys, time
from pathlib import Path
from dash_app.brokers.sqlite.file import SqliteFile

class Regret(Exception):
    pass

with SqliteFile(Path(sys.argv[1]), 20) as file:
    print("ready", flush=True)
    sys.stdin.readline()
    for turn in range(int(sys.argv[2])):
        try:
            with file.transaction():
                for _ in range(random.randint(1, 4)):
                    file.database.execute(
                        "INSERT INTO clicks (type, timestamp, received) VALUES ('hate', ?, ?)",
                        (time.time(), time.time()),
                    )
                if random.random() < 0.4:
                    raise Regret
        except Regret:
            pass
"""

CREATE = """
import sys
from pathlib import Path
from dash_app.brokers.sqlite.file import SqliteFile

for line in sys.stdin:
    with SqliteFile(Path(line.strip()), 10) as file:
        print(file.log_id, flush=True)
"""

HOLD_LOCK = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("ready", flush=True)
sys.stdin.readline()
"""

HAVE_OPEN = """
import sys
from pathlib import Path
from dash_app.brokers.sqlite.file import SqliteFile

with SqliteFile(Path(sys.argv[1]), 1) as file:
    print("ready", flush=True)
    sys.stdin.readline()
"""


@contextlib.contextmanager
def process(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run a program meanwhile; it is killed at the end if it still runs."""
    with subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as program:
        try:
            yield program
        finally:
            program.kill()


def next_line(program: subprocess.Popen[str]) -> str:
    """Return the next line that the program prints."""
    assert program.stdout is not None
    return program.stdout.readline().strip()


def tell(program: subprocess.Popen[str], line: str = "") -> None:
    """Let a program go on that waits for a line."""
    assert program.stdin is not None
    program.stdin.write(f"{line}\n")
    program.stdin.flush()
