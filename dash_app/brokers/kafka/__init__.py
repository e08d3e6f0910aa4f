"""The Kafka broker: clicks in a topic of a real cluster."""
