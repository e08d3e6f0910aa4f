"""The Makefile explains itself, and says in one line what is missing on a machine."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import REPOSITORY

pytestmark = pytest.mark.slow

SMALL_PROGRAMS = ("grep", "ls", "sed", "sh")


def run(*words: str, path: str | None = None, **environment: str) -> tuple[int, str]:
    inherited = {name: os.environ[name] for name in os.environ if not name.startswith("MAKE")}
    done = subprocess.run(
        words,
        cwd=REPOSITORY,
        env=inherited | environment | ({"PATH": path} if path else {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def write_program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A folder of programs that holds next to nothing and whose user is not root."""
    for name in SMALL_PROGRAMS:
        program = shutil.which(name)
        assert program, name
        (tmp_path / name).symlink_to(program)
    write_program(tmp_path / "id", "echo 1000")
    return tmp_path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree without nginx, whose script does not find the one of this machine either."""
    ops = tmp_path / "tree" / "ops"
    ops.mkdir(parents=True)
    shutil.copy(REPOSITORY / "ops" / "find_python.sh", ops)
    text = (REPOSITORY / "ops" / "test_tools.sh").read_text()
    assert "-x /usr/sbin/nginx" in text
    (ops / "test_tools.sh").write_text(text.replace("-x /usr/sbin/nginx", "-x /nowhere/nginx"))
    return ops.parent


def run_tools(tree: Path, programs: Path) -> tuple[int, str]:
    """Run the script in that tree, on a machine that has nothing but these programs."""
    return run("sh", "-c", f"cd {tree} && sh ops/test_tools.sh", path=str(programs), PYTHON="")


def test_help_lists_every_command() -> None:
    code, output = run("make", "help")
    assert code == 0
    text = (REPOSITORY / "Makefile").read_text().replace("\\\n", " ")
    internal = {"bench-fetched", "bench-tools", "test-fetched", "tools"}
    internal |= {"venv", "venv-flink", "venv-test"}
    phony = re.findall(r"^\.PHONY:(.*)$", text, re.MULTILINE)
    targets = {name for line in phony for name in line.split()} - internal
    assert set(re.findall(r"^make ([a-z-]+)", output, re.MULTILINE)) == targets
    assert all(len(line.split()) > 3 for line in output.splitlines()), "each says what it does"


def test_make_alone_shows_the_help() -> None:
    assert run("make") == run("make", "help")


def test_without_root_missing_programs_are_named_in_one_line(bare_machine: Path) -> None:
    code, output = run("sh", "ops/test_tools.sh", path=str(bare_machine))
    assert code == 2
    assert len(output.splitlines()) == 1
    for package in ("chromium", "docker-compose", "maven", "nodejs", "default-jre-headless"):
        assert package in output.split("apt-get install -y")[1]


def test_nginx_is_unpacked_and_not_installed_so_that_it_serves_nothing(
    tmp_path: Path, tree: Path
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in (*SMALL_PROGRAMS, "chmod", "mkdir", "mktemp", "mv", "rm", "touch"):
        (programs / name).symlink_to(shutil.which(name) or name)
    write_program(programs / "id", "echo 0")
    write_program(
        programs / "apt-get", f'echo "$@" >> {tmp_path}/asked; touch nginx_1.deb caddy_1.deb'
    )
    unpack = "mkdir -p usr/sbin usr/bin; touch usr/sbin/nginx usr/bin/caddy; chmod +x usr/*/*"
    write_program(programs / "dpkg", unpack)
    code, output = run_tools(tree, programs)

    calls = (tmp_path / "asked").read_text().splitlines()
    assert code == 0, output
    assert [line for line in calls if "nginx" in line] == [
        "-o APT::Sandbox::User=root download -qq nginx caddy"
    ]
    assert any(line.startswith("install ") for line in calls)
    assert sorted(file.name for file in (tree / ".nginx").iterdir()) == ["usr"]
    assert not [*tree.glob(".nginx.part.*")]


def test_the_benchmarks_name_their_own_program_too(bare_machine: Path) -> None:
    code, output = run("sh", "ops/test_tools.sh", "wrk", path=str(bare_machine))
    assert code == 2
    assert {"chromium", "wrk"} <= set(output.split("apt-get install -y")[1].split())


@pytest.fixture
def machine_without_nginx(bare_machine: Path) -> Path:
    """A folder of programs that holds all that the tests need but nginx."""
    for name in (
        "caddy",
        "chromium",
        "chromedriver",
        "curl",
        "docker-compose",
        "git",
        "ip",
        "mvn",
        "node",
        "npm",
        "soffice",
        "WebKitWebDriver",
        "Xvfb",
        "dbus-daemon",
        "firefox-esr",
    ):
        write_program(bare_machine / name, "exit 1")
    write_program(bare_machine / "java", "echo openjdk 17.0.15 2025-04-15")
    write_program(bare_machine / "fc-list", "echo Noto Color Emoji:style=Regular")
    write_program(bare_machine / "python3.11", f'exec {sys.executable} "$@"')
    return bare_machine


@pytest.mark.parametrize("place", ["on the PATH", "in the tree"])
def test_a_machine_that_has_all_programs_is_left_alone(
    machine_without_nginx: Path, tree: Path, place: str
) -> None:
    machine = machine_without_nginx
    write_program(machine / "id", "echo 0")
    write_program(machine / "apt-get", f"touch {machine}/called")
    nginx = machine / "nginx" if place == "on the PATH" else tree / ".nginx/usr/sbin/nginx"
    nginx.parent.mkdir(parents=True, exist_ok=True)
    write_program(nginx, "exit 1")
    before = {*machine.rglob("*")}

    assert run_tools(tree, machine) == (0, "")
    assert {*machine.rglob("*")} == before, "apt-get was called, or something was installed"


def test_a_machine_that_lacks_only_nginx_is_told_so(
    machine_without_nginx: Path, tree: Path
) -> None:
    code, output = run_tools(tree, machine_without_nginx)
    assert code == 2
    assert output.split("apt-get install -y")[1].split() == ["nginx"]


def test_a_machine_without_a_recent_python_is_told_so(bare_machine: Path) -> None:
    code, output = run("sh", "ops/find_python.sh", "python3.11", path=str(bare_machine))
    assert code == 2
    assert "No Python 3.11 or later was found" in output
    assert "make PYTHON=" in output


def test_a_python_without_venv_is_told_the_package(tmp_path: Path) -> None:
    program = f'case "$2" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"'
    write_program(tmp_path / "python3.11", program)
    code, output = run("sh", "ops/find_python.sh", str(tmp_path / "python3.11"))
    assert code == 2
    assert "apt-get install python3-venv" in output


def test_an_installation_that_fails_says_so_and_shows_nothing(tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text("no-such-package-here @ file:///nowhere/at/all.whl\n")
    link = tmp_path / ".venv"
    code, output = run(sys.executable, "ops/venv.py", str(link), str(lock))
    assert code == 1
    assert "could not be installed" in output
    assert "Traceback" not in output
    assert not link.exists()


def test_a_folder_that_make_did_not_make_is_kept(tmp_path: Path) -> None:
    lock = tmp_path / "empty.lock"
    lock.touch()
    link = tmp_path / ".venv"
    link.mkdir()
    (link / "mine").touch()
    code, output = run(sys.executable, "ops/venv.py", str(link), str(lock))
    assert code == 0, output
    assert (link / "complete").exists()
    (aside,) = tmp_path.glob(".venv.before-*")
    assert (aside / "mine").exists()
    assert run(sys.executable, "ops/venv.py", str(link), str(lock)) == (0, "")


def test_a_moved_tree_gets_a_new_environment(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    (first / "empty.lock").touch()
    program = str(REPOSITORY / "ops" / "venv.py")
    words = (sys.executable, program, ".venv", "empty.lock")
    subprocess.run(words, cwd=first, check=True, capture_output=True)
    first.rename(second)
    done = subprocess.run(words, cwd=second, check=True, capture_output=True, text=True)
    assert "Installing" in done.stdout


def test_the_packages_of_the_image_are_audited_strictly_by_their_hashes() -> None:
    code, output = run("make", "--dry-run", "audit-deps")
    assert code == 0, output
    last = output.strip().splitlines()[-1].split()
    assert last[0].endswith("/pip-audit")
    # Without --strict a service that knows no advisories reads as "no known vulnerabilities".
    assert {"--strict", "--require-hashes", "requirements-runtime.lock"} <= {*last}
