"""The log itself harmed: grown, recreated, forgotten, stolen, written to by strangers."""

import itertools
import time
import zlib
from collections.abc import Callable, Sequence
from functools import partial

from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.forged import CODECS, TAKEN, Forged, append, batch, bombs
from tests.brokers.kafka.records import Headers, Sent, click, grow, member, produce
from tests.faults.crowd import batches, send_at_once
from tests.faults.harms import DroppingProxy, Web
from tests.faults.ledger import LogContents, Tap
from tests.faults.logs import read_topic
from tests.faults.scenario import (
    CLICK,
    PARTITIONS,
    WHOLE,
    Scenario,
    kafka_variables,
    pass_seconds,
    whole_or_cut,
)
from tests.waiting import eventually

GROUP = "click-dashboard-checkpoint"
TYPES = {"cheers": "cheers", "hate": "fuck"}

FORGETFUL = {"offsets.retention.minutes": "1", "offsets.retention.check.interval.ms": "1000"}
FORGOTTEN_SECONDS = 150
MINUTES_LATER = 120


def test_partitions_grow_from_1_to_8_under_retries(
    scenario: Scenario, kafka: Broker, topic: str, read: Callable[[], LogContents]
) -> None:
    kafka.create_topic(topic)
    # Producers learn of new partitions at different times; by default up to 30 s apart.
    variables = kafka_variables(kafka.bootstrap, topic, KAFKA_METADATA_MAX_AGE_MS=2000)
    sites = scenario.start(2, **variables)
    with (
        DroppingProxy(sites[0].port, scenario.chance) as proxy,
        scenario.crowd([proxy.url, sites[1].url]) as crowd,
    ):
        proxy.share = 0.5
        crowd.press_on(scenario.chance.randint(100, 300))
        grow(kafka, topic, PARTITIONS)
        for web in sites:
            eventually(partial(_uses_all, web, scenario, read), 30, "the new ones are not used")
        early = set(scenario.ledger.attempted)
        crowd.press_on(whole_or_cut(2000, 300), seconds=90)
    # Documented: what is repeated across the growth may count in two partitions.
    sent_again = {tap for tap in early if scenario.ledger.sendings[tap] > 1}
    contents = scenario.close_books(read, *sites, crossings=sent_again)
    assert all(partition in {0, _home(tap)} for partition, tap in contents.named)


def _home(tap: Tap) -> int:
    return zlib.crc32(tap.client.encode()) % PARTITIONS


def _uses_all(web: Web, scenario: Scenario, read: Callable[[], LogContents]) -> bool:
    """Send a tap that belongs into a new partition, and say whether it went there."""
    names = (Tap(f"probe-{time.monotonic_ns()}-{number}", 0, 0) for number in itertools.count())
    tap = next(name for name in names if _home(name))
    send_at_once([f"{web.url}{CLICK}"], scenario.ledger, {tap: "hate"})
    return (_home(tap), tap) in read().named


def test_topic_recreated_under_load(
    scenario: Scenario, topic: str, make_broker: Callable[..., Broker]
) -> None:
    broker = make_broker(properties={"num.partitions": str(PARTITIONS)})
    sites = scenario.start(2, **kafka_variables(broker.bootstrap, topic))
    with scenario.crowd([web.url for web in sites]) as crowd:
        for _ in range(whole_or_cut(3, 1)):
            crowd.press_on(scenario.chance.randint(50, 300))
            before = _logs(sites)
            began = time.monotonic()
            broker.delete_topic(topic)
            eventually(partial(_follow_another, sites, before), 40, f"they still follow {before}")
            scenario.ledger.expect_nothing_before(time.monotonic())
            scenario.recover(*sites, since=began)
            crowd.press_on(scenario.chance.randint(50, 300))
    contents = scenario.close_books(partial(read_topic, broker.bootstrap, topic), *sites)
    assert len(contents.ends) == PARTITIONS


def _logs(sites: Sequence[Web]) -> set[str]:
    return {web.served.ask("GET", "/kafka/timeline").fields["log"] for web in sites}


def _follow_another(sites: Sequence[Web], before: set[str]) -> bool:
    logs = _logs(sites)
    return len(logs) == 1 and logs != before


def test_checkpoints_forgotten_and_batches_sent_again_minutes_later(
    scenario: Scenario, topic: str, kafka: Broker, make_broker: Callable[..., Broker]
) -> None:
    broker = make_broker(properties=FORGETFUL) if WHOLE else kafka
    broker.create_topic(topic, partitions=PARTITIONS)
    sites = scenario.start(2, **kafka_variables(broker.bootstrap, topic))
    urls = [web.url for web in sites]
    with scenario.crowd(urls) as crowd:
        scenario.send_four_at_once(urls, whole_or_cut(50, 5))
        crowd.press_on(whole_or_cut(1000, 300), seconds=60)
    ended = time.monotonic()
    eventually(lambda: _has_checkpoints(broker, topic), 20, "no checkpoint was written")
    if WHOLE:
        eventually(
            lambda: not _has_checkpoints(broker, topic), FORGOTTEN_SECONDS, "still there",
            pause_seconds=1,
        )  # fmt: skip
        pass_seconds(max(0, MINUTES_LATER - (time.monotonic() - ended)))
    else:
        with KafkaAdminClient(bootstrap_servers=broker.bootstrap) as admin:
            admin.delete_groups([GROUP])
        assert not _has_checkpoints(broker, topic)
    sites[0].kill()
    sites[0].start()
    scenario.send_all_again(urls)
    scenario.close_books(partial(read_topic, broker.bootstrap, topic), *sites)


def _has_checkpoints(broker: Broker, topic: str) -> bool:
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    with KafkaAdminClient(bootstrap_servers=broker.bootstrap) as admin:
        offsets = admin.list_group_offsets({GROUP: partitions})[GROUP]
    return any(committed.offset >= 0 for committed in offsets.values())


def test_group_stolen_by_a_stranger(
    scenario: Scenario,
    sites: list[Web],
    read: Callable[[], LogContents],
    kafka: Broker,
    topic: str,
) -> None:
    with scenario.crowd([web.url for web in sites]) as crowd:
        for web in sites:
            crowd.press_on(scenario.chance.randint(50, 300))
            _steal(scenario, kafka, topic)
            web.kill()
            web.start()
            scenario.recover(*sites)
    scenario.close_books(read, *sites)


def _steal(scenario: Scenario, kafka: Broker, topic: str) -> None:
    """Subscribe in the group of the checkpoints and commit offsets that mean nothing."""
    options = {"auto_offset_reset": "earliest", "enable_auto_commit": False}
    with member(kafka, topic, GROUP, **options) as stranger:
        eventually(lambda: stranger.poll(timeout_ms=200), 30, "the stranger reads nothing")
        offsets = {
            partition: OffsetAndMetadata(scenario.chance.randint(0, 50), "", -1)
            for partition in stranger.assignment()
        }
        stranger.commit(offsets)
        assert offsets


def test_transactions_of_a_foreign_producer(
    scenario: Scenario,
    sites: list[Web],
    read: Callable[[], LogContents],
    kafka: Broker,
    topic: str,
    unique_name: str,
) -> None:
    ledger, chance = scenario.ledger, scenario.chance
    ledger.nameless.add("foreign")
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=unique_name)
    with producer, scenario.crowd([web.url for web in sites]):
        producer.init_transactions()
        new_batches = batches("foreign", chance)
        for turn, taps in zip(range(whole_or_cut(200, 40)), new_batches, strict=False):
            ledger.attempt(taps)
            producer.begin_transaction()
            for kind in taps.values():
                producer.send(topic, click(TYPES[kind]), partition=chance.randrange(PARTITIONS))
            if turn % 3:
                producer.commit_transaction()
                ledger.acknowledge(taps, "foreign", time.monotonic())
            else:
                producer.flush()
                producer.abort_transaction()
                ledger.withdraw(taps)
    scenario.close_books(read, *sites)


HOSTILE: list[bytes | None] = [
    None, b"", b"\xff\xfe", b"{", b"[" * 5000, b"null", b"[1]", b"1e999", b'{"type":"cheers"}',
    b'{"type":"cheers","timestamp":NaN}', b'{"type":"cheers","timestamp":true}',
    b'{"type":["cheers"],"timestamp":1}', click("Boo"), click("cheers", -5), click("cheers", 1e12),
]  # fmt: skip

HEADERS: list[Headers] = [
    [], [("click-id", b"")], [("click-id", b"a:1:2:3")], [("click-id", b"\xff:1:0")],
    [("click-id", b"phone-1-0:-1:0")], [("é", b"")], [("trace", b"\x00" * 100)],
]  # fmt: skip


def hostile_batches() -> list[bytes]:
    """Return batches of one record each that the broker takes, and at which its clients stop."""
    no_click = click("Boo")
    return [
        batch([Forged(no_click, 0, attributes=0x80)]),
        batch([Forged(no_click, 300_000)]),
        batch([Forged(no_click, 0)], codec_number=CODECS["gzip"], behind=b"junk"),
        *bombs().values(),
    ]


def test_hostile_records_among_good_ones(
    scenario: Scenario, sites: list[Web], read: Callable[[], LogContents], kafka: Broker, topic: str
) -> None:
    ledger, chance = scenario.ledger, scenario.chance
    count = whole_or_cut(10_000, 2_000)
    ledger.nameless.add("foreign")
    good = {Tap("foreign", number, 0): chance.choice(["cheers", "hate"]) for number in range(count)}
    ledger.attempt(good)
    values: list[bytes | None] = [click(TYPES[kind]) for kind in good.values()]
    values += [chance.choice(HOSTILE) for _ in range(count)]
    chance.shuffle(values)
    records = [
        Sent(value, b"key", chance.choice(HEADERS), chance.randrange(PARTITIONS))
        for value in values
    ]
    with scenario.crowd([web.url for web in sites]):
        forged = hostile_batches()
        for part, broken in enumerate(forged):
            produce(kafka, topic, records[part :: len(forged)], linger_ms=20)
            assert append(kafka, topic, [broken]) == [TAKEN]
        ledger.acknowledge(good, "foreign", time.monotonic())
        scenario.recover(*sites)
    assert scenario.close_books(read, *sites).unreadable == count + len(forged)
