"""Owns what is said for a call: a list of clip names, from the call and a table. Pure.

``web/static/spoken.js`` is the same function for browsers; a test holds both together on
every number.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from server.lobby.voice.tables import Rule, Table

Style = Literal["digits", "natural"]
Kind = Literal["call", "recall", "last"]


class Said(msgspec.Struct, frozen=True):
    """A call to be said.

    Attributes:
        label: the number on the ticket, ``A001``.
        counter: the counter's number.
        kind: the first call, a repeat, or the last call.
        prefix: the part of the label before its number; letters if not given.
        place: what the counter is called, in the language spoken; ``""`` for a plain counter.
        agency: code of the agency to name, if it shall be.
    """

    label: str
    counter: int
    kind: Kind = "call"
    prefix: str = ""
    place: str = ""
    agency: str | None = None


def spoken(call: Said, table: Table, style: Style = "digits") -> list[str]:
    """Return the names of the clips that say a call, in order.

    Args:
        call: what to say.
        table: the language.
        style: the ticket's number by ``digits`` (nol nol satu: hard to mishear) or ``natural``
            (satu). The counter's number is always natural.
    """
    clips: list[str] = [] if call.kind == "call" else [call.kind]
    for word in table.call:
        match word:
            case "{label}":
                clips += say_label(call.label, call.prefix, table, style)
            case "{counter}":
                clips += say_number(call.counter, table)
            case "{place}":
                clips.append(place_of(call.place, table))
            case "{agency}":
                clips += [f"agency.{call.agency}"] if call.agency else []
            case _:
                clips.append(word)
    return clips


def say_label(label: str, prefix: str, table: Table, style: Style) -> list[str]:
    """Return the clips of a ticket's label; signs nobody says (dashes) are left out."""
    if not label.startswith(prefix):
        prefix = ""
    digits = len(label) - len(label.rstrip("0123456789"))
    start = len(prefix) or len(label) - digits
    head, number = label[:start], label[start:]
    clips = [sign for sign in head.upper() if sign in table.letters or sign in table.numbers]
    if style == "natural" and number.isascii() and number.isdigit():
        return clips + say_number(int(number), table)
    return clips + [sign for sign in number.upper() if sign in table.numbers]


def say_number(number: int, table: Table) -> list[str]:
    """Return the clips of a whole number from 0 on; one that no rule fits is said by digits."""
    if str(number) in table.numbers:
        return [str(number)]
    rule = None
    for each in table.rules:
        if each.start <= number:
            rule = each
    if rule is None or number // rule.by >= number:
        return list(str(number))
    return _put_together(number, rule, table)


def _put_together(number: int, rule: Rule, table: Table) -> list[str]:
    count, rest = divmod(number, rule.by)
    clips: list[str] = []
    for part in rule.say:
        if part == "round":
            clips += say_number(number - rest, table)
        elif part == "count":
            clips += say_number(count, table)
        elif part == "rest":
            if rest:
                if rule.link is not None and rest < rule.link_below:
                    clips.append(rule.link)
                clips += say_number(rest, table)
        else:
            clips.append(part)
    return clips


def place_of(name: str, table: Table) -> str:
    """Return the clip for what a counter is called: known by the first word of its name."""
    first = name.casefold().split(" ")[0]
    for clip, word in table.places.items():
        if word.casefold() == first:
            return clip
    return "counter"


def in_words(clips: list[str], table: Table) -> str:
    """Return the sentence that clips say, for people who read and for voices that read aloud."""
    texts = table.clips()
    return " ".join(texts[clip] for clip in clips if clip in texts)
