"""Owns what a change of the settings means, in words: "Permits: 3 -> 4 counters"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from server.domain.words import marked as _
from server.editing.labels import CHOICES, LABELS
from server.editing.merging import ABSENT, KEYS, ORDER, Change, Raw, changes

Say = Callable[..., str]
MOST = 60
"""Letters of a value that are shown."""
NAMED = {
    "services": _("Service {code} ({name})"),
    "counters": _("Counter {number}"),
    "agencies": _("Agency {code}"),
    "special_days": _("Special days {name} ({code})"),
    "seasons": _("Season {name} ({code})"),
    "outcomes": _("Result {code}"),
    "places": _("Place {name}"),
    "items": _("Check {name}"),
    "kinds": _("Visitors without a number: {name}"),
}
DAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


def told(old: Raw, new: Raw, say: Say, language: str) -> list[str]:
    """Return what changes from one version of the settings to another, a sentence each."""
    teller = _Teller(old, new, say, language)
    counted = list(teller.counters())
    return [*counted, *(teller.one(each) for each in changes(old, new) if teller.tells(each))]


def told_one(change: Change, old: Raw, new: Raw, say: Say, language: str) -> str:
    """Return what one change means."""
    return _Teller(old, new, say, language).one(change)


class _Teller:
    def __init__(self, old: Raw, new: Raw, say: Say, language: str) -> None:
        self._old, self._new = old, new
        self._say, self._language = say, language
        codes = {each.get("code") for raw in (old, new) for each in raw.get("services", [])}
        self._kept = {each for each in codes if _offering(old, each) == _offering(new, each)}

    def counters(self) -> Iterator[str]:
        """Tell for each service how many counters offer it, where that changes."""
        for each in self._new.get("services", []):
            code = each.get("code")
            before, after = (_offering(raw, code) for raw in (self._old, self._new))
            known = any(one.get("code") == code for one in self._old.get("services", []))
            if known and before != after:
                yield self._say(
                    _("{service}: {old} → {new} counters"),
                    service=self._name(each, "code"), old=before, new=after,
                )  # fmt: skip
            elif not known and not after:
                yield self._say(
                    _("{service}: no counter serves it"), service=self._name(each, "code")
                )

    def tells(self, change: Change) -> bool:
        """Whether a change is told by itself, not by the counters of its service."""
        path = change.path
        if not (len(path) == 3 and path[0] == "counters" and path[2] == "services"):  # noqa: PLR2004
            return True
        if not (isinstance(change.old, list) and isinstance(change.new, list)):
            return True
        moved = set(change.old) ^ set(change.new)  # two counters may swap what they offer
        return not moved or bool(moved & self._kept)

    def one(self, change: Change) -> str:
        """Tell one change."""
        path, place, entry = self._place(change.path)
        if entry:
            if change.old is ABSENT:
                return self._say(_("New: {what}"), what=place)
            if change.new is ABSENT:
                return self._say(_("Gone: {what}"), what=place)
        what = self._label(path)
        if change.path[-1] == ORDER:
            return self._say(_("{what}: another order"), what=what)
        if place:
            what = f"{place}, {what}"
        return self._say(
            _("{what}: {old} → {new}"), what=what,
            old=self._value(change.old, path), new=self._value(change.new, path),
        )  # fmt: skip

    def _place(self, path: tuple[str, ...]) -> tuple[str, str, bool]:
        """Return a path without names of entries, those entries in words, and if it is one."""
        plain: list[str] = []
        words: list[str] = []
        sides: list[Any] = [self._new, self._old]
        entry = False
        for name in path:
            if entry is False and plain and plain[-1] in KEYS and _is_list(sides, name):
                list_ = plain[-1]
                sides = [_entry(side, list_, name) for side in sides]
                words.append(self._entry_name(list_, name, next(filter(None, sides), {})))
                entry = True
                continue
            entry = False
            plain.append(name)
            if name not in KEYS:
                sides = [side.get(name) if isinstance(side, dict) else None for side in sides]
            else:
                sides = [side.get(name, []) if isinstance(side, dict) else [] for side in sides]
        return ".".join(plain), ", ".join(words), entry

    def _entry_name(self, list_: str, key: str, entry: Raw) -> str:
        values = {"code": key, "number": key, "name": self._name(entry, KEYS[list_])}
        return self._say(NAMED[list_], **values)

    def _name(self, entry: Raw, key: str) -> str:
        names = entry.get("names") or {}
        return str(names.get(self._language) or next(iter(names.values()), entry.get(key, "")))

    def _label(self, path: str) -> str:
        """Return what a setting is called; below words per language also the language."""
        parts = path.removesuffix(f".{ORDER}").split(".")
        for end in range(len(parts), 0, -1):
            known = LABELS.get(".".join(parts[:end]))
            if known is not None:
                rest = " ".join(parts[end:])
                return f"{self._say(known[0])} ({rest})" if rest else self._say(known[0])
        return path

    def _value(self, value: Any, path: str) -> str:  # noqa: ANN401 - any part of the settings
        text = self._text(value, path)
        return text if len(text) <= MOST else text[: MOST - 1] + "…"

    def _text(self, value: Any, path: str) -> str:  # noqa: ANN401
        if value is ABSENT or value is None or (not value and isinstance(value, str | list | dict)):
            return self._say(_("nothing"))
        if isinstance(value, list):
            return self._list(value, path)
        if isinstance(value, dict):
            return self._block(value, path)
        if isinstance(value, bool):
            return self._say(_("yes") if value else _("no"))
        known = CHOICES.get(path, {}) | ({value: _("a picture")} if path == "paper.logo" else {})
        return self._say(known[value]) if value in known else str(value)

    def _list(self, value: list[Any], path: str) -> str:
        if path.endswith(".days"):
            return ", ".join(self._say(DAYS[each - 1]) for each in value)
        return ", ".join(self._text(each, path) for each in value)

    def _block(self, value: Raw, path: str) -> str:
        if "opens" in value and "closes" in value:
            days = self._text(value.get("days", []), f"{path}.days")
            return f"{days} {value['opens']}-{value['closes']}"
        if "starts" in value and "ends" in value:
            return f"{value['starts']}-{value['ends']}"
        if self._language in value:
            return str(value[self._language])
        return ", ".join(
            self._text(each, f"{path}.{name}") for name, each in value.items() if name != ORDER
        )


def _offering(raw: Raw, code: object) -> int:
    return sum(code in each.get("services", []) for each in raw.get("counters", []))


def _is_list(sides: list[Any], name: str) -> bool:
    return name != ORDER and any(isinstance(side, list) for side in sides)


def _entry(side: Any, list_: str, key: str) -> Raw | None:  # noqa: ANN401
    if not isinstance(side, list):
        return None
    return next((each for each in side if str(each.get(KEYS[list_], "")) == key), None)
