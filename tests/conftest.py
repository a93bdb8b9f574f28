"""Owns what all tests share: how Hypothesis explores, and the real server processes."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.server.api.client import Client
from tests.server.process import Server, office_toml

settings.register_profile(
    "repeatable",  # the same examples on every machine, so a red run is red for a reason
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("explore", parent=settings.get_profile("repeatable"), derandomize=False)
settings.load_profile(os.environ.get("RAMAH_HYPOTHESIS", "repeatable"))


@pytest.fixture(scope="session")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server process with two branches, ``hall`` and ``other``, for tests that share."""
    folder = tmp_path_factory.mktemp("hall")
    with Server(folder) as server:
        server.add_branch(office_toml("hall"))
        server.add_branch(office_toml("other"))
        server.start()
        yield server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A real server process of this test alone, with one branch; the test may break it."""
    with Server(tmp_path / "data") as server:
        server.add_branch(office_toml("hall"))
        server.start()
        yield server


@pytest.fixture
async def staff(hall: Server) -> AsyncIterator[Client]:
    """A script with a staff token of the shared hall."""
    async with hall.client("staff") as client:
        yield client


@pytest.fixture
async def kiosk(hall: Server) -> AsyncIterator[Client]:
    """A kiosk of the shared hall."""
    async with hall.client("kiosk") as client:
        yield client


@pytest.fixture
async def manager(hall: Server) -> AsyncIterator[Client]:
    """A manager's token of the shared hall."""
    async with hall.client("manager") as client:
        yield client
