"""The design that most people write first, to measure and to break beside the site.

A Flask app, a Kafka producer that is flushed for each click, a thread that consumes into a list
under a lock, and the raw list as JSON. Run it as its tutorials do:
`gunicorn --no-control-socket -w 1 --threads 4 bench.textbook:server`, with the variables
KAFKA_BOOTSTRAP_SERVERS (localhost:9092) and KAFKA_TOPIC (clicks) where they differ.
"""

import json
import os
import threading
import time
from collections import Counter
from typing import Any

from flask import Flask, Response, jsonify, request
from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError

BROKERS = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092").split(",")
TOPIC = os.environ.get("KAFKA_TOPIC", "clicks")
TYPES = {"cheers", "fuck"}
WINDOW_SECONDS = 120
SEND_SECONDS = 10

server = Flask(__name__)
producer = KafkaProducer(
    bootstrap_servers=BROKERS,
    acks="all",
    value_serializer=lambda click: json.dumps(click).encode("utf-8"),
)
lock = threading.Lock()
totals: Counter[str] = Counter()
history: list[dict[str, Any]] = []


def consume() -> None:
    """Count the topic into the totals, and keep what the window shows."""
    consumer = KafkaConsumer(
        TOPIC,
        bootstrap_servers=BROKERS,
        group_id="click-dashboard",
        auto_offset_reset="earliest",
        value_deserializer=lambda value: json.loads(value.decode("utf-8")),
    )
    for record in consumer:
        click = record.value
        with lock:
            totals[click["type"]] += 1
            history.append({"type": click["type"], "timestamp": click["timestamp"]})
            oldest = time.time() - WINDOW_SECONDS
            while history and history[0]["timestamp"] < oldest:
                history.pop(0)


@server.post("/click")
def click() -> tuple[Response, int]:
    """Send one click, and answer once the broker has it."""
    kind = (request.get_json(silent=True) or {}).get("type")
    if kind not in TYPES:
        return jsonify(status="error", message="Invalid click type"), 400
    try:
        future = producer.send(TOPIC, {"type": kind, "timestamp": time.time()})
        producer.flush(timeout=SEND_SECONDS)
        future.get(timeout=SEND_SECONDS)
    except KafkaError:
        return jsonify(status="error", message="Failed to send to Kafka"), 503
    return jsonify(status="success", message=f"Click {kind} sent!"), 200


@server.get("/data")
def data() -> Response:
    """Answer the totals and every click of the window."""
    with lock:
        return jsonify(
            totals={kind: totals[kind] for kind in sorted(TYPES)}, recent_history=list(history)
        )


threading.Thread(target=consume, daemon=True).start()
