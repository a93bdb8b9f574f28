"""Owns what all tests share: how Hypothesis explores, and the real server processes."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.bucket_store import store
from tests.postgres import PostgresServer
from tests.server.api.client import Client
from tests.server.process import Hall, Server, office_toml
from tests.web.fixtures import (
    browser,
    silent_chromium,
    sounding,
    sounding_chromium,
    stub_hall,
)

__all__ = ["browser", "silent_chromium", "sounding", "sounding_chromium", "store", "stub_hall"]

settings.register_profile(
    "repeatable",  # the same examples on every machine, so a red run is red for a reason
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("explore", parent=settings.get_profile("repeatable"), derandomize=False)
settings.load_profile(os.environ.get("RAMAH_HYPOTHESIS", "repeatable"))


_numbers = count(1)


LONGEST = (
    "server/city/test_link", "kiosk/test_accessible", "kiosk/test_reach",
    "manager/test_setup_page", "kiosk/test_steps",
    "manager/test_settings_page", "kiosk/test_comfort", "manager/test_accessible",
    "server/test_queue_machine", "counter/test_long_day", "e2e/test_cut_at_any_moment",
    "kiosk/test_feedback", "counter/test_officer", "counter/test_accessible",
)  # fmt: skip
"""Rooms with few tests that take long: begun first, they are not waited for at the end."""


def _rank(item: pytest.Item) -> int:
    place = item.nodeid.partition(".py")[0].removeprefix("tests/")
    return LONGEST.index(place) if place in LONGEST else len(LONGEST)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what is marked ``soak`` to ``make soak``: the gate has fifteen minutes."""
    twice = [each for each in items if _told_twice(each)]
    if twice:
        config.hook.pytest_deselected(items=twice)
        items[:] = [each for each in items if each not in twice]
    items.sort(key=_rank)
    if os.environ.get("RAMAH_TEST_STORE") == "postgresql":
        asks_the_file = pytest.mark.skip(reason="the test itself asks SQLite's file")
        for item in items:
            if item.get_closest_marker("one_file") is not None:
                item.add_marker(asks_the_file)
    if os.environ.get("RAMAH_SOAK"):
        return
    left_out = pytest.mark.skip(reason="part of make soak")
    for item in items:
        if item.get_closest_marker("soak") is not None:
            item.add_marker(left_out)


def _told_twice(item: pytest.Item) -> bool:
    """Whether it asks PostgreSQL for what is light: there nothing is decided beside the store."""
    if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
        return False
    chosen = item.callspec.params
    return chosen.get("tmp_path") == "postgresql" and chosen.get("store") is True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of ``both_stores`` on each, unless it is about ``one_file``."""
    about = metafunc.definition
    if (
        "tmp_path" in metafunc.fixturenames
        and about.get_closest_marker("both_stores") is not None
        and about.get_closest_marker("one_file") is None
    ):
        metafunc.parametrize("tmp_path", ("sqlite", "postgresql"), indirect=True)


@pytest.fixture
def tmp_path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder of its own, whose log is in its file or in a PostgreSQL store that it names."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return tmp_path
    postgres: PostgresServer = request.getfixturevalue("postgres")
    return postgres.give(tmp_path)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL server for all tests of a process; each takes stores of its own."""
    with PostgresServer() as server:
        yield server


def _placed(data: Path, request: pytest.FixtureRequest) -> Path:
    """Return a folder for a server; ``RAMAH_TEST_STORE=postgresql`` puts its log elsewhere."""
    if os.environ.get("RAMAH_TEST_STORE") == "postgresql":
        postgres: PostgresServer = request.getfixturevalue("postgres")
        postgres.give(data)
    return data


@pytest.fixture(scope="session")
def shared(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Server]:
    """One real server process for all tests that get along with each other."""
    with Server(_placed(tmp_path_factory.mktemp("shared") / "data", request)) as server:
        server.add_branch(office_toml("first"))
        server.start()
        yield server
        assert server.stop() == 0


@pytest.fixture
def hall(shared: Server) -> Iterator[Hall]:
    """A new branch of the shared server; no test may leave a traceback in its log."""
    before = len(shared.stderr())
    yield Hall(shared, f"hall{next(_numbers)}")
    assert "Traceback" not in shared.stderr()[before:]


@pytest.fixture
def other(shared: Server) -> Hall:
    """Another branch beside ``hall``, in the same process."""
    return Hall(shared, f"other{next(_numbers)}")


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A real server process of this test alone, with one branch; the test may break it."""
    with Server(_placed(tmp_path / "data", request)) as server:
        server.add_branch(office_toml("hall"))
        server.start()
        yield server


@pytest.fixture
async def staff(hall: Hall) -> AsyncIterator[Client]:
    """A script with a staff token."""
    async with hall.client("staff") as client:
        yield client


@pytest.fixture
async def kiosk(hall: Hall) -> AsyncIterator[Client]:
    """A kiosk."""
    async with hall.client("kiosk") as client:
        yield client


@pytest.fixture
async def display(hall: Hall) -> AsyncIterator[Client]:
    """A lobby display."""
    async with hall.client("display") as client:
        yield client


@pytest.fixture
async def manager(hall: Hall) -> AsyncIterator[Client]:
    """A manager's token."""
    async with hall.client("manager") as client:
        yield client


@pytest.fixture
async def visitor(hall: Hall) -> AsyncIterator[Client]:
    """Somebody without a login."""
    async with hall.client() as client:
        yield client
