"""Every statement can be run by the role that the service works with, and every sort order has its index."""

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from nanopore_tracking.kernel import migrations, sql
from nanopore_tracking.kernel.listing import Listing
from tests.harness.engines import TestDatabase, TestEngines

PACKAGE = Path(__file__).parents[2] / "src" / "nanopore_tracking"
SERVICES = sorted(folder.parent.name for folder in (PACKAGE / "services").glob("*/migrations"))


def statements(files: Sequence[Path]) -> Iterator[sql.Query]:
    """Every statement of the files; a list as each of its sort orders, with each filter and with all of them."""
    for file in files:
        for found in sql.load(file):
            if isinstance(found, Listing):
                yield from _pages(found)
            else:
                yield found


def _pages(listing: Listing) -> Iterator[sql.Query]:
    names = tuple(sorted(listing.filters))
    for sort in listing.sorts:
        for order in (sort, f"-{sort}"):
            for filters in {(), names, *((name,) for name in names)}:
                yield listing.query(filters, order, continued=False)
                yield listing.query(filters, order, continued=True)


async def _plan(connection: Any, query: sql.Query) -> str:
    """Return the plan for any values; asking for it checks names, types and what the role may do."""
    await connection.execute(f"PREPARE asked AS {query.text}")
    values = ", ".join("NULL" for _ in query.parameters)
    rows = await connection.fetch(f"EXPLAIN (COSTS OFF) EXECUTE asked{f'({values})' if values else ''}")
    await connection.execute("DEALLOCATE asked")
    return "\n".join(row[0] for row in rows)


@contextlib.asynccontextmanager
async def _as_role(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url, statement_cache_size=0)
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    yield connection
    await connection.close()


async def refused(url: str, files: Sequence[Path]) -> list[str]:
    """Statements that the database refuses to the role of the address."""
    found = []
    async with _as_role(url) as connection:
        for query in statements(files):
            try:
                await _plan(connection, query)
            except asyncpg.PostgresError as failure:
                found.append(f"{query.name}: {failure}")
                await connection.execute("DEALLOCATE ALL")
    return found


async def unindexed(url: str, files: Sequence[Path]) -> list[str]:
    """Sort orders of lists for which the database has to sort what it found."""
    found = []
    async with _as_role(url) as connection:
        await connection.execute("SET enable_seqscan = off; SET enable_sort = off")
        for listing in (each for file in files for each in sql.load(file) if isinstance(each, Listing)):
            for order in listing.sorts:
                plan = await _plan(connection, listing.query((), f"-{order}", continued=False))
                if "Sort Key" in plan and "Presorted Key" not in plan:
                    found.append(f"{listing.name} by {order}")
    return found


@pytest.fixture(scope="module", params=SERVICES)
async def migrated(request: Any, engines: TestEngines) -> AsyncIterator[tuple[str, TestDatabase]]:
    """A database as the service has it."""
    async with engines.fresh_database() as database:
        folders = [migrations.KERNEL, PACKAGE / "services" / request.param / "migrations"]
        await migrations.apply(database.owner_url, folders, app_role=f"{database.name}_app")
        yield request.param, database


def _files(name: str) -> list[Path]:
    return sorted((PACKAGE / "services" / name).rglob("queries.sql"))


async def test_every_statement_can_be_run_by_the_services_own_role(migrated: tuple[str, TestDatabase]) -> None:
    name, database = migrated

    assert await refused(database.app_url, _files(name)) == []


async def test_every_sort_order_of_a_list_has_an_index(migrated: tuple[str, TestDatabase]) -> None:
    name, database = migrated

    assert await unindexed(database.app_url, _files(name)) == []


async def _with_a_thing(database: TestDatabase) -> None:
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("CREATE TABLE thing (id uuid PRIMARY KEY, word text NOT NULL)")
    await owner.execute(f"GRANT SELECT ON thing TO {database.name}_app")
    await owner.close()


_LIST = """-- list: wrong
-- A filter on what is not there.
SELECT id, word AS item, /*sort*/ AS sort_key FROM thing WHERE true /*where*/ ORDER BY /*order*/ LIMIT :limit;
-- filter: size integer   size = :size
-- sort: word text word
"""


@pytest.mark.parametrize(
    "statement",
    [
        "-- name: wrong\n-- A misspelt column.\nSELECT wrod FROM thing;\n",
        "-- name: wrong\n-- More than the role may do.\nDELETE FROM thing;\n",
        _LIST,
    ],
)
async def test_a_statement_that_is_not_true_is_found(database: TestDatabase, tmp_path: Path, statement: str) -> None:
    await _with_a_thing(database)
    file = tmp_path / "queries.sql"
    file.write_text(statement)

    assert any("wrong" in line for line in await refused(database.app_url, [file]))


async def test_a_sort_order_without_an_index_is_found(database: TestDatabase, tmp_path: Path) -> None:
    await _with_a_thing(database)
    file = tmp_path / "queries.sql"
    file.write_text(
        "-- list: things\n-- Things.\nSELECT id, word AS item, /*sort*/ AS sort_key FROM thing WHERE true /*where*/ "
        "ORDER BY /*order*/ LIMIT :limit;\n-- sort: word text word\n-- sort: id uuid id\n"
    )

    found = await unindexed(database.app_url, [file])

    assert len(found) == 1
    assert found[0].endswith("things by word")
