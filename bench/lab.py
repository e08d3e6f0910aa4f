"""What the measurements share: a folder, one real Kafka broker, and topics filled fast."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import IO, Self, cast

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from dash_app.brokers.kafka.topic import CLICKS_CONFIG
from tests.brokers.kafka.broker import KRAFT, Broker
from tests.brokers.kafka.jvm import find_jars

# The tests start many brokers fast; here one runs long.
JAVA_OPTIONS = ("-Xmx1g", "-XX:TieredStopAtLevel=4")

CLIENTS = 1000
LINES_AT_ONCE = 10_000
PER_SECOND_AT_LEAST = 10_000
STEPS = 20
"""In which a second's clicks are written."""

# Kafka's own ConsoleProducer: of the programs in the jars the fast one that sets keys and headers.
FILLER = (
    *("java", "-Xmx512m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"),
    "-cp",
)
FILLER_MAIN = (
    "org.apache.kafka.tools.ConsoleProducer",
    *("--reader-property", "parse.key=true"),
    *("--reader-property", "parse.headers=true"),
    *("--reader-property", "headers.key.separator=="),
    *("--command-property", "acks=all"),
    *("--command-property", "batch.size=131072"),
    *("--command-property", "linger.ms=20"),
    *("--request-timeout-ms", "30000"),
    *("--max-memory-bytes", "134217728"),
)


class Lab:
    """A context manager; the broker starts when it is first asked for."""

    def __init__(self) -> None:
        self._opened = ExitStack()
        self._broker: Broker | None = None
        self._topics = 0

    def __enter__(self) -> Self:
        folder = self._opened.enter_context(tempfile.TemporaryDirectory(prefix="clicks-bench-"))
        self.folder = Path(folder)
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @property
    def kafka(self) -> str:
        """The address of the broker, which serves."""
        if self._broker is None:
            broker = Broker(self.folder / "kafka", java_options=JAVA_OPTIONS)
            self._broker = self._opened.enter_context(broker)
        return self._broker.bootstrap

    def topic(self, partitions: int = 1) -> str:
        """Return the name of a new topic with the settings that the site gives its own."""
        self._topics += 1
        name = f"clicks-{self._topics}"
        wish = {"num_partitions": partitions, "replication_factor": 1, "configs": CLICKS_CONFIG}
        with KafkaAdminClient(bootstrap_servers=self.kafka) as admin:
            admin.create_topics({name: wish}, wait_for_metadata=True)
        return name

    def fill(self, topic: str, clicks: int, first: int = 0) -> float:
        """Append clicks with keys and click-ids, one to a batch and numbered from `first` on.

        Return how many a second, the start of the filler included.
        """
        before, began = self.length(topic), time.monotonic()
        with self._filler(topic) as filler:
            lines = cast("IO[bytes]", filler.stdin)
            for some in _lines(first, clicks):
                lines.write(some)
            lines.close()
            filler.wait(60 + clicks // PER_SECOND_AT_LEAST)
        seconds = time.monotonic() - began
        there = self.length(topic) - before
        if there != clicks:
            raise RuntimeError(f"topic {topic} got {there} of {clicks} clicks")
        return clicks / seconds

    def size(self, topic: str) -> int:
        """Return how many bytes the topic takes in the broker's files."""
        return sum(log.stat().st_size for log in self.folder.glob(f"kafka/**/{topic}-*/*.log"))

    @contextmanager
    def filling(self, topic: str, per_second: int, seconds: float, first: int) -> Iterator[int]:
        """Append as many clicks a second while inside, for so many seconds; return their number."""
        clicks = int(per_second * seconds)
        with self._filler(topic) as filler:
            thread = Thread(target=_write, args=(filler.stdin, first, clicks, per_second))
            thread.start()
            try:
                yield clicks
            finally:
                thread.join()
                filler.wait(60)

    def _filler(self, topic: str) -> subprocess.Popen[bytes]:
        to = ("--bootstrap-server", self.kafka, "--topic", topic)
        command = [*FILLER, f"{find_jars(KRAFT)}/*", *FILLER_MAIN, *to]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def length(self, topic: str) -> int:
        """Return how many records the topic has got."""
        with KafkaConsumer(bootstrap_servers=self.kafka) as consumer:
            numbers = consumer.partitions_for_topic(topic)
            ends = consumer.end_offsets([TopicPartition(topic, number) for number in numbers])
        return int(sum(ends.values()))


def _write(lines: IO[bytes], first: int, clicks: int, per_second: int) -> None:
    began = time.monotonic()
    with lines:
        for start in range(0, clicks, per_second // STEPS):
            time.sleep(max(0, began + start / per_second - time.monotonic()))
            number = min(per_second // STEPS, clicks - start)
            lines.writelines(_lines(first + start, number))
            lines.flush()


def _lines(first: int, clicks: int) -> Iterator[bytes]:
    """Yield what the filler reads: header, key and value of each click, tabs between them."""
    for start in range(first, first + clicks, LINES_AT_ONCE):
        numbers = range(start, min(start + LINES_AT_ONCE, first + clicks))
        yield "".join(_line(number, time.time()) for number in numbers).encode()


def _line(number: int, now: float) -> str:
    seq, client = divmod(number, CLIENTS)
    kind = "fuck" if number % 3 == 0 else "cheers"
    return (
        f"click-id=client-{client}:{seq}:0,person={client:016x}\tclient-{client}\t"
        f'{{"type":"{kind}","timestamp":{now:.6f}}}\n'
    )
