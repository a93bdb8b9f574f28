"""Owns comparing settings with each other: what changed, and putting two people's changes together.

Lists whose entries have a name of their own (services, counters ...) are compared entry by entry,
so that one who adds a counter and one who renames a service do not get in each other's way.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Raw = dict[str, Any]
KEYS = {
    "services": "code", "counters": "number", "agencies": "code", "outcomes": "code",
    "special_days": "first", "seasons": "first", "places": "code", "items": "code",
    "kinds": "code",
}  # fmt: skip
ORDER = "#order"
"""Below a list that is compared by entry: the entries' names in their order."""
ABSENT = object()
"""There is no such setting on one side."""


class Change(NamedTuple):
    """A setting that differs: its path by names, and both values (``ABSENT`` for none)."""

    path: tuple[str, ...]
    old: Any
    new: Any


def changes(old: Raw, new: Raw) -> list[Change]:
    """Return what differs, in the order of the newer settings; whole entries are one change."""
    return _differ(keyed(old), keyed(new), ())


def keyed(value: Any, name: str = "") -> Any:  # noqa: ANN401 - any part of the settings
    """Return settings with every list of named entries as a mapping by name."""
    if isinstance(value, dict):
        return {key: keyed(each, key) for key, each in value.items()}
    key = KEYS.get(name)
    if key and isinstance(value, list) and all(isinstance(each, dict) for each in value):
        names = [str(each.get(key, "")) for each in value]
        if len(set(names)) == len(names):
            entries = {one: keyed(each) for one, each in zip(names, value, strict=True)}
            return entries | {ORDER: names}
    return value


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Undo ``keyed``."""
    if not isinstance(value, dict):
        return value
    if ORDER in value:
        return [_plain(value[name]) for name in value[ORDER] if name in value]
    return {key: _plain(each) for key, each in value.items()}


def _differ(old: Raw, new: Raw, path: tuple[str, ...]) -> list[Change]:
    found: list[Change] = []
    for name in [*new, *(each for each in old if each not in new)]:
        one, other = old.get(name, ABSENT), new.get(name, ABSENT)
        if one == other:
            continue
        if name == ORDER and not _moved(one, other):
            continue  # only entries came and went, which is told as such
        if isinstance(one, dict) and isinstance(other, dict):
            found += _differ(one, other, (*path, name))
        else:
            found.append(Change((*path, name), one, other))
    return found


def _moved(old: Any, new: Any) -> bool:  # noqa: ANN401
    """Whether entries that were there before and after stand in another order."""
    if old is ABSENT or new is ABSENT:
        return False
    return [each for each in old if each in new] != [each for each in new if each in old]


class Merged(NamedTuple):
    """Two people's changes together, and the paths that both changed, each in another way."""

    settings: Raw
    conflicts: list[tuple[Change, Change]]


def merged(base: Raw, mine: Raw, theirs: Raw) -> Merged:
    """Put my changes since ``base`` on top of theirs; where both changed the same, theirs stay."""
    result = keyed(theirs)
    others = changes(base, theirs)
    conflicts: list[tuple[Change, Change]] = []
    for each in changes(base, mine):
        against = next((one for one in others if _touch(one.path, each.path)), None)
        if against is not None and against.new != each.new:
            conflicts.append((each, against))
        elif each.path[-1] != ORDER or _order_is(result, each):
            _put(result, each)
    _keep_orders(result, keyed(mine))
    return Merged(_plain(result), conflicts)


def _touch(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether a path is the other one, above or below it; an order is no part of its entries."""
    if (one[-1] == ORDER) != (other[-1] == ORDER):
        return False
    return one[: len(other)] == other or other[: len(one)] == one


def _order_is(result: Raw, change: Change) -> bool:
    place: Any = result
    for name in change.path[:-1]:
        place = place.get(name, {})
    return set(place.get(ORDER, ())) == set(change.new)


def _put(result: Raw, change: Change) -> None:
    place = result
    for name in change.path[:-1]:
        place = place.setdefault(name, {})
    name = change.path[-1]
    if change.new is ABSENT:
        place.pop(name, None)
    else:
        place[name] = change.new


def _keep_orders(result: Raw, mine: Raw) -> None:
    """Give entries that came a place in the order, and take those that went out of it."""
    for name, value in result.items():
        if name == ORDER or not isinstance(value, dict):
            continue
        other = mine.get(name)
        below = other if isinstance(other, dict) else {}
        if ORDER in value or ORDER in below:
            there = [each for each in value if each != ORDER]
            order = [each for each in value.get(ORDER, ()) if each in there]
            value[ORDER] = [*order, *(each for each in there if each not in order)]
        _keep_orders(value, below)
