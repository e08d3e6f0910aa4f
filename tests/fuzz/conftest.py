"""What is fuzzed on a topic of a real broker needs the sites of the tests of Kafka."""

from tests.brokers.kafka.conftest import kafka_settings, make_site

__all__ = ["kafka_settings", "make_site"]
