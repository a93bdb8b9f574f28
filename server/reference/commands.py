"""Tells every command of ``ramah`` with each word and flag that it takes."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from server.cli import parser
from server.reference import Unexplained, page, table

WHERE = "`server/cli/`"
INTRODUCTION = """\
`ramah COMMAND --help` says the same, with examples. Every command but `serve` works beside a
running server. It ends with 0 when it is done, 1 when that is not possible (in words), 2 when the
command was written wrongly. `RAMAH_DATA` names the data folder for all of them, `RAMAH_TOKEN` holds
the token of commands that talk to a server, so that it stands in no list of processes."""
EVERYWHERE = {"--data", "--lang"}
"""Flags told once: they mean the same wherever they are."""


def written() -> str:
    """Return the page.

    Raises:
        Unexplained: names the flag that has no help.
    """
    return page(
        "Commands", WHERE, [INTRODUCTION, "", *_everywhere(), *_commands(parser(), "ramah")]
    )


def flags() -> Iterator[tuple[str, str]]:
    """Find every flag with its command, such as ``("ramah serve", "--port")``."""
    for name, command in _leaves(parser(), "ramah"):
        for action in _arguments(command):
            yield from ((name, flag) for flag in action.option_strings)


def _leaves(
    command: argparse.ArgumentParser, name: str
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    below = _below(command)
    if not below:
        yield name, command
    for word, inner in below.items():
        yield from _leaves(inner, f"{name} {word}")


def _below(command: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    # argparse tells its parts by no public name
    for action in command._actions:  # noqa: SLF001
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            return dict(action.choices)
    return {}


def _arguments(command: argparse.ArgumentParser) -> list[argparse.Action]:
    return [
        action for action in command._actions  # noqa: SLF001
        if not isinstance(action, (argparse._HelpAction, argparse._SubParsersAction))  # noqa: SLF001
    ]  # fmt: skip


def _everywhere() -> Iterator[str]:
    yield "All commands take `--lang`, those that work on a data folder `--data`:"
    yield ""
    _name, first = next(_leaves(parser(), "ramah"))
    common = [each for each in _arguments(first) if EVERYWHERE & set(each.option_strings)]
    yield from table(("Word", "Meaning"), map(_row, common))


def _commands(top: argparse.ArgumentParser, root: str) -> Iterator[str]:
    for name, command in _leaves(top, root):
        yield f"## `{name}`"
        yield (command.description or "").strip()
        yield ""
        own = [each for each in _arguments(command) if not EVERYWHERE & set(each.option_strings)]
        for action in own:
            if not action.help:
                raise Unexplained(f"{name} {action.dest}: give it a help=")
        if own:
            yield from table(("Word", "Meaning"), map(_row, own))


def _row(action: argparse.Action) -> tuple[str, str]:
    word = ", ".join(action.option_strings) or str(action.metavar or action.dest).upper()
    if action.option_strings and action.nargs != 0:
        word += " " + str(action.metavar or ("CHOICE" if action.choices else action.dest.upper()))
    meaning = action.help or ""
    if action.choices:
        meaning += f" ({', '.join(map(str, action.choices))})"
    if action.required and action.option_strings:
        meaning += "; must be given"
    return f"`{word}`", meaning.replace("%%", "%")
