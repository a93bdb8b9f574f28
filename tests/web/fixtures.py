from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.web.stub_hall import StubHall


@pytest_asyncio.fixture
async def stub_hall() -> AsyncIterator[StubHall]:
    hall = StubHall()
    await hall.server.start_server()
    yield hall
    await hall.close()
