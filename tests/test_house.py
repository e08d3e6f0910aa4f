"""The sizes of files and functions: what a stranger can still take in at a glance."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.programs import ROOT

HOUSE = ROOT / "dash_app"
ASSETS = ROOT / "assets"
FOLDERS = ("dash_app", "tests", "bench", "ops", "examples")
VENDORED = {"bootstrap.min.css", "plotly-basic.min.js"}

MOST_ENTRIES = 20
MOST_LINES = 300
MOST_CODE_LINES = 40
DEEPEST = 3

BLOCKS = (ast.If, ast.For, ast.While, ast.Try, ast.With, ast.Match)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def too_long(files: Iterable[Path]) -> dict[str, int]:
    """Return the files of more lines than a file may have, with how many they have."""
    lines = {relative(path): len(path.read_text().splitlines()) for path in files}
    return {name: count for name, count in lines.items() if count > MOST_LINES}


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def code_lines(function: ast.FunctionDef) -> int:
    """Return how many lines hold code: neither the docstring nor comments and blank lines."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    lines = {number for part in body for node in ast.walk(part) for number in span(node)}
    return len(lines)


def span(node: ast.AST) -> range:
    if isinstance(node, ast.expr | ast.stmt) and node.end_lineno is not None:
        is_simple = not hasattr(node, "body")
        return range(node.lineno, (node.end_lineno if is_simple else node.lineno) + 1)
    return range(0)


def depth(node: ast.AST) -> int:
    """Return how many blocks stand inside of each other; `elif` is one with its `if`."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            continue
        is_elif = isinstance(node, ast.If) and node.orelse == [child] and isinstance(child, ast.If)
        is_block = isinstance(child, BLOCKS) and not is_elif
        deepest = max(deepest, depth(child) + is_block)
    return deepest


def test_the_house_is_a_short_list() -> None:
    entries = [path.name for path in HOUSE.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= MOST_ENTRIES, sorted(entries)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_module_and_its_functions_can_be_taken_in(folder: str) -> None:
    modules = sorted((ROOT / folder).rglob("*.py"))
    each = [(path, one) for path in modules for one in functions(path)]

    assert modules
    assert too_long(modules) == {}
    lines = {f"{relative(path)}: {one.name}": code_lines(one) for path, one in each}
    assert {name: count for name, count in lines.items() if count > MOST_CODE_LINES} == {}
    nested = {f"{relative(path)}: {one.name}": depth(one) for path, one in each}
    assert {name: blocks for name, blocks in nested.items() if blocks > DEEPEST} == {}


@pytest.mark.parametrize("suffix", [".css", ".js"])
def test_a_stylesheet_and_a_script_can_be_taken_in(suffix: str) -> None:
    files = [path for path in ASSETS.rglob(f"*{suffix}") if path.name not in VENDORED]

    assert files
    assert too_long(files) == {}
