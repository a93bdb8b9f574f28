"""Every command says in one line what was wrong with its words; none shows its inside."""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from server.branches import configure, read_office
from server.cli import main, parser
from server.storage.database import connect
from tests.server.process import office_toml

ODD = [
    "", "x", "-1", "0", "9" * 23, "é", "2026-02-30", "/nonexistent/x", "1.5", "a=b,c=d", "tcp://",
    "http://", "http://[::1", "http://x:99999", "serial:", "usb:zz:yy", "cups:", "agent:", "A=57",
    "\udcff", "a\nb", "%s{x}", "x" * 5000, "²", "nan", "inf",
]  # fmt: skip
RUNS_ON = {"serve", "watch", "print-agent"}
"""Commands that work until they are stopped; what they refuse has tests of its own."""


def commands(
    made: argparse.ArgumentParser, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    """Yield every command with its parser, also those below a word."""
    for action in made._actions:  # noqa: SLF001 - argparse has no public name for it
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for name, each in action.choices.items():
                yield from commands(each, (*words, name))
            return
    yield words, made


COMMANDS = dict(commands(parser()))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wrong")
    (folder / "office.toml").write_text(office_toml("hall"), "utf-8")
    with closing(connect(folder / "data")) as db:
        configure(db, read_office(folder / "office.toml"))
    return folder / "data"


def status(words: list[str]) -> int:
    """Return the status that a command ends with."""
    try:
        return main(words)
    except SystemExit as ended:
        return int(ended.code or 0)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_option_that_is_not_there_is_told_in_one_line(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert status([*words, "--nonsense"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"ramah {' '.join(words)}: ")
    assert line.endswith(f"(see ramah {' '.join(words)} --help)")


@pytest.mark.parametrize(
    "words", [(), ("user",), ("nonsense",), ("user", "nonsense")], ids=" ".join
)
def test_a_word_that_is_missing_or_unknown_is_told_in_one_line(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(list(words)) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--help)" in line


@pytest.mark.parametrize(
    "words", [each for each in COMMANDS if each[0] not in RUNS_ON], ids=" ".join
)
def test_whatever_is_written_a_command_refuses_in_one_line_or_does_it(
    words: tuple[str, ...], data: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    actions = COMMANDS[words]._actions  # noqa: SLF001
    places = [each for each in actions if not each.option_strings]
    options = [each for each in actions if each.option_strings and each.nargs != 0]
    options = [each for each in options if each.dest not in {"data", "lang"}]
    needed = [f"{each.option_strings[-1]}={next(iter(each.choices or ['x']))}"
              for each in options if each.required]  # fmt: skip
    tries = [[*needed, "--", *[odd for _ in places]] for odd in ODD]
    for option in options:
        rest = ["--", *("A" for _ in places)]
        tries += [[*needed, f"{option.option_strings[-1]}={odd}", *rest] for odd in ODD[::2]]
    for tried in tries:
        monkeypatch.setattr("sys.stdin", io.StringIO("senyum-dulu-ya\n"))
        ended = status([*words, "--data", str(data), *tried])
        said = capsys.readouterr().err
        assert ended in {0, 1, 2}, tried
        if ended:
            assert len(said.strip().splitlines()) == 1, (tried, said)
            assert said.startswith("ramah"), (tried, said)


def test_a_token_file_that_holds_none_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for content in (b"\xff\xfe", b"", b"two\nlines", b"x" * 10_000):
        (tmp_path / "key").write_bytes(content)
        assert status(["watch", "http://127.0.0.1:9", "--token-file", str(tmp_path / "key")]) == 1
        assert "holds no token" in capsys.readouterr().err


def test_a_file_or_folder_that_is_not_there_is_told_by_its_own_name(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = tmp_path / "nothing.toml"
    assert status(["branch", "add", str(office), "--data", str(data)]) == 1
    assert capsys.readouterr().err == f"ramah: {office}: there is no such folder or file\n"
    folder = tmp_path / "usb"
    assert status(["backup", str(folder / "b.tar"), "--data", str(data), "--lang", "id"]) == 1
    assert capsys.readouterr().err.startswith(f"ramah: {folder}: ")
    assert not folder.exists()
