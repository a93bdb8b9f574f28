"""Every list of the API says its order and its end, and is as it says."""

from __future__ import annotations

from msgspec import inspect

from server.api.lists import LISTS
from server.contract import ROUTES
from server.lobby.media.shelf import MAX_MEDIA, MAX_PLAYLISTS
from tests.server.api.client import Client, operation_of
from tests.server.process import Hall


def is_list_of_things(kind: inspect.Type) -> bool:
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    return isinstance(kind, inspect.ListType) and isinstance(kind.item_type, inspect.StructType)


def lists() -> set[str]:
    """Return the paths of the calls that answer with a list."""
    return {
        route.path
        for route in ROUTES
        if route.method == "GET" and route.answer not in {None, bytes}
        for field in getattr(inspect.type_info(route.answer), "fields", ())
        if is_list_of_things(field.type)
    }


def test_every_list_tells_its_order_and_end_in_the_contract() -> None:
    assert lists() == set(LISTS)
    for path, told in LISTS.items():
        operation = operation_of("GET", path)
        assert operation is not None
        assert operation["description"].endswith(told), path


async def test_lists_come_in_the_order_they_tell(hall: Hall, manager: Client) -> None:
    for login in ("wati", "agus", "made"):
        hall.person(login)
    for name in ("Zebra", "Apel"):
        slide = (await manager.post("/api/media/slides", {"name": name, "text": "Halo"})).json
        items = [{"media": slide["id"], "seconds": 10}]
        assert (await manager.post("/api/playlists", {"name": name, "items": items})).status == 204
    people = [each["name"] for each in (await manager.get("/api/people")).json["people"]]
    assert people == sorted(people)
    media = [each["name"] for each in (await manager.get("/api/media")).json["media"]]
    assert media == ["Zebra", "Apel"]
    played = [each["name"] for each in (await manager.get("/api/playlists")).json["playlists"]]
    assert played == ["Apel", "Zebra"]
    counters = [each["number"] for each in (await manager.get("/api/counters")).json["counters"]]
    assert counters == sorted(counters)


async def test_a_shelf_and_its_playlists_have_an_end(hall: Hall, manager: Client) -> None:
    slide = (await manager.post("/api/media/slides", {"name": "S", "text": "Halo"})).json
    with hall.server.database() as db:
        db.executemany(
            "INSERT INTO media (id, branch, name, kind, type, text, added_at, added_by) "
            "VALUES (?, ?, 'x', 'text', 'text/plain', 'x', 1, 'x')",
            [(f"{hall.code}-{number}", hall.number) for number in range(MAX_MEDIA - 1)],
        )
        db.executemany(
            "INSERT INTO playlists (branch, name, version, at, actor, items) "
            "SELECT ?, ?, 1, 1, 'x', ?",
            [(hall.number, f"p{number:02}", f'[{{"media":"{slide["id"]}"}}]')
             for number in range(MAX_PLAYLISTS)],
        )  # fmt: skip
    over = await manager.post("/api/media/slides", {"name": "T", "text": "Halo"})
    assert (over.status, over.problem) == (422, "invalid")
    items = [{"media": slide["id"], "seconds": 10}]
    new = await manager.post("/api/playlists", {"name": "baru", "items": items})
    assert (new.status, new.problem) == (422, "invalid")
    known = await manager.post("/api/playlists", {"name": "p00", "items": items})
    assert known.status == 204, "what is there can still be changed"
    assert (await manager.delete(f"/api/media/{slide['id']}")).status == 204
    again = await manager.post("/api/media/slides", {"name": "T", "text": "Halo"})
    assert again.status == 201
