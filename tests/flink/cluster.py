"""A real Flink cluster on this machine, from what `make venv-flink` and the jars' target fetch."""

import json
import os
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dash_app.settings import Settings
from tests.brokers.kafka.jvm import Program, ToolsMissing
from tests.ports import free_port
from tests.programs import ROOT
from tests.waiting import eventually

START_SECONDS = 120
SUBMIT_SECONDS = 120
WORKERS = ("worker-1", "worker-2")
"""Task managers, with one slot each; a job is spread over both."""

QUICK = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
"""Programs that live for a minute start faster so."""

PYTHON = ROOT / ".venv-flink" / "bin" / "python"
JARS = ROOT / "ops" / "flink" / "jars"
CONFIG = ROOT / "ops" / "flink" / "conf"


def find_flink() -> Path:
    """Return the folder of the distribution."""
    packages = list((ROOT / ".venv-flink").glob("lib/python3*/site-packages/pyflink"))
    if not packages or not JARS.is_dir():
        raise ToolsMissing("Flink is not there: run `make venv-flink ops/flink/jars`")
    return packages[0]


class FlinkCluster:
    """One job manager and some task managers, with folders and ports of their own."""

    def __init__(
        self,
        folder: Path,
        *,
        workers: Sequence[str] = WORKERS,
        slots: int = 1,
        java: Mapping[str, str] = MappingProxyType(QUICK),
    ) -> None:
        home = find_flink()
        self._folder = folder
        self._port = free_port()
        self.address = f"127.0.0.1:{self._port}"
        options = {
            "jobmanager.rpc.port": free_port(),
            "rest.port": self._port,
            # A worker that comes back is used at once; by default after half a minute.
            "jobmanager.adaptive-scheduler.executing.cooldown-after-rescaling": "1 s",
            "jobmanager.adaptive-scheduler.executing.resource-stabilization-timeout": "1 s",
            "taskmanager.numberOfTaskSlots": slots,
            "io.tmp.dirs": folder,
        }
        words = [word for name, value in options.items() for word in ("-D", f"{name}={value}")]
        environment = {
            **os.environ,
            **java,
            "FLINK_CONF_DIR": str(CONFIG),
            "FLINK_LOG_DIR": str(folder),
        }

        def program(script: str, name: str, *more: str) -> Program:
            command = ["bash", str(home / "bin" / script), "start-foreground", *words, *more]
            process = Program(command, folder / f"{name}.log", environment)
            process.long_lived = True
            return process

        self.master = program("jobmanager.sh", "master")
        self.workers = {
            name: program("taskmanager.sh", name, "-D", f"taskmanager.resource-id={name}")
            for name in workers
        }
        self._slots = slots * len(workers)

    def start(self) -> None:
        """Start what does not run; return when every worker has joined."""
        for program in (self.master, *self.workers.values()):
            if not program.running:
                program.launch()
        for program in (self.master, *self.workers.values()):
            program.wait(lambda _: self._registered() == self._slots, START_SECONDS)

    def close(self) -> None:
        """End all of it at once."""
        for program in (self.master, *self.workers.values()):
            program.kill()

    def ask(self, path: str) -> Any:
        """Return what the job manager answers."""
        with urllib.request.urlopen(f"http://{self.address}{path}", timeout=10) as answer:
            return json.load(answer)

    def _registered(self) -> int:
        try:
            return int(self.ask("/overview")["slots-total"])
        except OSError:
            return 0

    def submit(self, settings: Settings, parallelism: int = len(WORKERS)) -> str:
        """Run the program that submits the job; return what it says once the job runs."""
        done = subprocess.run(
            [str(PYTHON), str(ROOT / "ops" / "flink" / "submit.py")],
            env={
                **os.environ,
                **QUICK,
                **settings.kafka_options,
                "DEDUP_OFFSETS": str(settings.dedup_offsets),
                "FLINK_ADDRESS": self.address,
                "FLINK_CHECKPOINTS": str(self._folder / "checkpoints"),
                "FLINK_PARALLELISM": str(parallelism),
                "KAFKA_BOOTSTRAP_SERVERS": str(settings.kafka_bootstrap_servers),
                "KAFKA_TOPIC": settings.kafka_topic,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=SUBMIT_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def job(self, settings: Settings) -> Any:
        """Return the overview of the job that counts the topic of these settings."""
        jobs = self.ask("/jobs/overview")["jobs"]
        named = f"clicks of {settings.kafka_topic} at "
        return next(job for job in jobs if job["name"].startswith(named))

    def cancel(self, settings: Settings) -> None:
        """End the job, so that its slots are free."""
        job = f"http://{self.address}/jobs/{self.job(settings)['jid']}"
        request = urllib.request.Request(f"{job}?mode=cancel", method="PATCH")
        urllib.request.urlopen(request, timeout=10).close()
        eventually(lambda: self.job(settings)["state"] == "CANCELED", 30, "it still runs")

    def running_tasks(self, settings: Settings) -> Counter[str]:
        """Return how many running tasks of the job each worker has."""
        job = f"/jobs/{self.job(settings)['jid']}"
        vertices = [self.ask(f"{job}/vertices/{one['id']}") for one in self.ask(job)["vertices"]]
        tasks = [task for vertex in vertices for task in vertex["subtasks"]]
        return Counter(task["taskmanager-id"] for task in tasks if task["status"] == "RUNNING")
