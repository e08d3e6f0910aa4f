"""A cluster with logins and access rules: a site does what it may, and names missing rights."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ResourcePattern,
    ResourceType,
)
from pydantic import SecretStr

from dash_app.brokers import BrokerUnavailable
from dash_app.brokers.kafka.checkpoints import GROUP
from dash_app.brokers.kafka.clients import KafkaClients
from dash_app.brokers.kafka.log import KafkaLog
from dash_app.brokers.kafka.talks import KafkaChangeReader
from dash_app.settings import Settings
from tests.brokers.kafka.broker import Broker
from tests.sites import Site, open_site
from tests.waiting import eventually
from tests.web.talks.talking import CODE, current, started, talk, talks

USERS = ("admin", "reader", "writer", "watcher", "stranger")
SECURED = {
    "listener.security.protocol.map": "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
    "sasl.enabled.mechanisms": "PLAIN",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "listener.name.plaintext.plain.sasl.jaas.config": (
        "org.apache.kafka.common.security.plain.PlainLoginModule required"
        ' username="admin" password="admin-password" '
        + " ".join(f'user_{user}="{user}-password"' for user in USERS)
        + ";"
    ),
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:admin;User:ANONYMOUS",
}
READING = [ACLOperation.DESCRIBE, ACLOperation.READ]


def login(user: str) -> dict[str, str]:
    return {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": user,
        "sasl_plain_password": f"{user}-password",
    }


def allow(admin: KafkaAdminClient, user: str, kind: ResourceType, name: str, *what: Any) -> None:
    admin.create_acls(
        [
            ACL(
                f"User:{user}", "*", operation, ACLPermissionType.ALLOW, ResourcePattern(kind, name)
            )
            for operation in what
        ]
    )


def is_accepted(site: Site) -> bool:
    return site.click({"type": "cheers"}).status_code == 200


def assert_may_not_write(site: Site) -> None:
    answer = site.click({"type": "hate"})
    assert answer.status_code == 403, answer.text
    assert answer.get_json() == {
        "status": "error",
        "message": "Not allowed to write to the topic",
    }


@pytest.fixture
def secured(
    make_broker: Callable[..., Broker], topic: str, tmp_path: Path
) -> Iterator[tuple[KafkaAdminClient, Callable[[str], Settings]]]:
    """An admin of a cluster with logins, and settings for a site of one of its users."""
    broker = make_broker(properties=SECURED)

    def settings(user: str) -> Settings:
        variables = {f"KAFKA_{name.upper()}": value for name, value in login(user).items()}
        return Settings.from_environment(
            {
                "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
                "KAFKA_TOPIC": topic,
                "CLICKS_DB": str(tmp_path / "unused.sqlite3"),
                "ANSWER_LIMIT_MS": "2000",
                "CHECKPOINT_SECONDS": "0.2",
                **variables,
            }
        )

    with KafkaAdminClient(bootstrap_servers=broker.bootstrap, **login("admin")) as admin:
        yield admin, settings


def test_rights_decide_what_a_site_can_do_and_it_says_what_is_missing(
    secured: tuple[KafkaAdminClient, Callable[[str], Settings]],
    topic: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    admin, settings = secured
    for user in ("reader", "writer", "watcher"):
        allow(admin, user, ResourceType.TOPIC, topic, *READING)
    for user in ("reader", "writer"):
        allow(admin, user, ResourceType.GROUP, GROUP, *READING)
    allow(admin, "writer", ResourceType.TOPIC, topic, ACLOperation.WRITE)

    with open_site(settings("writer")) as site:
        site.timeline()
        eventually(
            lambda: f"topic {topic} does not exist and the account may not create" in caplog.text,
            10,
            "the missing right is not logged",
        )
        assert site.timeline()["state"] == "connecting"
        assert site.click({"type": "cheers"}).get_json()["appended"] is False
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
        site.wait_for_state("live", 15)
        eventually(lambda: site.click({"type": "cheers"}).status_code == 200, 15, "refused")
        site.wait_for_totals(1)
        for user, expected in (("reader", (1, 1)), ("watcher", (2, 2))):
            with open_site(settings(user)) as other:
                other.wait_for_state("live", 15)
                assert other.totals() == site.totals()
                assert_may_not_write(other)
                site.click({"type": "hate"})
                site.wait_for_totals(*expected)
                other.wait_for_totals(*expected)
                assert_may_not_write(other)
                allow(admin, user, ResourceType.TOPIC, topic, ACLOperation.WRITE)
                eventually(partial(is_accepted, other), 10, "refused although it is allowed by now")
        assert site.timeline()["state"] == "live"
        site.wait_for_totals(3, 2)

    with open_site(settings("stranger")) as site:
        assert site.click({"type": "hate"}).status_code in {403, 503}
        assert site.timeline()["state"] == "connecting"
        assert site.ask("GET", "/kafka-dashboard").status_code == 200


def test_an_account_that_may_only_write_takes_clicks_and_says_once_that_it_counts_none(
    secured: tuple[KafkaAdminClient, Callable[[str], Settings]],
    topic: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    admin, settings = secured
    admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
    allow(admin, "writer", ResourceType.TOPIC, topic, ACLOperation.WRITE)
    with open_site(settings("writer")) as site:
        eventually(partial(is_accepted, site), 10, "refused")
        sentence = f"not allowed to read topic {topic}; grant the right"
        eventually(lambda: site.ask("GET", "/readyz").text.count(sentence) > 0, 10, "not said")
        assert site.timeline()["state"] == "connecting"
        assert caplog.text.count(sentence) == 1


def test_an_audit_needs_the_rights_to_read_and_to_describe_the_topic_and_no_other(
    secured: tuple[KafkaAdminClient, Callable[[str], Settings]], topic: str
) -> None:
    admin, settings = secured
    admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
    allow(admin, "writer", ResourceType.TOPIC, topic, *READING, ACLOperation.WRITE)
    allow(admin, "watcher", ResourceType.TOPIC, topic, *READING)
    allow(admin, "reader", ResourceType.TOPIC, topic, ACLOperation.DESCRIBE)
    with open_site(settings("writer")) as site:
        eventually(partial(is_accepted, site), 15, "refused")

    with KafkaLog(settings("watcher")) as log:
        assert len(list(log.records(0))) == 1
        log.check()
    with KafkaLog(settings("reader")) as log, pytest.raises(BrokerUnavailable, match=topic):
        list(log.records(0))
    with pytest.raises(BrokerUnavailable, match=f"topic {topic}"):
        KafkaLog(settings("stranger"))


def test_who_may_only_read_sees_the_talks_and_why_they_cannot_be_changed(
    secured: tuple[KafkaAdminClient, Callable[[str], Settings]], topic: str
) -> None:
    admin, settings = secured
    names = (topic, f"{topic}-talks")
    admin.create_topics({name: {"num_partitions": 1, "replication_factor": 1} for name in names})
    for name in names:
        allow(admin, "writer", ResourceType.TOPIC, name, *READING, ACLOperation.WRITE)
        allow(admin, "reader", ResourceType.TOPIC, name, *READING)
        allow(admin, "stranger", ResourceType.TOPIC, name, ACLOperation.DESCRIBE)
    with pytest.raises(BrokerUnavailable, match=f"not allowed to read topic {topic}-talks"):
        KafkaChangeReader(KafkaClients(settings("stranger")), topic)
    presenting = {"presenter_code": SecretStr(CODE)}
    with (
        open_site(settings("writer").model_copy(update=presenting)) as writer,
        open_site(settings("reader").model_copy(update=presenting)) as reader,
    ):
        for site in (writer, reader):
            site.wait_for_state("live", 20)
        talk_id = started(writer)["id"]
        eventually(lambda: current(reader), 2, "the reader shows no talk")
        answer = talk(reader, "PATCH", f"/{talk_id}", {"title": "Mine"})
        assert answer.status_code == 403
        sentence = f"Talks are shown only: not allowed to write to topic {topic}-talks"
        assert answer.get_json()["message"] == sentence
        # A process knows a talk a moment before it has counted it.
        eventually(lambda: talks(reader) == talks(writer), 5, "the reader shows other talks")
