"""The Dockerfile carried out in a folder instead of an image: its own commands, no engine."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
IN_IMAGE = ("/opt/venv", "/app")
"""The folders of the image that the folder on disk stands for."""


@dataclass
class Stage:
    """One FROM and the instructions after it, as (NAME, text)."""

    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def texts(self, name: str) -> list[str]:
        """Return the texts of all instructions of that name."""
        return [text for instruction, text in self.instructions if instruction == name]

    def words(self, name: str) -> list[str]:
        """Return the words of the last instruction of that name in the exec form."""
        text = self.texts(name)[-1]
        words: list[str] = json.loads(text[text.index("[") :])
        return words

    def environment(self) -> dict[str, str]:
        """Return what ENV sets."""
        pairs = [word for text in self.texts("ENV") for word in shlex.split(text)]
        return dict(pair.split("=", 1) for pair in pairs)


def read_stages(path: Path = REPOSITORY / "Dockerfile") -> list[Stage]:
    """Return the stages of a Dockerfile."""
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        name, text = line.split(maxsplit=1)
        if name == "ARG":
            key, value = text.split("=", 1)
            arguments[f"${{{key}}}"] = value
        elif name == "FROM":
            base = text.split()[0]
            stages.append(Stage(arguments.get(base, base)))
        else:
            stages[-1].instructions.append((name, " ".join(text.split())))
    return stages


class ImageOnDisk:
    """What the build stage makes, in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.app = root / "app"
        self._tools = root / "tools"
        for folder in (self.app, self._tools):
            folder.mkdir(parents=True)
        # The base image calls its Python `python`, which not every machine does.
        base = getattr(sys, "_base_executable", sys.executable)
        python = self._tools / "python"
        python.write_text(f'#!/bin/sh\nexec "{base}" "$@"\n')
        python.chmod(0o755)

    def build(self, stage: Stage) -> None:
        """Carry out COPY and RUN of a stage, in their order."""
        for name, text in stage.instructions:
            if name == "COPY":
                *sources, target = text.split()
                for source in sources:
                    self._copy(source, target)
            elif name == "RUN":
                subprocess.run(
                    ["sh", "-ec", self._on_disk(text)],
                    cwd=self.app,
                    env=self._clean_environment(self._tools),
                    check=True,
                )

    def start(self, words: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
        """Start a command of the image; as root on a file system that is really read-only."""
        path = self.root / "opt" / "venv" / "bin"
        settings = {name: self._on_disk(value) for name, value in environment.items()}
        settings |= self._clean_environment(path)
        program = [str(path / words[0]), *words[1:]]
        return subprocess.Popen(
            [*self._read_only(), *program],
            cwd=self.app,
            env=settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _read_only(self) -> list[str]:
        if os.geteuid() != 0 or not shutil.which("unshare"):
            return []
        script = (
            'mount --bind "$0" "$0" && mount --bind "$0/app/var" "$0/app/var"'
            ' && mount -o remount,ro,bind "$0" && cd "$0/app" && exec "$@"'
        )
        return ["unshare", "--mount", "sh", "-ec", script, str(self.root)]

    def _copy(self, source: str, target: str) -> None:
        allowed = (REPOSITORY / ".dockerignore").read_text().splitlines()
        assert f"!{source}" in allowed, f".dockerignore keeps {source} out of the image"
        destination = self.app / target
        if target.endswith("/"):
            destination = destination / Path(source).name
        destination.parent.mkdir(parents=True, exist_ok=True)
        origin = REPOSITORY / source
        if origin.is_dir():
            ignored: Any = shutil.ignore_patterns("__pycache__")
            shutil.copytree(origin, destination, ignore=ignored)
        else:
            shutil.copy(origin, destination)

    def _on_disk(self, text: str) -> str:
        for folder in IN_IMAGE:
            text = text.replace(folder, f"{self.root}{folder}")
        return text

    def _clean_environment(self, first: Path) -> dict[str, str]:
        pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        return pip | {"PATH": f"{first}:/usr/bin:/bin", "HOME": "/nonexistent"}
