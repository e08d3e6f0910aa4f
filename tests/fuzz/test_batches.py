"""Batches with changed bytes and true checksums: each offset is read, or has a reason."""

import random
from collections.abc import Callable

import pytest

from dash_app.brokers.kafka.batches import split
from dash_app.brokers.kafka.log import KafkaLog
from dash_app.counting.ledger import build_ledger
from dash_app.counting.records import LOG_REASONS, Record
from dash_app.settings import Settings
from dash_app.settings.reactions import CHEERS, HATE
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.conftest import MakeSite
from tests.brokers.kafka.forged import TAKEN, append, mutated, some_batch
from tests.fuzz.size import CASES, SECONDS, WHOLE
from tests.sites import Site
from tests.waiting import eventually

SEED = random.SystemRandom().randrange(1_000_000)
APPENDED = 5000 if WHOLE else 150


def read(data: bytes) -> list[Record]:
    """Return the records of the only batch in these bytes."""
    (only,) = split(data)
    assert only.is_intact()
    return list(only.records())


@pytest.mark.timeout(SECONDS)
def test_whatever_is_changed_in_a_batch_each_record_has_an_offset_of_its_own() -> None:
    chance = random.Random(SEED)
    for _ in range(CASES):
        data = mutated(some_batch(chance), chance)
        (only,) = split(data)
        records = read(data)
        offsets = [record.offset for record in records]
        assert offsets == sorted(set(offsets)), (SEED, data)
        assert offsets[-1] == only.last_offset, (SEED, data)
        assert {record.problem for record in records} <= {None, *LOG_REASONS}, (SEED, data)
        assert records == read(data)


@pytest.mark.kafka
@pytest.mark.timeout(SECONDS)
def test_whatever_a_broker_takes_the_counting_and_the_audit_get_past_it_alike(
    kafka: Broker, topic: str, make_site: MakeSite, kafka_settings: Callable[..., Settings]
) -> None:
    site = make_site()
    chance = random.Random(SEED)
    batches = (mutated(some_batch(chance), chance) for _ in range(APPENDED))
    taken = append(kafka, topic, batches).count(TAKEN)
    assert taken > APPENDED / 10, f"seed {SEED}"
    with KafkaLog(kafka_settings()) as log:
        ends = {str(number): end for number, end in log.ends.items()}
        account = build_ledger(log, kafka_settings().dedup_offsets, ()).total()

    for counted in (site, make_site()):
        wait_until_counted(counted, ends)
        assert counted.totals() == (account.clicks[CHEERS], account.clicks[HATE]), f"seed {SEED}"
        assert counted.service.consumer is not None
        unreadable = counted.service.consumer.snapshot.counts.unreadable
        assert unreadable == account.unreadable, f"seed {SEED}"


def wait_until_counted(site: Site, ends: dict[str, int]) -> None:
    """Return once the site has counted up to these ends."""
    eventually(
        lambda: site.timeline()["as_of"] == ends,
        20,
        lambda: f"seed {SEED}: {site.timeline()} does not reach {ends}",
    )
