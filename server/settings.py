"""Owns what is wrong with a settings file: everything at once, in words, by the names it uses.

The rules stand in the types of ``server.domain.office``; this only tells where a file breaks them,
as a person would: which service, which setting, what it should be, and what was probably meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from math import isfinite

import msgspec
from msgspec import inspect

from server.domain.errors import Invalid
from server.domain.office import Office, Paper
from server.domain.texts import CODE, PREFIX, is_seen
from server.domain.words import marked as _
from server.mistakes import Mistake, Place, no_language, short

_PREFIX = re.compile(PREFIX)
_LOOSE_TIME = re.compile(r"^\s*([01]?\d|2[0-4])\s*[.:h]\s*([0-5]\d)\s*(?::00)?\s*$")
_DAYS = {
    name: number
    for names in (
        "senin selasa rabu kamis jumat sabtu minggu",
        "monday tuesday wednesday thursday friday saturday sunday",
        "sen sel rab kam jum sab min",
        "mon tue wed thu fri sat sun",
    )
    for number, name in enumerate(names.split(), 1)
} | {"jum'at": 5, "ahad": 7}
UNSEEN = _(
    "'{name}' has a letter that nobody can see, such as a tab, the end of a line, or one that "
    "turns the text round. Please write it again."
)


def plain(raw: object) -> object:
    """Return settings with TOML's own dates and times written as the settings keep them."""
    if isinstance(raw, dict):
        return {key: plain(each) for key, each in raw.items()}
    if isinstance(raw, list):
        return [plain(each) for each in raw]
    if isinstance(raw, time):
        return f"{raw:%H:%M}"
    return raw.isoformat() if isinstance(raw, date) else raw


@cache
def _shape(kind: type) -> inspect.Type:
    """Return a type as it is walked; finding that out takes longer than the walk."""
    return inspect.type_info(kind)


def mistakes(raw: Mapping[str, object], tongues: Collection[str] = ()) -> list[Invalid]:
    """Return what does not fit the settings' types, in the file's order.

    With ``tongues`` texts in any other language are mistakes too.
    """
    found: list[Invalid] = []
    _Reader(raw, found, tongues).look(raw, _shape(Office), "")
    return found


def paper_mistakes(paper: Paper) -> list[Invalid]:
    """Return what does not fit in the look of the ticket, as in a whole file."""
    found: list[Invalid] = []
    _Reader({}, found).look(msgspec.to_builtins(paper), _shape(Paper), "paper")
    return found


class _Reader:
    def __init__(
        self, raw: Mapping[str, object], found: list[Invalid], tongues: Collection[str] = ()
    ) -> None:
        self._raw = raw
        self._found = found
        self._tongues = tongues

    def look(self, value: object, kind: inspect.Type, path: str) -> None:
        """Compare a value with its type; go on below it."""
        if isinstance(value, str) and not self._seen(value, kind, path):
            return
        if isinstance(kind, inspect.Metadata):
            kind = kind.type
        if isinstance(kind, inspect.UnionType):
            kind = next(each for each in kind.types if not isinstance(each, inspect.NoneType))
        if isinstance(kind, inspect.StructType):
            self._struct(value, kind, path)
        elif isinstance(kind, inspect.ListType):
            self._list(value, kind, path)
        elif isinstance(kind, inspect.DictType):
            self._words(value, kind, path)
        else:
            self._single(value, kind, path)

    def _tell(self, path: str, message: str, **params: object) -> None:
        name = re.sub(r"\[\d+\]$", "", path).rpartition(".")[2]
        self._found.append(Mistake(message, path, self._place(path), **{"name": name} | params))

    def _seen(self, value: str, kind: inspect.Type, path: str) -> bool:
        """Whether all of a text can be seen, and it is not too long; ends of lines by its type."""
        more = (kind.extra or {}) if isinstance(kind, inspect.Metadata) else {}
        if not is_seen(value, lines=more.get("lines", False)):
            self._tell(path, UNSEEN)
            return False
        if len(value) > more.get("most", len(value)):
            self._tell(path, _("'{name}' has at most {most} letters."), most=more["most"])
        return True

    def _place(self, path: str) -> Place | None:
        """Return the part of the office that a path is in, as people call it."""
        found = re.match(r"(services|counters|agencies)\[(\d+)\]", path)
        if found is None:
            block, dot, _rest = path.partition(".")
            name, listed, index = block.rstrip("]").partition("[")
            if listed:
                return "[[{block}]] #{entry}", {"block": name, "entry": int(index) + 1}
            return ("[{block}]", {"block": block}) if dot else None
        entries = self._raw[found[1]]
        one = entries[int(found[2])] if isinstance(entries, list) else None
        entry = one if isinstance(one, dict) else {}
        number = int(found[2]) + 1
        if found[1] == "counters":
            return _("Counter {number}"), {"number": entry.get("number", f"#{number}")}
        names = entry.get("names")
        name = str(next(iter(names.values()), "")).strip() if isinstance(names, dict) else ""
        values: dict[str, object] = {
            "code": short(entry.get("code", f"#{number}")),
            "name": short(name),
        }
        if found[1] == "agencies":
            return _("Agency {code}"), values
        return (_("Service {code} ({name})") if name else _("Service {code}")), values

    def _struct(self, value: object, kind: inspect.StructType, path: str) -> None:
        if not isinstance(value, dict):
            self._tell(path, _("'{name}' has settings of its own: write it as a block."))
            return
        known = {field.encode_name: field for field in kind.fields}
        below = f"{path}." if path else ""
        meant = set()
        for name, each in value.items():
            if name in known:
                self.look(each, known[name].type, f"{below}{name}")
                continue
            guess = get_close_matches(name, known, 1, 0.6)
            if guess:
                meant.add(guess[0])
                message = _("There is no setting '{name}'. Did you mean '{guess}'?")
                self._tell(f"{below}{name}", message, name=short(name), guess=guess[0])
            else:
                message = _("There is no setting '{name}' here. There is: {known}.")
                self._tell(f"{below}{name}", message, name=short(name), known=", ".join(known))
        for name, field in known.items():
            if field.required and name not in value and name not in meant:
                self._tell(f"{below}{name}", _("'{name}' is missing."))
        if kind.cls.__name__ == "Service":
            self._code_as_prefix(value, path)
        if kind.cls is Office and isinstance(value.get("name"), str) and not value["name"].strip():
            self._tell("name", _("The office needs a name."))
        names = value.get("names")
        if known.get("names") and known["names"].required and isinstance(names, dict):
            self._read(names, f"{below}names")

    def _read(self, names: Mapping[str, object], path: str) -> None:
        """What has names has one that people can read."""
        blank = [lang for lang, each in names.items() if isinstance(each, str) and not each.strip()]
        if len(blank) == len(names):
            self._tell(path, _("It needs a name: without one, people would read nothing."))
        else:
            for lang in blank:
                self._tell(f"{path}.{lang}", _("'{name}' is empty: people would read nothing."))

    def _code_as_prefix(self, service: Mapping[str, object], path: str) -> None:
        """A code also stands before the numbers, unless a prefix is named."""
        code = service.get("code")
        if "prefix" in service or not isinstance(code, str) or _PREFIX.match(code):
            return
        guess = code.upper()
        message = _(
            "The code '{code}' would stand before the numbers, where one to three capital letters "
            'or digits go. Choose such a code, or add a prefix, for example prefix = "{guess}".'
        )
        fits = guess if _PREFIX.match(guess) else "A"
        if re.match(CODE, code):
            self._tell(f"{path}.code", message, code=code, guess=fits)

    def _list(self, value: object, kind: inspect.ListType, path: str) -> None:
        if not isinstance(value, list):
            block = re.sub(r"\[\d+\]", "", path)
            message = _("'{name}' is a list: write it in square brackets.")
            if isinstance(value, dict) and isinstance(kind.item_type, inspect.StructType):
                message = _("There may be several of '{name}': write [[{block}]] above each.")
            self._tell(path, message, block=block)
            return
        if kind.max_length is not None and len(value) > kind.max_length:
            self._tell(path, _("'{name}' has at most {most} entries."), most=kind.max_length)
        if not value and path.endswith(".days"):
            self._tell(path, _("'{name}' is empty: write at least one day, 1 Monday to 7 Sunday."))
        for index, each in enumerate(value):
            self.look(each, kind.item_type, f"{path}[{index}]")

    def _words(self, value: object, kind: inspect.DictType, path: str) -> None:
        if not isinstance(value, dict):
            message = _("'{name}' has a value for each language, such as {example}.")
            example = '{ id = "...", en = "..." }'
            if not _by_language(kind):
                message = _("'{name}' has a value for each service, such as {example}.")
                example = "{ A = 2, B = 1 }"
            self._tell(path, message, example=example)
            return
        for name, each in value.items():
            if self._tongues and _by_language(kind) and name not in self._tongues:
                self._found.append(
                    no_language(name, f"{path}.{name}", self._tongues, self._place(path))
                )
            elif is_seen(name):
                self.look(each, kind.value_type, f"{path}.{name}")
            else:
                self._tell(path, UNSEEN)

    def _single(self, value: object, kind: inspect.Type, path: str) -> None:
        shown = short(value)
        if isinstance(kind, inspect.LiteralType):
            self._choice(value, kind, path)
        elif isinstance(kind, inspect.BoolType):
            if not isinstance(value, bool):
                self._tell(path, _("'{name}' is true or false, not '{value}'."), value=shown)
        elif isinstance(kind, inspect.IntType | inspect.FloatType):
            self._number(value, kind, path)
        elif not isinstance(value, str):
            if "24:00" in (getattr(kind, "pattern", None) or ""):
                self._time(value, path)
            else:
                self._tell(path, _("'{name}' is a text in quotation marks, not {value}."),
                           value=shown)  # fmt: skip
        elif isinstance(kind, inspect.StrType):
            self._text(value, kind, path)

    def _choice(self, value: object, kind: inspect.LiteralType, path: str) -> None:
        if value in kind.values and not isinstance(value, bool):
            return
        known = [str(each) for each in kind.values if each != ""]
        guess = get_close_matches(str(value).lower(), known, 1, 0.6)
        if guess:
            message = _("'{value}' is no {name}. Did you mean '{guess}'?")
            self._tell(path, message, value=short(value), guess=guess[0])
        else:
            message = _("'{value}' is no {name}. There is: {known}.")
            self._tell(path, message, value=short(value), known=", ".join(known))

    def _number(self, value: object, kind: inspect.IntType | inspect.FloatType, path: str) -> None:
        if re.search(r"\bdays\[\d+\]$", path):
            self._day(value, path)
            return
        whole = isinstance(kind, inspect.IntType)
        right = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, right):
            message = _("'{name}' is a number without quotation marks, not '{value}'.")
            if whole and isinstance(value, float):
                message = _("'{name}' is a whole number, not '{value}'.")
            self._tell(path, message, value=short(value))
            return
        assert isinstance(value, int | float)  # noqa: S101 - seen above
        if not isfinite(value):
            self._tell(path, _("'{name}' is a number without quotation marks, not '{value}'."),
                       value=short(value))  # fmt: skip
            return
        low = kind.ge if kind.ge is not None else kind.gt
        high = kind.le if kind.le is not None else kind.lt
        small = low is not None and (value < low or (kind.gt is not None and value == low))
        if small or (high is not None and value > high):
            message = _("'{name}' is from {low} to {high}, not {value}.")
            if kind.gt is not None:
                message = _("'{name}' is more than {low} and at most {high}, not {value}.")
            elif high is None:
                message = _("'{name}' is at least {low}, not {value}.")
            self._tell(path, message, value=value, low=low, high=high)

    def _day(self, value: object, path: str) -> None:
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 7:  # noqa: PLR2004
            return
        word = str(value).strip().lower()
        near = [] if isinstance(value, bool) else get_close_matches(word, _DAYS, 1, 0.7)
        if near:
            message = _("Days are numbers, 1 Monday to 7 Sunday: write {day} for '{value}'.")
            self._tell(path, message, value=short(value), day=_DAYS[near[0]])
        else:
            message = _("Days are numbers, 1 Monday to 7 Sunday; '{value}' is none.")
            self._tell(path, message, value=short(value))

    def _time(self, value: object, path: str) -> None:
        found = _LOOSE_TIME.match(str(value))
        right = f"{int(found[1]):02}:{found[2]}" if found else ""
        if right >= "24:00" and (value == right or right > "24:00"):
            message = _("'{value}' cannot stand here: the last minute of a day is 23:59.")
            self._tell(path, message, value=short(value))
        elif found:
            message = _("'{value}' is no time here: write \"{right}\".")
            self._tell(path, message, value=short(value), right=right)
        else:
            message = _("'{value}' is no time of the day; write it like \"07:30\".")
            self._tell(path, message, value=short(value))

    def _text(self, value: str, kind: inspect.StrType, path: str) -> None:
        if kind.max_length is not None and len(value) > kind.max_length:
            self._tell(path, _("'{name}' has at most {most} letters."), most=kind.max_length)
        if kind.pattern is None or re.search(kind.pattern, value):
            return
        if ":[0-5]" in kind.pattern:
            self._time(value, path)
        elif path.endswith(".prefix"):
            message = _("'{value}' cannot stand before a number: one to three capital letters or "
                        "digits do, such as A or KTP.")  # fmt: skip
            self._tell(path, message, value=short(value))
        else:
            message = _("'{value}' is no {name}: letters, digits, dash and underline, 16 at most, "
                        "no spaces.")  # fmt: skip
            self._tell(path, message, value=short(value))


def _by_language(kind: inspect.DictType) -> bool:
    """Whether its names are languages, not codes of services."""
    return not (isinstance(kind.key_type, inspect.StrType) and kind.key_type.pattern)
