"""Whatever a person can set, type, receive or watch stands in a guide, with its meaning."""

from __future__ import annotations

import re

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.api import types
from server.api.metrics import MEANINGS as METRICS
from server.contract import ROUTES
from server.reference import Unexplained, attributes, commands, events, metrics, settings
from server.reference.__main__ import DOCS, PAGES
from server.reference.event_fields import MEANINGS
from tests.server.process import Hall


def guide(name: str) -> str:
    return (DOCS / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_tells_the_program_as_it_is(name: str) -> None:
    assert guide(name) == PAGES[name](), "run `make docs`"


def test_every_setting_is_in_the_guide_under_its_block() -> None:
    blocks = re.split(
        r"^## `\[+([a-z_.]+)\]+`$", "## `[]`\n" + guide("settings"), flags=re.MULTILINE
    )
    told = {"": blocks[0]} | dict(zip(blocks[1::2], blocks[2::2], strict=True))
    for path in settings.paths():
        if path not in settings.GIVEN:
            block, _dot, name = path.rpartition(".")
            assert f"| `{name}` |" in told[block], path


def test_settings_that_the_installers_guide_names_are_settings() -> None:
    known = set(settings.paths())
    table = guide("installer").partition("| Setting | Meaning |")[2].partition("\n\n")[0]
    named = re.findall(r"^\| (`.+?`) \|", table, flags=re.MULTILINE)
    assert named
    for row in named:
        block = ""
        for name in re.findall(r"`([a-z_.]+)`", row):
            block = name.rpartition(".")[0] or block
            path = name if "." in name or not block else f"{block}.{name}"
            assert path in known or any(each.startswith(f"{path}.") for each in known), path


def test_every_flag_of_every_command_is_in_the_guide() -> None:
    parts = re.split(r"^## `(ramah [a-z -]+)`$", guide("commands"), flags=re.MULTILINE)
    told = dict(zip(parts[1::2], parts[2::2], strict=True))
    for command, flag in commands.flags():
        place = parts[0] if flag in commands.EVERYWHERE else told[command]
        assert f"`{flag}" in place, f"{command} {flag}"


def test_commands_and_flags_that_guides_name_exist() -> None:
    known: dict[str, set[str]] = {}
    for command, flag in commands.flags():
        known.setdefault(command, set()).add(flag)
    for page in (*DOCS.glob("*.md"), DOCS.parent / "README.md"):
        for line in re.findall(r"ramah [a-z][^`\n#|]*", page.read_text("utf-8")):
            begins = [each for each in known if f"{line} ".startswith(f"{each} ")]
            for command in begins:
                flags = set(re.findall(r"(?<= )--[a-z-]+", line))
                assert flags <= known[command] | {"--help", "--version"}, f"{page.name}: {line}"


@pytest.mark.parametrize("command", sorted({name for name, _flag in commands.flags()}))
def test_every_command_says_what_is_wrong_in_the_language_asked_for(command: str) -> None:
    assert "--lang" in dict.fromkeys(flag for name, flag in commands.flags() if name == command)


def test_every_event_and_each_of_its_fields_is_in_the_guide() -> None:
    parts = re.split(r"^## `([a-z_]+)`(?: \(turn\))?$", guide("events"), flags=re.MULTILINE)
    told = dict(zip(parts[1::2], parts[2::2], strict=True))
    for kind, owner in events.kinds().items():
        for field in owner.__struct_fields__:
            assert f"| `{field}` |" in parts[0] + told[kind], f"{kind}.{field}"


def test_no_meaning_is_kept_for_a_field_that_is_gone() -> None:
    fields = {f"{k}.{f}" for k, owner in events.kinds().items() for f in owner.__struct_fields__}
    names = {field.partition(".")[2] for field in fields}
    assert {each for each in MEANINGS if each not in fields | names} == set()


def test_a_field_without_words_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(MEANINGS, "seated")
    with pytest.raises(Unexplained, match=r"called\.seated"):
        events.written()


async def test_every_metric_a_server_tells_is_in_the_guide(hall: Hall) -> None:
    async with hall.client("manager") as manager:
        told = (await manager.get("/metrics", check=False)).body.decode()
    documented = {metrics.name_of(each): set(each.labels) for each in METRICS}
    seen = set()
    for family in text_string_to_metric_families(told):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        seen.add(name)
        assert f"| `{name}` | {family.type} |" in guide("metrics")
        for sample in family.samples:
            assert set(sample.labels) == documented[name], name
    assert seen == set(documented)


def test_calls_that_the_guides_name_are_calls_of_the_api() -> None:
    known = [(route.method, re.sub(r"{\w+}", "[^/]+", route.path)) for route in ROUTES]
    for page in DOCS.glob("*.md"):
        named = re.findall(
            r"(?:`|-X )(GET|POST|DELETE) (?:.* http://[^/]+)?(/api/[\w/{}.-]+)",
            page.read_text("utf-8"),
        )
        for method, path in named:
            fits = [one for verb, one in known if verb == method and re.fullmatch(one, path)]
            assert fits, f"{page.name}: {method} {path}"


def test_meanings_in_the_contract_are_of_fields_that_are_there() -> None:
    for owner in vars(types).values():
        if isinstance(owner, type) and issubclass(owner, msgspec.Struct):
            assert set(attributes(owner)) <= set(owner.__struct_fields__), owner


def test_what_a_schema_cannot_say_of_a_ticket_is_explained() -> None:
    for field in ("attended", "estimate", "due_at", "not_yet", "ahead"):
        assert field in types.TicketAnswer.__struct_fields__
        assert f"`{field}`" in guide("api"), field
