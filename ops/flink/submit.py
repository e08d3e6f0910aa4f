"""Submits count_clicks.sql to a Flink cluster unless it runs there; goes on from its checkpoint."""

import json
import os
import re
import sys
import tempfile
import traceback
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from dash_app.brokers import BrokerUnavailable  # noqa: E402
from dash_app.brokers.kafka.clients import KafkaClients  # noqa: E402
from dash_app.brokers.kafka.topic import (  # noqa: E402
    find_or_create_flink_topics,
    find_or_create_topic,
)
from dash_app.counting.clicks import MAX_TYPES  # noqa: E402
from dash_app.settings import BadSetting, Settings, bad_setting  # noqa: E402
from ops.flink.java_client import connection, hide_secrets  # noqa: E402
from ops.flink.statements import statements  # noqa: E402

ENDED = {"CANCELED", "FAILED", "FINISHED"}
DAY = "86400"
SLOTS = "2"
"""As many as a taskmanager of ops/flink/conf and of docker-compose.flink.yml has."""


class NotSubmitted(Exception):
    """Flink did not take the job; the message is the traceback, without what is secret."""


def main() -> int:
    """Submit the job that the environment describes; return 0, 1 (try again) or 2 (never will)."""
    try:
        settings = Settings.from_environment()
        if settings.kafka_bootstrap_servers is None:
            raise bad_setting("KAFKA_BOOTSTRAP_SERVERS", None, "host:port of the brokers")
        parallelism = _whole("FLINK_PARALLELISM", SLOTS, 1, 1000)
        # Bins are drawn for an hour, by clicks that may be an hour late.
        state_ttl_seconds = _whole("FLINK_STATE_TTL_SECONDS", DAY, 7200, 999_999_999)
        _submit_unless_running(settings, parallelism, state_ttl_seconds)
    except BadSetting as error:
        print(f"Stopped: {error}", file=sys.stderr)
        return 2
    except (BrokerUnavailable, NotSubmitted, OSError) as error:
        print(f"Not yet: {error}", file=sys.stderr)
        return 1
    return 0


def _submit_unless_running(settings: Settings, parallelism: str, state_ttl_seconds: str) -> None:
    address = os.environ.get("FLINK_ADDRESS", "127.0.0.1:8081")
    clients = KafkaClients(settings)
    java_client = connection(settings)
    with clients.admin() as admin:
        log_id = find_or_create_topic(admin, settings.kafka_topic, clients.new_topic).id
        find_or_create_flink_topics(admin, settings.kafka_topic, clients.new_topic.replicas)
    topic = f"clicks of {settings.kafka_topic} at {settings.kafka_bootstrap_servers}"
    name = f"{topic}, log {log_id}"
    if _runs_already(address, topic, name):
        return
    options = _options(address, name, parallelism, log_id)
    values = {
        "KAFKA_TOPIC": settings.kafka_topic,
        "DEDUP_OFFSETS": str(settings.dedup_offsets),
        "MAX_TYPES": str(MAX_TYPES),
        "STATE_TTL_SECONDS": state_ttl_seconds,
        "LOG": log_id,
    }
    print(f"submits {name}", flush=True)
    try:
        _submit(statements(values, java_client), options)
    except Exception as error:
        # Flink may quote a statement, and in it a password or a key.
        raise NotSubmitted(hide_secrets(traceback.format_exc(), java_client)) from error


def _runs_already(address: str, topic: str, name: str) -> bool:
    """Tell whether the job of that name runs; cancel those that count earlier logs of the topic."""
    for job in _ask(address, "GET", "/jobs/overview")["jobs"]:
        if job["state"] not in ENDED and job["name"] == name:
            print(f"runs already: {name}", flush=True)
            return True
        if job["state"] not in ENDED and job["name"].startswith(f"{topic}, log "):
            print(f"cancels what counts a topic that is gone: {job['name']}", flush=True)
            _ask(address, "PATCH", f"/jobs/{job['jid']}?mode=cancel")
    return False


def _options(address: str, name: str, parallelism: str, log_id: str) -> dict[str, str]:
    """Return the options of the job: where it runs, and the checkpoint that it goes on from."""
    folder = Path(os.environ.get("FLINK_CHECKPOINTS", "var/flink/checkpoints")).resolve() / log_id
    host, port = address.rsplit(":", 1)
    jars = Path(os.environ.get("FLINK_JARS", HERE / "jars")).resolve().glob("*.jar")
    options = {
        "execution.target": "remote",
        "rest.address": host,
        "rest.port": port,
        "parallelism.default": parallelism,
        "pipeline.name": name,
        "pipeline.jars": ";".join(jar.as_uri() for jar in jars),
        "execution.checkpointing.dir": folder.as_uri(),
    }
    if checkpoint := _newest_checkpoint(folder):
        print(f"goes on from {checkpoint}", flush=True)
        # Claimed: Flink removes it once it has a newer one.
        options["execution.state-recovery.claim-mode"] = "CLAIM"
        options["execution.state-recovery.path"] = checkpoint.as_uri()
    return options


def _whole(variable: str, default: str, least: int, most: int) -> str:
    value = os.environ.get(variable) or default
    if not re.fullmatch("[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise bad_setting(variable, value, f"{least} to {most}")
    return value


def _ask(address: str, method: str, path: str) -> Any:
    request = urllib.request.Request(f"http://{address}{path}", method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.load(answer)


def _newest_checkpoint(folder: Path) -> Path | None:
    """Return the last complete checkpoint that any run of the job left in the folder."""
    complete = [path.parent for path in folder.glob("*/chk-*/_metadata")]
    return max(complete, key=lambda path: path.stat().st_mtime, default=None)


def _submit(filled: list[str], options: dict[str, str]) -> None:
    """Run the statements; the last of them goes to the cluster as a job."""
    from pyflink.table import EnvironmentSettings, TableEnvironment  # noqa: PLC0415 - takes seconds

    tables = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    for key, value in options.items():
        tables.get_config().set(key, value)
    for statement in filled:
        if match := re.fullmatch(r"SET '(.+)' = '(.+)'", statement):
            tables.get_config().set(match[1], match[2])
        elif match := re.fullmatch(r"CREATE TEMPORARY VIEW (\w+) AS\n(.+)", statement, re.DOTALL):
            # Planned once, here: so the two counts share all that comes before them.
            tables.create_temporary_view(match[1], tables.sql_query(match[2]))
        elif statement.startswith("EXECUTE STATEMENT SET BEGIN"):
            _run_with_plain_joins(tables, statement.removeprefix("EXECUTE "))
        else:
            tables.execute_sql(statement)


def _run_with_plain_joins(tables: Any, inserts: str) -> None:
    """Run a statement set whose joins hold no rows back; what sums their rows up does.

    Flink 2.2 ends a worker if a join that does has to stop before it began
    (NullPointerException in `MiniBatchStreamingJoinOperator.close`).
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "plan.json")
        tables.execute_sql(f"COMPILE PLAN '{path.as_uri()}' FOR {inserts}")
        plan = json.loads(path.read_text())
        for node in plan["nodes"]:
            if node["type"].startswith("stream-exec-join_"):
                node["configuration"] = {"table.exec.mini-batch.enabled": "false"}
        path.write_text(json.dumps(plan))
        tables.execute_sql(f"EXECUTE PLAN '{path.as_uri()}'")


if __name__ == "__main__":
    sys.exit(main())
