"""`doctor` with a real Kafka: what it finds, and that it writes nothing."""

import time
from collections.abc import Callable

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ResourceType

from dash_app.brokers.kafka.checkup import check_cluster
from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.brokers.kafka.test_permissions import READING, SECURED, allow, login
from tests.ports import free_port

MakeSettings = Callable[..., Settings]


def findings(settings: Settings) -> dict[str, tuple[str, str]]:
    """Return the grade and the sentence of each subject; of several findings the last."""
    return {found.subject: (found.grade, found.sentence) for found in check_cluster(settings)}


def test_a_cluster_without_the_topic_is_fine_and_stays_without(
    kafka: Broker, kafka_settings: MakeSettings, topic: str
) -> None:
    found = findings(kafka_settings())

    assert found["broker"] == ("ok", f"one answers at {kafka.bootstrap}")
    assert found["address"] == ("ok", f"the advertised {kafka.bootstrap} can be reached")
    assert found["topic"] == ("note", f"{topic} does not exist yet; the first start creates it")
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        assert topic not in admin.list_topics()


def test_a_record_from_the_future_tells_of_a_clock(
    kafka: Broker, kafka_settings: MakeSettings, topic: str
) -> None:
    kafka.create_topic(topic, partitions=2, configs={"retention.ms": "-1"})
    assert findings(kafka_settings())["clocks"][0] == "note"
    with KafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
        for ahead in (0, 60):
            at = int((time.time() + ahead) * 1000)
            producer.send(topic, b"{}", partition=ahead // 60, timestamp_ms=at).get(10)
            found = findings(kafka_settings())
            assert found["clocks"][0] == ("bad" if ahead else "ok"), found
    after = findings(kafka_settings())
    assert after["rights"] == ("ok", f"the account may read and write {topic}")
    assert "s in the future: the broker's clock is ahead" in after["clocks"][1]


def test_an_address_that_nobody_reaches_is_named_with_the_setting_of_the_broker(
    make_broker: Callable[..., Broker], topic: str
) -> None:
    wrong = f"127.0.0.1:{free_port()}"
    broker = make_broker(properties={"advertised.listeners": f"PLAINTEXT://{wrong}"})
    began = time.monotonic()
    settings = Settings(kafka_bootstrap_servers=broker.bootstrap, kafka_topic=topic)
    found = findings(settings)

    assert found["broker"][0] == "ok"
    grade, sentence = found["address"]
    assert grade == "bad"
    assert sentence.startswith(f"a broker says that it is at {wrong}, where nobody answers (")
    assert "correct advertised.listeners at the broker" in sentence
    assert "topic" not in found
    assert time.monotonic() - began < 15


def test_no_broker_is_one_sentence() -> None:
    address = f"127.0.0.1:{free_port()}"
    ((subject, (grade, sentence)),) = findings(Settings(kafka_bootstrap_servers=address)).items()

    assert (subject, grade) == ("broker", "bad")
    assert f"no broker answered at {address}" in sentence


@pytest.fixture
def secured(make_broker: Callable[..., Broker]) -> Broker:
    return make_broker(properties=SECURED)


def test_missing_rights_are_named(secured: Broker, topic: str) -> None:
    def found(user: str) -> dict[str, tuple[str, str]]:
        variables = {f"KAFKA_{name.upper()}": value for name, value in login(user).items()}
        servers = {"KAFKA_BOOTSTRAP_SERVERS": secured.bootstrap, "KAFKA_TOPIC": topic}
        return findings(Settings.from_environment({**servers, **variables}))

    with KafkaAdminClient(bootstrap_servers=secured.bootstrap, **login("admin")) as admin:
        assert found("admin")["topic"][0] == "note"
        allow(admin, "reader", ResourceType.TOPIC, topic, *READING)
        missing = f"{topic} does not exist, and the account may not create it"
        assert found("reader")["topic"] == ("bad", f"{missing}; create it, or grant the right")
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
        assert found("reader")["rights"] == ("bad", f"the account lacks WRITE on {topic}; grant it")
        assert found("admin")["rights"][0] == "ok"
        talks = f"{topic}-talks does not exist, and the account may not create it"
        allow(admin, "reader", ResourceType.TOPIC, f"{topic}-talks", *READING)
        assert found("reader")["talks"] == ("note", f"{talks}; create it, or grant the right")
        admin.create_topics({f"{topic}-talks": {"num_partitions": 1, "replication_factor": 1}})
        missing = f"the account lacks WRITE on {topic}-talks; grant it"
        assert found("reader")["talks"] == ("note", missing)
        assert found("admin")["talks"][0] == "ok"
        assert "TopicAuthorizationFailed" in found("stranger")["topic"][1]
