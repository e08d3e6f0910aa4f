"""Short Python programs in processes of their own, which print what they found as JSON."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def clean_environment(**variables: object) -> dict[str, str]:
    """Return the environment of the tests, with these variables laid over it."""
    return {**os.environ, **{name: str(value) for name, value in variables.items()}}


def run_program(
    code: str,
    *arguments: object,
    env: Mapping[str, object] | None = None,
    seconds: float = 60,
) -> Any:
    """Run a program to its end and return what the last line that it printed says."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
        cwd=ROOT,
        env=clean_environment(**(env or {})),
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
