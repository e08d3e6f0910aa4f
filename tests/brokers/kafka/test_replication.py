"""A topic that a site creates in a cluster of three outlives any one of its brokers."""

from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from dash_app.brokers.kafka.topic import topic_warnings
from dash_app.settings import Settings
from tests.brokers.kafka.cluster import Cluster
from tests.brokers.kafka.records import settings_of
from tests.sites import Site, open_live_site
from tests.waiting import eventually

BACK_SECONDS = 30


def test_a_topic_of_a_site_has_three_replicas_and_a_killed_leader_loses_no_click(
    cluster: Cluster, topic: str, tmp_path: Path
) -> None:
    settings = Settings(
        kafka_bootstrap_servers=cluster.bootstrap,
        kafka_topic=topic,
        clicks_db=tmp_path / "unused.sqlite3",
    )
    with open_live_site(settings) as site:
        with KafkaAdminClient(bootstrap_servers=cluster.bootstrap.split(",")) as admin:
            (described,) = admin.describe_topics([topic])
            assert topic_warnings(admin, topic) == []
        (partition,) = described["partitions"]
        assert set(partition["replica_nodes"]) == {1, 2, 3}
        configs = settings_of(cluster, topic)
        assert configs["min.insync.replicas"] == "2"
        assert configs["cleanup.policy"] == "delete"
        assert configs["retention.ms"] == "-1"
        assert configs["message.timestamp.type"] == "LogAppendTime"

        eventually(lambda: is_accepted(site, 1), BACK_SECONDS, "not acknowledged by three")
        site.wait_for_totals(2)
        cluster.brokers[partition["leader_id"]].kill()
        eventually(lambda: is_accepted(site, 2), BACK_SECONDS, "not acknowledged by two")
        site.wait_for_totals(4, seconds=BACK_SECONDS)
        site.wait_for_state("live", BACK_SECONDS)
    with open_live_site(settings) as later:
        later.wait_for_totals(4)


def test_a_partition_without_a_leader_is_named_and_waited_for(
    cluster: Cluster, topic: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with KafkaAdminClient(bootstrap_servers=cluster.bootstrap.split(",")) as admin:
        topic_config = {"num_partitions": 3, "replication_factor": 1}
        admin.create_topics({topic: topic_config}, wait_for_metadata=True)
        (described,) = admin.describe_topics([topic])
    settings = Settings(
        kafka_bootstrap_servers=cluster.bootstrap,
        kafka_topic=topic,
        clicks_db=tmp_path / "unused.sqlite3",
    )
    leader = cluster.brokers[described["partitions"][0]["leader_id"]]
    with open_live_site(settings) as site:
        leader.kill()
        eventually(
            lambda: "no broker leads partition 0" in site.ask("GET", "/readyz").text,
            BACK_SECONDS,
            lambda: site.ask("GET", "/readyz").text,
        )
        leader.start()
        site.wait_for_state("live", BACK_SECONDS)

    assert "the consumer failed" not in caplog.text


def is_accepted(site: Site, seq: int) -> bool:
    batch = {"client": "phone-1", "seq": seq, "clicks": [{"type": "cheers"}] * 2}
    return site.click(batch).status_code == 200
