"""Rows 4 and 5: how soon a click is visible, idle and while a crowd clicks and looks on."""

import http.client
import random
import select
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from queue import Queue

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from bench.lab import Lab
from bench.load import steady_load
from bench.rounds import Rounds, percentile
from bench.rows import Finding
from bench.servers import AnyServer, Site, Textbook, live

ROUNDS = 3
PROBES = 150
PAUSE_SECONDS = 0.02
LOOK_SECONDS = 0.001
BUSY_LOOK_SECONDS = 0.005
WARM_SECONDS = 5
SECONDS = 16
BUSY_EXCHANGES = 300
GIVEN_UP_SECONDS = 60
CLOSED = "closed loop, p50 of textbook's"
OPEN = "p50 of a bare produce → consume"
BODY = b'{"type":"fuck"}'
HEADERS = {"Content-Type": "application/json"}


def measure(lab: Lab, numbers: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """Yield the findings of the rows of 4 and 5 that `numbers` names."""
    if 4 in numbers:
        yield 4, _idle(lab)
    if 5 in numbers:
        yield 5, _busy(lab)


def _idle(lab: Lab) -> Finding:
    site = Site(lab.folder, lab.kafka, lab.topic())
    textbook, bare_topic = Textbook(lab.folder, lab.kafka, lab.topic()), lab.topic()
    rounds = Rounds()
    with live(site, textbook):
        for _ in range(ROUNDS):
            _note(rounds, "bare", _bare(lab.kafka, bare_topic))
            _note(rounds, "site", _clicks_seen(site))
            _note(rounds, "two exchanges that do nothing", _exchanges(site, PROBES))
            _note(rounds, "textbook, closed loop", _closed_loop(textbook))
            _note(rounds, "site, closed loop", _closed_loop(site))
    figures = {
        CLOSED: rounds.ratio("site, closed loop p50", "textbook, closed loop p50"),
        OPEN: rounds.ratio("site p50", "bare p50"),
    }
    return Finding(figures, rounds.described("ms"))


def _closed_loop(server: AnyServer) -> list[float]:
    """Return for each tap of one client in how many seconds it saw it, and tapped again at once."""
    seconds = []
    with closing(server.connect()) as connection:
        seen = server.hates(connection)
        for _ in range(PROBES):
            began = time.perf_counter()
            connection.request("POST", server.path(server.click), BODY, HEADERS)
            _check(connection.getresponse())
            while (now := server.hates(connection)) <= seen:
                _check_time(began)
                time.sleep(LOOK_SECONDS)
            seen = now
            seconds.append(time.perf_counter() - began)
    return seconds


def _check_time(began: float) -> None:
    if time.perf_counter() - began > GIVEN_UP_SECONDS:
        raise RuntimeError(f"a click was not visible within {GIVEN_UP_SECONDS} s")


def _check(answer: http.client.HTTPResponse) -> None:
    """Read the answer to a click. Raises RuntimeError unless the click is acknowledged."""
    text = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"a click was answered with {answer.status}: {text[:200]!r}")


def _clicks_seen(site: Site) -> list[float]:
    seconds = []
    for _ in range(PROBES):
        _pause()
        seconds.append(_until_visible(site, LOOK_SECONDS))
    return seconds


def _exchanges(site: Site, probes: int) -> list[float]:
    """Return the seconds of a POST and a GET that do nothing: what HTTP alone costs a click."""
    seconds = []
    with closing(site.connect()) as connection:
        connection.connect()
        for _ in range(probes):
            _pause()
            began = time.perf_counter()
            for method in ("POST", "GET"):
                # Without a body: nobody reads it there, and the server may hang up for that.
                connection.request(method, site.path(site.noop))
                connection.getresponse().read()
            seconds.append(time.perf_counter() - began)
    return seconds


def _note(rounds: Rounds, subject: str, seconds: list[float]) -> None:
    rounds.add(f"{subject} p50", 1000 * percentile(seconds, 50))
    rounds.add(f"{subject} p99", 1000 * percentile(seconds, 99))


def _until_visible(server: AnyServer, look_seconds: float) -> float:
    """Send a hate, which nobody else does, and return after how many seconds it is counted.

    Raises RuntimeError if the click is refused.
    """
    with closing(server.connect()) as sender, closing(server.connect()) as reader:
        before = server.hates(reader)
        # A phone that has loaded the page is connected, and so is the bare producer.
        sender.connect()
        began = time.perf_counter()
        sender.request("POST", server.path(server.click), BODY, HEADERS)
        is_answered = False
        while server.hates(reader) <= before:
            if not is_answered and select.select([sender.sock], [], [], 0)[0]:
                _check(sender.getresponse())
                is_answered = True
            _check_time(began)
            time.sleep(look_seconds)
        seconds = time.perf_counter() - began
        if not is_answered:
            _check(sender.getresponse())
    return seconds


def _bare(kafka: str, topic: str) -> list[float]:
    """Return for each of some records the seconds from its sending until it was polled."""
    polled: Queue[float] = Queue()
    stopping = threading.Event()
    thread = threading.Thread(target=_poll, args=(kafka, topic, polled, stopping))
    thread.start()
    seconds = []
    with KafkaProducer(bootstrap_servers=kafka) as producer:
        try:
            polled.get(timeout=GIVEN_UP_SECONDS)
            # The first one also fetches metadata.
            for _ in range(PROBES + 1):
                _pause()
                began = time.perf_counter()
                producer.send(topic, BODY, partition=0)
                seconds.append(polled.get(timeout=GIVEN_UP_SECONDS) - began)
        finally:
            stopping.set()
            thread.join()
    return seconds[1:]


def _poll(kafka: str, topic: str, polled: Queue[float], stopping: threading.Event) -> None:
    with KafkaConsumer(bootstrap_servers=kafka) as consumer:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek(partition, consumer.end_offsets([partition])[partition])
        # Whoever asks first learns that every record sent from now on is seen.
        polled.put(time.perf_counter())
        while not stopping.is_set():
            for _ in consumer.poll(timeout_ms=250).get(partition, ()):
                polled.put(time.perf_counter())


def _pause() -> None:
    time.sleep(PAUSE_SECONDS * (0.5 + random.random()))


def _busy(lab: Lab) -> Finding:
    behind: dict[str, str] = {}
    figures: dict[str, float] = {}
    for subject, make in (("site", Site), ("textbook", Textbook)):
        topic = lab.topic()
        server = make(lab.folder, lab.kafka, topic)
        with live(server), crowd(server, viewers=200):
            length, began = lab.length(topic), time.monotonic()
            seconds = probe(server, SECONDS)
            came = (lab.length(topic) - length) / (time.monotonic() - began)
            if isinstance(server, Site):
                exchanges = 1000 * percentile(_exchanges(server, BUSY_EXCHANGES), 99)
                behind["two exchanges that do nothing, meanwhile"] = f"p99 {exchanges:.0f} ms"
        p99 = 1000 * percentile(seconds, 99)
        p50 = 1000 * percentile(seconds, 50)
        behind[subject] = (
            f"p50 {p50:,.0f} ms, p99 {p99:,.0f} ms of {len(seconds)} clicks, {came:,.0f}/s came"
        )
        figures.setdefault("p99", p99)
    return Finding(figures, behind)


@contextmanager
def crowd(server: AnyServer, viewers: int = 0) -> Iterator[None]:
    """Have about 500 clicks a second come while inside, beside viewers who ask once a second."""
    most = WARM_SECONDS + SECONDS + 2 * GIVEN_UP_SECONDS
    clicks, watched = server.base + server.click, server.base + server.watched
    with ExitStack() as loads:
        # Each pauses after its answer: so many come to about 500 clicks a second.
        loads.enter_context(
            steady_load(clicks, "single", connections=60, pause_ms=100, seconds=most)
        )
        if viewers:
            loads.enter_context(
                steady_load(watched, "get", connections=viewers, pause_ms=1000, seconds=most)
            )
        time.sleep(WARM_SECONDS)
        yield


def probe(server: AnyServer, seconds: float) -> list[float]:
    """Return of one click after another, for so many seconds, in how many it was visible."""
    found = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found.append(_until_visible(server, BUSY_LOOK_SECONDS))
        _pause()
    return found
