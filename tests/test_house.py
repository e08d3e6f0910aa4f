"""The sizes of the house: what a stranger can still take in at a glance."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs import ROOT

HOUSE = ROOT / "dash_app"
FILES = sorted(HOUSE.rglob("*.py"))

MOST_ENTRIES = 20
MOST_LINES = 300
MOST_CODE_LINES = 40
DEEPEST = 3

BLOCKS = (ast.If, ast.For, ast.While, ast.Try, ast.With, ast.Match)


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


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_file_and_its_functions_can_be_taken_in(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES
    long = {one.name: code_lines(one) for one in functions(path)}
    assert {name: lines for name, lines in long.items() if lines > MOST_CODE_LINES} == {}
    nested = {one.name: depth(one) for one in functions(path)}
    assert {name: blocks for name, blocks in nested.items() if blocks > DEEPEST} == {}
