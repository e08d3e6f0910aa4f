"""The rules that conftest.py lays on all tests bite."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import run_program

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[1]


NOT_RUN = [
    "import pytest\ndef test_a(): pytest.skip('no browser')",
    "import pytest\npytest.importorskip('no_such_module')",
    "import pytest\n@pytest.mark.xfail\ndef test_a(): assert False",
]
ONE_WORKER = "-n1"


def run_tests(
    folder: Path, *programs: str, option: str = "-q", **environment: str
) -> tuple[int, str]:
    """Run files of tests under this project's rules; return the exit code and the output."""
    files = [folder / f"test_sample_{number}.py" for number, _ in enumerate(programs)]
    for file, program in zip(files, programs, strict=True):
        file.write_text(program)
    words = ["-p", "tests.conftest", "-p", "no:cacheprovider", "--rootdir", str(folder), option]
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "pyproject.toml", *words, *map(str, files)],
        cwd=REPOSITORY,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("program", "option"), [*((program, "-q") for program in NOT_RUN), (NOT_RUN[0], ONE_WORKER)]
)
def test_in_ci_a_test_that_did_not_run_fails_the_run(
    tmp_path: Path, program: str, option: str
) -> None:
    program += "\ndef test_that_passes(): pass"
    code, output = run_tests(tmp_path, program, option=option, CI="true")
    assert code == 1, output
    assert "CI is set, so 1 skipped" in output


def test_elsewhere_a_test_that_did_not_run_fails_nothing(tmp_path: Path) -> None:
    code, output = run_tests(tmp_path, *NOT_RUN)
    assert code == 0, output


def test_two_workers_draw_no_port_twice() -> None:
    code = "import json\nfrom tests.ports import free_port\n"
    code += "print(json.dumps([free_port() for _ in range(500)]))"
    drawn = [
        run_program(code, env={"PYTEST_XDIST_WORKER": worker, "PYTEST_XDIST_WORKER_COUNT": 2})
        for worker in ("gw0", "gw1")
    ]
    assert len({*drawn[0], *drawn[1]}) == 1000


def test_a_remark_reaches_the_end_of_the_run_from_every_worker(tmp_path: Path) -> None:
    program = (
        "import pytest\n"
        "from tests.remarks import UNDECIDED, remark\n"
        "@pytest.fixture\n"
        "def remarking(request):\n"
        "    yield\n"
        "    remark(request.node, UNDECIDED, request.node.name)\n"
        "def test_a(remarking): pass\n"
        "def test_b(remarking): pass"
    )
    code, output = run_tests(tmp_path, program, option=ONE_WORKER)
    assert code == 0, output
    for name in ("test_a", "test_b"):
        assert f"axe-core could not decide: {name}" in output


def test_in_ci_a_run_in_which_everything_ran_passes(tmp_path: Path) -> None:
    code, output = run_tests(tmp_path, "def test_a(): pass", CI="true")
    assert code == 0, output


def test_a_thread_of_ours_left_alive_fails_the_test(tmp_path: Path) -> None:
    program = (
        "import threading\n"
        "def test_a():\n"
        "    wait = threading.Event().wait\n"
        "    threading.Thread(target=wait, name='clicks-lost', daemon=True).start()"
    )
    code, output = run_tests(tmp_path, program)
    assert code == 1, output
    assert "thread clicks-lost" in output


def test_a_process_left_alive_fails_the_test_and_is_ended(tmp_path: Path) -> None:
    program = (
        "import psutil, subprocess\n"
        "def test_a():\n"
        "    global left\n"
        "    left = subprocess.Popen(['sleep', '600'])\n"
        "def test_b():\n"
        "    assert left.wait(5) == -9"
    )
    code, output = run_tests(tmp_path, program)
    assert code == 1, output
    assert "sleep 600" in output
    assert "1 passed, 1 error" in output or "2 passed, 1 error" in output


def test_a_warning_is_an_error(tmp_path: Path) -> None:
    code, output = run_tests(tmp_path, "import warnings\ndef test_a(): warnings.warn('old')")
    assert code == 1, output


def test_the_settings_of_whoever_runs_the_tests_do_not_matter(tmp_path: Path) -> None:
    program = "import os\ndef test_a(): assert 'KAFKA_BOOTSTRAP_SERVERS' not in os.environ"
    code, output = run_tests(tmp_path, program, KAFKA_BOOTSTRAP_SERVERS="example:9092")
    assert code == 0, output
