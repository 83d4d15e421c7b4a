"""Fixtures of the kernel's tests."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from nanopore_tracking.kernel import migrations
from nanopore_tracking.kernel.postgres import Database
from tests.harness.things import TABLE, opened


@pytest.fixture
async def things_url(database_url: str) -> str:
    """The address of a database with the kernel's tables and the table of things."""
    await migrations.apply(database_url, [migrations.KERNEL])
    connection = await asyncpg.connect(database_url)
    await connection.execute(TABLE)
    await connection.close()
    return database_url


@pytest.fixture
async def things(things_url: str) -> AsyncIterator[Database]:
    """The same, open; all of its connections are closed at the end."""
    found = opened(things_url)
    yield found
    await found.close()
    assert (found.size, found.active) == (0, 0)
