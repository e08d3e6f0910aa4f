"""The lists of packages agree, are bounded, and the locks hold nothing but packages and hashes."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[1]
LOCKS = ("requirements-runtime.lock", "requirements.lock")
FLINK = "ops/flink/requirements"
TESTS_NEED_OLDER = {"urllib3"}
"""selenium 4.2 wants the old line; nothing in this project uses it."""


def read_requirements(name: str) -> list[Requirement]:
    lines = (REPOSITORY / name).read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]


def read_lock(name: str) -> dict[str, str]:
    text = (REPOSITORY / name).read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


def test_pyproject_and_requirements_name_the_same_packages() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    declared = [str(Requirement(text)) for text in project["dependencies"]]
    assert declared == [str(wish) for wish in read_requirements("requirements-runtime.txt")]


def test_everything_includes_the_runtime_part() -> None:
    assert "-r requirements-runtime.txt" in (REPOSITORY / "requirements.txt").read_text()


def test_every_package_of_the_image_is_bounded_on_both_sides() -> None:
    for wish in read_requirements("requirements-runtime.txt"):
        operators = {specifier.operator for specifier in wish.specifier}
        assert operators == {">=", "<"}, wish


@pytest.mark.parametrize(
    ("wishes", "lock"),
    [
        ("requirements-runtime.txt", LOCKS[0]),
        ("requirements.txt", LOCKS[1]),
        (f"{FLINK}.txt", f"{FLINK}.lock"),
    ],
)
def test_the_lock_satisfies_what_is_wished(wishes: str, lock: str) -> None:
    locked = read_lock(lock)
    for wish in read_requirements(wishes):
        version = locked[wish.name.lower()]
        assert wish.specifier.contains(version), f"{wish}: {lock} has {version}"


def test_what_is_tested_is_what_is_shipped() -> None:
    shipped, tested = read_lock(LOCKS[0]), read_lock(LOCKS[1])
    different = {name for name, version in shipped.items() if tested.get(name) != version}
    assert different == TESTS_NEED_OLDER


@pytest.mark.parametrize("name", [*LOCKS, f"{FLINK}.lock"])
def test_a_lock_names_no_address_and_hashes_every_package(name: str) -> None:
    text = (REPOSITORY / name).read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|@ ", text)
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert packages
    assert all("--hash=sha256:" in package for package in packages)


def test_the_list_of_the_images_packages_is_that_of_the_lock() -> None:
    listed = json.loads((REPOSITORY / "ops" / "sbom.cdx.json").read_text())
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.6")
    components = listed["components"]
    locked = {name: version.split()[0] for name, version in read_lock(LOCKS[0]).items()}
    assert {canonicalize_name(one["name"]): one["version"] for one in components} == locked
    for one in components:
        name = canonicalize_name(one["name"])
        assert one["purl"].startswith(f"pkg:pypi/{name}@{one['version']}"), name
        assert one["licenses"], f"{name} names no licence"
    references = {one["bom-ref"] for one in components}
    assert {one["ref"] for one in listed["dependencies"]} == references | {"root-component"}


def test_each_package_has_a_line_that_says_why() -> None:
    text = (REPOSITORY / "docs" / "dependencies.md").read_text().lower()
    for wish in read_requirements("requirements-runtime.txt") + read_requirements(
        "requirements.txt"
    ):
        assert f"| {wish.name.lower()}" in text, f"{wish.name} is not in docs/dependencies.md"


def test_the_packages_for_node_are_exact_hashed_and_explained() -> None:
    wishes = json.loads((REPOSITORY / "package.json").read_text())["devDependencies"]
    packages = json.loads((REPOSITORY / "package-lock.json").read_text())["packages"]
    text = (REPOSITORY / "docs" / "dependencies.md").read_text()
    for name, version in wishes.items():
        assert packages[f"node_modules/{name}"]["version"] == version
        assert f"| {name} |" in text
    for path, package in packages.items():
        assert path == "" or package["integrity"].startswith("sha512-"), path
        assert "resolved" not in package, path
