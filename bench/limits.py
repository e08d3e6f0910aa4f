"""The site with two more routes: one that does nothing, and one that does no more than a bare send.

They are the limits: of the server and of Flask, and of kafka-python behind them.
"""

import os
from functools import cache

from flask import Flask, Response
from kafka import KafkaProducer

from dash_app import serving
from dash_app.security.gate import NAME
from dash_app.settings import Settings
from dash_app.settings.network import listen

NOOP = "/kafka/noop"
BARE = "/kafka/bare"
BARE_TOPIC = "BENCH_BARE_TOPIC"
"""The variable that names the topic of the bare sends: nobody counts what is in it."""

BARE_SECONDS = 30
VALUE = b'{"type":"cheers","timestamp":1800000000.123456}'


def worker() -> Flask:
    """Return the server of one worker with both routes, behind all hooks of the site."""
    server = serving.worker()
    # Before many ask at once: each of them would make one.
    _producer()
    prefix = Settings.from_environment().url_prefix
    # Named like routes of the site, so that what runs before and after those runs here, too.
    server.add_url_rule(f"{prefix}{NOOP}", f"{NAME}.noop", noop, methods=["GET", "POST"])
    server.add_url_rule(f"{prefix}{BARE}", f"{NAME}.bare", bare, methods=["POST"])
    return server


def noop() -> Response:
    """Answer at once."""
    return Response(b'{"status":"success"}', mimetype="application/json")


def bare() -> Response:
    """Answer when a record is acknowledged by all in-sync replicas."""
    _producer().send(os.environ[BARE_TOPIC], VALUE, partition=0).get(BARE_SECONDS)
    return noop()


@cache
def _producer() -> KafkaProducer:
    servers = os.environ["KAFKA_BOOTSTRAP_SERVERS"].split(",")
    return KafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True)


if __name__ == "__main__":
    settings = Settings.from_environment()
    serving.serve(settings, listen(settings.host, settings.port), "bench.limits:worker")
