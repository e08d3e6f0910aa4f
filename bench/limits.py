"""The site with three more routes, each of which does as little as can be done.

They are the limits: of the server and of Flask, of kafka-python behind them, and of any click that
is checked and counted in the same process.
"""

import os
import random
import time
from functools import cache

from flask import Flask, Response, request
from kafka import KafkaProducer

from dash_app import serving
from dash_app.counting.records import encode
from dash_app.security.gate import NAME
from dash_app.settings import Settings
from dash_app.settings.network import listen
from dash_app.web.requests import parse

NOOP = "/kafka/noop"
BARE = "/kafka/bare"
LEAST = "/kafka/least"
BARE_TOPIC = "BENCH_BARE_TOPIC"
"""The variable that names the topic of the bare sends: nobody counts what is in it."""

BARE_SECONDS = 30
VALUE = b'{"type":"cheers","timestamp":1800000000.123456}'


def worker() -> Flask:
    """Return the server of one worker with these routes, behind all hooks of the site."""
    server = serving.worker()
    # Before many ask at once: each of them would make one.
    _producer()
    settings = Settings.from_environment()
    prefix, topic = settings.url_prefix, settings.kafka_topic
    # Named like routes of the site, so that what runs before and after those runs here, too.
    server.add_url_rule(f"{prefix}{NOOP}", f"{NAME}.noop", noop, methods=["GET", "POST"])
    server.add_url_rule(f"{prefix}{BARE}", f"{NAME}.bare", bare, methods=["POST"])
    server.add_url_rule(f"{prefix}{LEAST}", f"{NAME}.least", lambda: least(topic), methods=["POST"])
    return server


def noop() -> Response:
    """Answer at once."""
    return Response(b'{"status":"success"}', mimetype="application/json")


def bare() -> Response:
    """Answer when a record is acknowledged by all in-sync replicas."""
    _producer().send(os.environ[BARE_TOPIC], VALUE, partition=0).get(BARE_SECONDS)
    return noop()


def least(topic: str) -> Response:
    """Answer when clicks that were read and checked are acknowledged; the site counts them.

    They have no limit, person, deadline or way out where the broker does not answer.
    """
    sent = []
    for one in parse(request.get_data(), time.time(), {"cheers", "hate"}).batch:
        key = random.randbytes(8).hex().encode()
        sent.append(_producer().send(topic, encode(one.click), key, partition=0))
    for each in sent:
        each.get(BARE_SECONDS)
    return noop()


@cache
def _producer() -> KafkaProducer:
    servers = os.environ["KAFKA_BOOTSTRAP_SERVERS"].split(",")
    return KafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True)


if __name__ == "__main__":
    settings = Settings.from_environment()
    serving.serve(settings, listen(settings.host, settings.port), "bench.limits:worker")
