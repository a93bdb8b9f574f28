"""Tells every kind of event with its fields: what the log keeps and what screens are sent."""

from __future__ import annotations

import typing
from collections.abc import Iterator

import msgspec
from msgspec import inspect

from server.domain.events import (
    AnyEvent,
    Audience,
    CounterRef,
    PrintOrder,
    Quote,
    TurnEvent,
    audience_of_field,
)
from server.reference import Unexplained, page, summary, table
from server.reference.event_fields import MEANINGS

WHERE = "`server/domain/events.py` and `server/reference/event_fields.py`"
INTRODUCTION = """\
Whatever happens in a hall is one event in its log, numbered from 1 without a gap (`seq`), with its
moment (`at`) and who did it (`actor`); it is written once and never changed. Every screen is sent
the events as they happen, see [api.md](api.md#events). What is marked **log** stays in the log;
what is marked **kiosk**, **staff** or **supervisor** is sent to these and those after them alone.
Webhooks are sent the unmarked fields of every kind. A field without a value is left out."""


def kinds() -> dict[str, type[AnyEvent]]:
    """Return the type of each kind of event."""
    return {str(each.__struct_config__.tag): each for each in typing.get_args(AnyEvent)}


def written() -> str:
    """Return the page.

    Raises:
        Unexplained: names the field that has no meaning.
    """
    return page("Events", WHERE, [INTRODUCTION, "", *_turns(), *_kinds(), *_parts()])


def meaning(kind: str, field: str) -> str:
    """Return what a field of an event means.

    Raises:
        Unexplained: it has no words.
    """
    told = MEANINGS.get(f"{kind}.{field}") or MEANINGS.get(field)
    if not told:
        raise Unexplained(f"{kind}.{field}: say what it means in server/reference/event_fields.py")
    return told


def _turns() -> Iterator[str]:
    yield "## Every change of a turn"
    yield f"{summary(TurnEvent)} The kinds that say *turn* have these fields besides their own:"
    yield ""
    yield from table(("Field", "Is", "", "Meaning"), _rows("turn", TurnEvent, ()))


def _kinds() -> Iterator[str]:
    shared = TurnEvent.__struct_fields__
    for kind, owner in kinds().items():
        turn = issubclass(owner, TurnEvent)
        where = _where(owner.audience)
        yield f"## `{kind}`" + (" (turn)" if turn else "")
        yield f"{where} {summary(owner)}".strip()
        yield ""
        rows = list(_rows(kind, owner, shared if turn else ()))
        if rows:
            yield from table(("Field", "Is", "", "Meaning"), rows)


def _parts() -> Iterator[str]:
    yield "## Parts"
    yield "What a field of an event may hold in its turn."
    yield ""
    for part in (CounterRef, Quote, PrintOrder):
        fields = ", ".join(f"`{name}`" for name in part.__struct_fields__)
        yield f"- **{part.__name__}**: {summary(part)} Fields: {fields}."


def _rows(
    kind: str, owner: type[msgspec.Struct], without: tuple[str, ...]
) -> Iterator[tuple[str, str, str, str]]:
    info = inspect.type_info(owner)
    if not isinstance(info, inspect.StructType):
        raise TypeError(f"{owner} is no event")
    for field in info.fields:
        if field.name in without:
            continue
        where = _where(audience_of_field(field.type))
        yield f"`{field.name}`", _kind(field.type), where, meaning(kind, field.name)


def _where(audience: Audience) -> str:
    if audience is Audience.PUBLIC:
        return ""
    return "**log**" if audience is Audience.NOBODY else f"**{audience.name.lower()}**"


def _kind(kind: inspect.Type) -> str:  # noqa: PLR0911 - one line for each type
    if isinstance(kind, inspect.Metadata):
        return _kind(kind.type)
    if isinstance(kind, inspect.UnionType):
        return " or ".join(_kind(e) for e in kind.types if not isinstance(e, inspect.NoneType))
    if isinstance(kind, inspect.EnumType):
        return " ".join(f"`{each.value}`" for each in kind.cls)
    if isinstance(kind, inspect.LiteralType):
        return " ".join(f"`{str(each).lower()}`" for each in kind.values)
    if isinstance(kind, inspect.StructType):
        return "the settings" if kind.cls.__name__ == "Office" else kind.cls.__name__
    if isinstance(kind, inspect.ListType):
        return f"list of {_kind(kind.item_type)}"
    names = {
        inspect.StrType: "text", inspect.IntType: "number", inspect.FloatType: "number",
        inspect.BoolType: "true or false", inspect.DictType: "text per language",
    }  # fmt: skip
    return names[type(kind)]
