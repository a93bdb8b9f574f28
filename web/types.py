"""Owns the pages' types of the API: TypeScript made from the types the server really answers with.

``python -m web.types`` writes ``types.d.ts`` anew; a test tells when it is not current. An answer
``TicketAnswer`` is ``Ticket`` there. The events of the feed are one union, told apart by ``kind``.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec
from msgspec import inspect as shapes

from server.api.dayfeed import DayNow, HallCare, HallComfort
from server.api.types import Problem
from server.contract import ROUTES
from server.domain.events import AnyEvent, Audience, Undone, told_to
from server.domain.shown import StaffTicket, UndoneNow
from server.lobby.voice.spoken import Said

if TYPE_CHECKING:
    from collections.abc import Iterable

FILE = Path(__file__).with_name("types.d.ts")
HEAD = """\
/**
 * What the server answers and tells, as the pages see it. Made by `python -m web.types` from the
 * types of server/api and server/domain/events.py: change those, not this file.
 */
"""
MORE = (Problem, Said, DayNow, HallCare, HallComfort)
"""What pages share with the server besides answers: problems, a call to be said, the day."""
_PLAIN = {
    shapes.StrType: "string",
    shapes.IntType: "number",
    shapes.FloatType: "number",
    shapes.BoolType: "boolean",
    shapes.NoneType: "null",
}


class Declarations:
    """Declarations of types by name, with all that they hold."""

    def __init__(self, answers: Iterable[type], events: Iterable[type[AnyEvent]]) -> None:
        self._kinds = dict.fromkeys(each for each in events if each.audience < Audience.NOBODY)
        self._shapes: dict[type, shapes.Type] = {}
        for shape in shapes.multi_type_info([*answers, *self._kinds, StaffTicket, UndoneNow]):
            self._find(shape)
        names = [each.__name__ for each in self._shapes]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            message = f"two types have the name {', '.join(sorted(twice))}"
            raise ValueError(message)
        self._names = {each: self._name(each.__name__, names) for each in self._shapes}

    def _find(self, shape: shapes.Type) -> None:
        """Note a type and what it holds, as far as anybody outside is told."""
        if isinstance(shape, shapes.Metadata):
            shape = shape.type
        if isinstance(shape, shapes.StructType):
            if shape.cls in self._shapes:
                return
            self._shapes[shape.cls] = shape
            for field in self._fields(shape):
                self._find(field.type)
        elif isinstance(shape, shapes.EnumType):
            self._shapes[shape.cls] = shape
        elif isinstance(shape, shapes.UnionType):
            for each in shape.types:
                self._find(each)
        elif isinstance(shape, shapes.ListType):
            self._find(shape.item_type)
        elif isinstance(shape, shapes.DictType):
            self._find(shape.value_type)

    @staticmethod
    def _name(name: str, names: list[str]) -> str:
        short = name.removesuffix("Answer")
        return name if short in names else short

    def _fields(self, shape: shapes.StructType) -> list[shapes.Field]:
        bare = [msgspec.structs.replace(each, type=_bare(each.type)) for each in shape.fields]
        if shape.cls not in self._kinds:
            return bare
        told = told_to(shape.cls, Audience.MANAGER)
        return [each for each in bare if each.name in told]

    def text(self) -> str:
        """Return all declarations, in the order of their names."""
        told = sorted((name, self._declared(name, each)) for each, name in self._names.items())
        union = "\n".join(f"  | {self._names[kind]}" for kind in self._kinds)
        feed = (
            "/** One event of the feed. */\n"
            f"export type HallEvent =\n{union};\n"
        )  # fmt: skip
        return "\n".join([HEAD, *(each for _, each in told), feed])

    def _declared(self, name: str, kind: type) -> str:
        shape = self._shapes[kind]
        comment = _comment(kind)
        if isinstance(shape, shapes.EnumType):
            return f"{comment}export type {name} = {_either(each.value for each in shape.cls)};\n"
        assert isinstance(shape, shapes.StructType)  # noqa: S101 - nothing else is noted
        lines = []
        if shape.cls in self._kinds:
            lines += ["type: 'event'", "seq: number", "after?: number", "at: string"]
        if shape.tag_field is not None:
            lines.append(f"{shape.tag_field}: {_literal(shape.tag)}")
        lines += [self._field(shape, each) for each in self._fields(shape)]
        if shape.cls in self._kinds:
            lines.append(f"tickets?: {self._names[StaffTicket]}[]")
        if shape.cls is Undone:
            made = self._shapes[UndoneNow]
            assert isinstance(made, shapes.StructType)  # noqa: S101 - it is one
            lines += [f"{each.name}?: {self._told(each.type)}" for each in self._fields(made)]
        body = "".join(f"  {line};\n" for line in lines)
        return f"{comment}export interface {name} {{\n{body}}}\n"

    def _field(self, shape: shapes.StructType, field: shapes.Field) -> str:
        """Return a field; what stands at its default is left out by some types."""
        config = shape.cls.__struct_config__
        kind = field.type
        if shape.cls in self._kinds:
            without = _without_null(kind)
            public = field.name in told_to(shape.cls, Audience.PUBLIC)
            missing, kind = without is not kind or not public, without
        else:
            given = field.default, field.default_factory
            unset = not field.required and given == (msgspec.NODEFAULT, msgspec.NODEFAULT)
            missing = unset or (config.omit_defaults and not field.required)
            kind = _without_null(kind) if missing and field.default is None else kind
        return f"{field.encode_name}{'?' * missing}: {self._told(kind)}"

    def _told(self, shape: shapes.Type) -> str:
        """Return how TypeScript calls a type."""
        if isinstance(shape, shapes.Metadata):
            shape = shape.type
        plain = _PLAIN.get(type(shape))
        if plain is not None:
            return plain
        if isinstance(shape, shapes.StructType | shapes.EnumType):
            return self._names[shape.cls]
        if isinstance(shape, shapes.UnionType):
            return " | ".join(self._told(each) for each in shape.types)
        if isinstance(shape, shapes.ListType):
            item = self._told(shape.item_type)
            return f"({item})[]" if " " in item else f"{item}[]"
        if isinstance(shape, shapes.DictType):
            return f"Record<string, {self._told(shape.value_type)}>"
        if isinstance(shape, shapes.LiteralType):
            return _either(shape.values)
        message = f"no page can be told of {shape}"
        raise TypeError(message)


def _bare(shape: shapes.Type) -> shapes.Type:
    """Return a type without what is said about it."""
    return shape.type if isinstance(shape, shapes.Metadata) else shape


def _without_null(shape: shapes.Type) -> shapes.Type:
    if not isinstance(shape, shapes.UnionType) or not shape.includes_none:
        return shape
    rest = tuple(each for each in shape.types if not isinstance(each, shapes.NoneType))
    return rest[0] if len(rest) == 1 else shapes.UnionType(rest)


def _either(values: Iterable[Any]) -> str:
    return " | ".join(_literal(each) for each in values)


def _literal(value: object) -> str:
    """Return a value as TypeScript writes it."""
    return f"'{value}'" if isinstance(value, str) else msgspec.json.encode(value).decode()


def _comment(kind: type) -> str:
    """Return the first line of a type's meaning as a comment."""
    told = (inspect.getdoc(kind) or "").split("\n", 1)[0]
    return f"/** {told.replace('``', '`').replace('*/', '*')} */\n"


def declarations() -> str:
    """Return what ``types.d.ts`` should hold."""
    answers = [
        route.answer
        for route in ROUTES
        if isinstance(route.answer, type) and issubclass(route.answer, msgspec.Struct)
    ]
    return Declarations(dict.fromkeys([*answers, *MORE]), get_args(AnyEvent)).text()


def main() -> int:
    """Write the file anew."""
    FILE.write_text(declarations(), encoding="utf-8")
    sys.stdout.write(f"{FILE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
