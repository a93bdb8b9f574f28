"""SQL stands in server/storage only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("server", "kiosk", "display", "counter", "manager", "printer", "web")
STORAGE = ROOT / "server" / "storage"
SQL = re.compile(
    r"\bSELECT\s+[\w.*(:'\"]|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bUPDATE\s+\w+\s+SET\b|\bDELETE\s+FROM\b"
    r"|\bPRAGMA\s+\w|\b(CREATE|ALTER|DROP)\s+(TABLE|INDEX|VIEW|TRIGGER)\b|\bORDER\s+BY\s+\w"
    r"|\bGROUP\s+BY\s+\w|\bJOIN\s+\w+\s+ON\b|\bVACUUM\b|\bSAVEPOINT\s|^BEGIN\b|^COMMIT\b|^ROLLBACK\b"
)
RUNS = {"execute", "executemany", "executescript"}


def modules() -> list[Path]:
    found = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in found if not path.is_relative_to(STORAGE)]


def docstrings(tree: ast.Module) -> set[int]:
    """Return the places of strings that stand for themselves: docstrings and notes below a name."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def sql_in(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    said = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in said and SQL.search(node.value):
                yield f"line {node.lineno}: {node.value.strip()[:60]}"
        elif isinstance(node, ast.Attribute) and node.attr in RUNS:
            yield f"line {node.lineno}: .{node.attr}"


@pytest.mark.parametrize(
    "source",
    [
        'x = "SELECT a FROM b"', 'x = f"DELETE FROM {table}"', "db.execute(words)",
        'db.run("PRAGMA user_version")', 'x = """\\nUPDATE turns SET state = 1"""',
    ],
)  # fmt: skip
def test_sql_is_recognised(source: str) -> None:
    assert list(sql_in(source))


def test_words_about_sql_are_no_sql() -> None:
    assert not list(sql_in('"""SELECT a FROM b is what this does."""\nx = "Select a service"'))


def test_sql_stands_in_storage_only() -> None:
    found = {
        str(path.relative_to(ROOT)): told
        for path in modules()
        if (told := list(sql_in(path.read_text("utf-8"))))
    }
    assert found == {}, "questions to tables belong into server/storage/queries/"
