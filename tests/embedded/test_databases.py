"""Databases of the embedded PostgreSQL: who may connect where, and who may change what."""

import asyncpg
import pytest

from tests.harness.engines import TestDatabase, TestEngines


async def test_a_role_cannot_connect_to_its_neighbours_database(engines: TestEngines, database: TestDatabase) -> None:
    async with engines.fresh_database() as neighbour:
        wrong_door = neighbour.app_url.removesuffix(neighbour.name) + database.name

        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(wrong_door)


async def test_the_application_role_may_not_create_tables(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.app_url)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("CREATE TABLE mine (id int)")

    await connection.close()


async def test_a_wrong_password_is_refused(database: TestDatabase) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(database.app_url, password="wrong")


async def test_the_reader_role_reads_every_table_and_changes_none(engines: TestEngines, database: TestDatabase) -> None:
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("CREATE TABLE thing (id int)")
    await engines.engines.databases.prepare([database.name], reader="test_reader")

    reader = await asyncpg.connect(engines.engines.databases.url("test_reader", database.name))

    assert await reader.fetchval("SELECT count(*) FROM thing") == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await reader.execute("INSERT INTO thing VALUES (1)")
    await reader.close()
    await owner.close()


async def test_preparing_twice_changes_nothing(engines: TestEngines, database: TestDatabase) -> None:
    again = await engines.engines.databases.prepare([database.name])

    assert again == {database.name: database.addresses}
