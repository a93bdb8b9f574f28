"""What only SQLite understands is said in one module, so that another store has one to write."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import server
from server.storage import dialect
from tests.server.storage.test_rooms import docstrings

SERVER = Path(server.__file__).parent
SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|FROM|JOIN|ORDER BY|CASE)\b")
OWN = re.compile(
    r"""\browid\b | \bPRAGMA\b | \bGLOB\b | \bINDEXED\ BY\b | \bCROSS\ JOIN\b | \bIIF\s*\( | \?\d
    | \bINSERT\ OR\b | \bsqlite_ | \bjson(_\w+)?\s*\( | ->>? | \bCOLLATE\ NOCASE\b
    | \b(ifnull|printf|format|instr|char|unicode|hex|randomblob|typeof|group_concat|total|quote
        |strftime|julianday|unixepoch|datetime|last_insert_rowid|changes)\s*\(
    | \bM(AX|IN)\([^()]*(\([^()]*\)[^()]*)*,
    | \bSUM\([^()]*(=|\bIN\b|<|>) """,
    re.VERBOSE | re.IGNORECASE,
)  # fmt: skip
ALONE = re.compile(
    r"\b(PRAGMA|GLOB|INDEXED BY|json_each|json_quote|group_concat|sqlite_master|rowid)\b"
)
"""Told wherever it stands: nothing but SQL says this."""


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield every text of a module but those that only people read."""
    passed = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inner = [each for each in node.values if isinstance(each, ast.Constant)]
            passed |= {id(each) for each in inner}
            yield node.lineno, "x".join(str(each.value) for each in inner)
        elif isinstance(node, ast.Constant) and id(node) not in passed:
            yield node.lineno, str(node.value)


def own_words(source: str) -> list[tuple[int, str]]:
    """Return the lines of a module that only SQLite understands."""
    found = []
    for line, text in texts(ast.parse(source)):
        match = ALONE.search(text) or (OWN.search(text) if SQL.search(text) else None)
        if match is not None:
            found.append((line, match[0]))
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT rowid FROM turns", "SELECT data ->> 'kind' FROM events", "PRAGMA user_version",
        "SELECT * FROM turns INDEXED BY turns_day", "UPDATE a SET b = MAX(b, 1)",
        "SELECT MAX(COALESCE(a, 0), b) FROM c", "SELECT a FROM b WHERE c = ?1",
        "INSERT OR IGNORE INTO a VALUES (?)", "SELECT a FROM json_each(?)",
        "SELECT SUM(state = 'done') FROM turns", "SELECT ifnull(a, 0) FROM b",
        "SELECT strftime('%Y', at) FROM events", "SELECT IIF(a, b, c) FROM d",
    ],
)  # fmt: skip
def test_what_only_sqlite_understands_is_seen(statement: str) -> None:
    assert own_words(f"query = {statement!r}\n") != []


def test_no_module_of_the_server_but_one_has_sql_that_only_sqlite_understands() -> None:
    found = {
        f"{path.relative_to(SERVER)}:{line}": word
        for path in sorted(SERVER.rglob("*.py"))
        if path != Path(dialect.__file__)
        for line, word in own_words(path.read_text("utf-8"))
    }
    assert found == {}
