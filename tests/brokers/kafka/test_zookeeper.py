"""The whole way of a click in the old topology: Kafka 3.9 with ZooKeeper and an old protocol."""

from pathlib import Path

from dash_app.brokers.kafka.checkup import check_cluster
from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.records import read
from tests.sites import open_site
from tests.waiting import eventually


def test_a_click_goes_all_the_way_and_outlives_a_restart_of_the_site(
    zookeeper_kafka: Broker, topic: str, tmp_path: Path
) -> None:
    settings = Settings(
        kafka_bootstrap_servers=zookeeper_kafka.bootstrap,
        kafka_topic=topic,
        clicks_db=tmp_path / "unused.sqlite3",
    )
    batch = {"client": "phone-1", "seq": 1, "clicks": [{"type": "cheers"}, {"type": "hate"}]}
    with open_site(settings) as site:
        site.wait_for_state("live", 20)
        # Reading may begin before writing does.
        eventually(lambda: site.click(batch).status_code == 200, 20, "clicks are refused")
        assert site.click(batch).status_code == 200
        site.wait_for_totals(1, 1)
        timeline = site.timeline()
        assert (sum(timeline["series"]["cheers"]), sum(timeline["series"]["hate"])) == (1, 1)
        assert timeline["log"]
    assert [record.key for record in read(zookeeper_kafka, topic)] == [b"phone-1"] * 4
    with open_site(settings) as site:
        site.wait_for_state("live", 20)
        assert site.timeline()["as_of"] == {"0": 4}
        assert site.totals() == (1, 1)


def test_a_topic_in_a_format_without_headers_is_said_to_take_no_click(
    zookeeper_kafka: Broker, topic: str
) -> None:
    zookeeper_kafka.create_topic(topic, configs={"message.format.version": "0.10.2"})
    settings = Settings(kafka_bootstrap_servers=zookeeper_kafka.bootstrap, kafka_topic=topic)
    said = " ".join(finding.sentence for finding in check_cluster(settings))

    assert f"topic {topic} keeps its records in a format without headers and takes no click" in said
