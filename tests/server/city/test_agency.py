"""Somebody of one agency reads its halls in the city, and nothing of those of another one."""

from __future__ import annotations

from contextlib import closing

import pytest

from server.contract import ROUTES
from server.satisfaction.method import method
from server.storage.database import connect
from server.storage.queries import boxes, offices
from tests.server.api.client import Client
from tests.server.process import PASSWORD, Hall, office_toml


async def answered(hall: Hall, service: str, mark: int) -> str:
    """Key a questionnaire in with the same mark for each element; return its day."""
    marks = {each.key: mark for each in method("skm-2017").elements}
    async with hall.client("manager") as manager:
        day = str((await manager.get("/api/queue")).json["day"])
        paper = {"day": day, "service": service, "marks": marks}
        assert (await manager.post("/api/survey/answers", paper)).status == 204
    return day


@pytest.fixture
def agency(hall: Hall, other: Hall) -> str:
    """Two halls of two agencies, each with a screen."""
    for each in (hall, other):
        each.server.add_branch(office_toml(each.code, more=f'agency = "Dinas {each.code}"\n'))
        each.token("display", f"Layar {each.code}")
    return f"Dinas {hall.code}"


async def test_somebody_of_an_agency_reads_its_halls_and_nothing_of_anothers(
    hall: Hall, other: Hall, agency: str, visitor: Client
) -> None:
    with closing(
        connect(hall.server.data)
    ) as db:  # an office that has sent nothing yet is nobody's
        boxes.admit(db, offices.add_branch(db, f"{other.code}-box"))
    login = hall.person("rina", "agency", agency.upper())
    me = (await visitor.post("/api/session", {"login": login, "password": PASSWORD})).json
    assert (me["role"], me["agency"], me["branch"]["code"]) == ("agency", agency, "")
    day = ""
    for each in (hall, other):
        async with each.client("kiosk") as kiosk:
            await kiosk.take("A")
        day = await answered(each, "A", 3)
    span = f"from={day}&to={day}"
    asked = {
        "/api/city/halls": "", "/api/city/devices": "?all=1", "/api/city/report": f"?{span}",
        "/api/city/satisfaction": f"?{span}", "/api/city/tickets": "?label=A001",
    }  # fmt: skip
    readable = [each for each in ROUTES if "agency" in each.roles and each.path in asked]
    assert len(readable) == len(asked)
    for path, query in asked.items():
        told = await visitor.get(path + query)
        assert told.status == 200, path
        assert hall.code in told.text, path
        assert other.code not in told.text, path
    found = (await visitor.get(f"/api/city/satisfaction?{span}")).json
    assert [(each["name"], each["n"]) for each in found["agencies"]] == [(agency, 1)]
    assert found["whole"]["index"]["converted"] == "75.00"
    assert (await visitor.get("/api/events")).status == 403


async def test_a_key_of_an_agency_reads_no_more_than_its_people(hall: Hall, agency: str) -> None:
    words = ["token", "create", "--role", "agency", "--branch", hall.code]
    refused = hall.server.ramah(*words)
    assert (refused.returncode, "agency" in refused.stderr) == (1, True)
    token = hall.server.ramah(*words, "--agency", agency).stdout.strip()
    async with Client(hall.server.url, token) as script:
        halls = (await script.get("/api/city/halls")).json["halls"]
    assert [(each["code"], each["agency"]) for each in halls] == [(hall.code, agency)]
    async with hall.client("manager") as manager:
        deeds = (await manager.get("/api/deeds", headers={"Accept-Language": "en"})).json["deeds"]
    assert f"Made a key: agency (agency {agency})" in [each["text"] for each in deeds]


async def test_of_a_hall_that_it_shares_an_agency_reads_its_own_services_alone(
    hall: Hall, other: Hall
) -> None:
    tenant = f"Tamu {hall.code}"
    hall.server.add_branch(shared(hall, tenant))
    login = other.person("rina", "agency", tenant.lower())
    async with hall.client("kiosk") as kiosk, other.client() as rina:
        for service in "ABBC":
            await kiosk.take(service)
        day = await answered(hall, "A", 1)
        await answered(hall, "B", 4)
        await rina.post("/api/session", {"login": login, "password": PASSWORD})
        (now,) = (await rina.get("/api/city/halls")).json["halls"]
        assert (now["code"], now["waiting"], now["tenant"]) == (hall.code, 2, True)
        assert (now["open"], now["alarms"]) == (None, None)
        assert (await rina.get("/api/city/tickets?label=A001")).json["tickets"] == []
        assert len((await rina.get("/api/city/tickets?label=B001")).json["tickets"]) == 1
        assert (await rina.get("/api/city/devices?all=1")).json["halls"] == []
        report = (await rina.get(f"/api/city/report?from={day}&to={day}")).json
        assert [each["name"] for each in report["services"]] == ["Layanan B"]
        assert report["figures"]["tickets"] == 2
        said = (await rina.get(f"/api/city/satisfaction?from={day}&to={day}")).json
        assert (said["whole"]["n"], said["whole"]["index"]["converted"]) == (1, "100.00")


def shared(hall: Hall, tenant: str) -> str:
    """Return the settings of a hall where service B is a tenant's."""
    more = f'agencies = [{{ code = "t", names = {{ id = "{tenant}" }} }}]\n'
    plain = office_toml(hall.code, more=more)
    return plain.replace('code = "B"\n', 'code = "B"\nagency = "t"\n')


async def test_an_index_is_told_by_agency_also_of_the_tenants_of_a_shared_hall(
    hall: Hall, other: Hall
) -> None:
    tenant = f"Tamu {hall.code}"
    hall.server.add_branch(shared(hall, tenant))
    other.server.add_branch(office_toml(other.code, more=f'agency = "{tenant.upper()}"\n'))
    await answered(hall, "A", 1)
    await answered(hall, "B", 4)
    day = await answered(other, "C", 3)
    async with hall.client("city") as city:
        found = (await city.get(f"/api/city/satisfaction?from={day}&to={day}")).json
    (its,) = [each for each in found["agencies"] if each["name"].casefold() == tenant.casefold()]
    assert (its["halls"], its["n"], its["index"]["converted"]) == (2, 2, "87.50")
    assert its["few"]
