"""Lists: every thing is found once, whatever the order, and what is asked for wrongly is refused."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Listing
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.sql import Malformed

TABLE = """
CREATE TABLE thing (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), n bigint NOT NULL, name text NOT NULL,
    at timestamptz NOT NULL, day date NOT NULL, size numeric NOT NULL, share double precision NOT NULL,
    good boolean NOT NULL, owner uuid NOT NULL);
INSERT INTO thing (n, name, at, day, size, share, good, owner)
SELECT n / 3 + 9007199254740993, 'thing ' || n / 5, timestamptz '2026-11-24 12:00:00.000001Z' + n / 4 * interval '1 us',
    date '2026-11-24' + n / 7, n / 6 * 0.1, n / 6 * 0.1::float, n % 2 = 0, lpad(to_hex(n / 10), 32, '0')::uuid
FROM generate_series(0, 99) n;
"""
SORTS = {
    "n": "bigint",
    "name": "text",
    "at": "timestamptz",
    "day": "date",
    "size": "numeric",
    "share": "double precision",
    "good": "boolean",
    "owner": "uuid",
}
HEAD = """-- list: things
-- One page of things.
SELECT t.id, json_build_object('id', t.id, 'n', t.n, 'name', t.name)::text AS item, /*sort*/ AS sort_key
FROM thing t WHERE (:owners::uuid[] IS NULL OR t.owner = ANY(:owners)) /*where*/ ORDER BY /*order*/ LIMIT :limit;
"""
OPTIONS = """-- filter: name text[]   t.name = ANY(:name)
-- filter: q text
--   strpos(lower(t.name),
--   lower(:q)) > 0
-- filter: good boolean
t.good = :good
"""
FILE = HEAD + OPTIONS + "".join(f"-- sort: {name} {kind} t.{name}\n" for name, kind in SORTS.items())


def listing(folder: Path, text: str = FILE) -> Listing:
    file = folder / "queries.sql"
    file.write_text(text, encoding="utf-8")
    found: Listing = sql.load(file).things
    return found


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    connection = await asyncpg.connect(database_url)
    await connection.execute(TABLE)
    await connection.close()
    found = Database("things", database_url, KernelSettings(db_pool_min=1))
    yield found
    await found.close()


async def all_of(things: Listing, db: Database, *, limit: int = 7, **asked: Any) -> list[dict[str, Any]]:
    after, found = None, []
    while True:
        page = await things.page(db, owners=None, after=after, limit=limit, **asked)
        found += [msgspec.json.decode(item) for item in page.items]
        if page.next is None:
            return found
        assert len(page.items) == limit
        after = page.next


async def test_every_thing_is_found_once_in_every_order(db: Database, tmp_path: Path) -> None:
    things = listing(tmp_path)

    for sort in [*SORTS, *(f"-{name}" for name in SORTS)]:
        found = await all_of(things, db, sort=sort)

        assert len(found) == len({thing["id"] for thing in found}) == 100, sort
        if sort.removeprefix("-") in ("n", "name"):
            keys = [thing[sort.removeprefix("-")] for thing in found]
            assert keys == sorted(keys, reverse=sort.startswith("-"))


async def test_the_last_page_says_so_even_when_it_is_full(db: Database, tmp_path: Path) -> None:
    page = await listing(tmp_path).page(db, owners=None, limit=100)

    assert (len(page.items), page.next) == (100, None)


async def test_filters_narrow_and_none_is_no_filter(db: Database, tmp_path: Path) -> None:
    things = listing(tmp_path)

    assert len(await all_of(things, db, filters={"name": ["thing 1", "thing 2"], "q": None})) == 10
    assert len(await all_of(things, db, filters={"name": ["thing 1"], "q": "THING", "good": True})) == 2
    assert await all_of(things, db, filters={"name": []}) == []
    page = await things.page(db, owners=[UUID(int=0)])
    assert len(page.items) == 10


async def test_what_a_list_has_is_counted_up_to_a_limit(db: Database, tmp_path: Path) -> None:
    things = listing(tmp_path)

    assert await things.count(db, owners=None, most=1000) == 100
    assert await things.count(db, owners=None, most=42) == 42
    assert await things.count(db, owners=[UUID(int=0)], filters={"name": ["thing 1"], "q": None}, most=9) == 5
    assert things.counting(("good",)) is things.counting(("good",))
    with pytest.raises(errors.Invalid):
        await things.count(db, owners=None, filters={"colour": "red"}, most=9)


async def test_a_statement_is_composed_once(db: Database, tmp_path: Path) -> None:
    things = listing(tmp_path)
    await all_of(things, db, filters={"q": "thing"}, sort="-n")

    again = things.query(("q",), "-n", continued=True)

    assert things.query(("q",), "-n", continued=True) is again
    assert "(t.n, t.id) < ($3::bigint, $4::uuid)" in again.text
    assert "ORDER BY t.n DESC, t.id DESC" in again.text


def cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


ID = "01a20f03-17cb-720b-8748-dc3592ab0018"


@pytest.mark.parametrize(
    "after",
    [
        "",
        "=",
        "what",
        "ünknown",
        "A" * 1000,
        cursor("n", 1),
        cursor("-n", 1, ID),
        cursor("name", "x", ID),
        cursor("n", "1", ID),
        cursor("n", 1.5, ID),
        cursor("n", None, ID),
        cursor("n", 2**63, ID),
        cursor("n", 1, "1"),
        cursor("n", 1, ID, 1),
        base64.urlsafe_b64encode(b"[" * 9000).decode(),
    ],
)
async def test_a_wrong_cursor_is_refused(db: Database, tmp_path: Path, after: str) -> None:
    with pytest.raises(errors.Invalid) as found:
        await listing(tmp_path).page(db, owners=None, sort="n", after=after)

    assert [field.path for field in found.value.fields] == ["after"]


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("name", "a\x00"),
        ("at", "2026-11-24T12:00:00"),
        ("at", "0001-01-01T00:00:00+14:00"),
        ("size", "NaN'"),
        ("day", "x"),
    ],
)
async def test_a_cursor_with_a_strange_key_is_invalid(db: Database, tmp_path: Path, sort: str, key: str) -> None:
    with pytest.raises(errors.Invalid):
        await listing(tmp_path).page(db, owners=None, sort=sort, after=cursor(sort, key, ID))


@pytest.mark.parametrize("sort", ["", "-", "--n", "n ", "id", "t.n", "n; DROP TABLE thing"])
async def test_an_unknown_order_is_refused(db: Database, tmp_path: Path, sort: str) -> None:
    with pytest.raises(errors.Invalid, match="can be sorted by n, -n, name") as found:
        await listing(tmp_path).page(db, owners=None, sort=sort)

    assert [field.path for field in found.value.fields] == ["sort"]


async def test_an_unknown_filter_is_refused(db: Database, tmp_path: Path) -> None:
    with pytest.raises(errors.Invalid, match="can be filtered by name, q, good") as found:
        await listing(tmp_path).page(db, owners=None, filters={"colour": "red"})

    assert [field.path for field in found.value.fields] == ["colour"]


@pytest.mark.parametrize(
    "text",
    [
        FILE.replace("SELECT t.id,", "SELECT upper(t.name), t.id,"),
        FILE.replace("/*where*/", ""),
        FILE.replace(" LIMIT :limit", ""),
        FILE.replace("filter: good", "filter: owners"),
        FILE.replace("sort: n bigint", "sort: n money"),
        FILE.replace("sort: n bigint t.n", "sort: n bigint"),
        HEAD + OPTIONS,
        HEAD + "t.n = 1\n" + OPTIONS,
    ],
)
def test_a_list_that_breaks_the_rules_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Malformed):
        listing(tmp_path, text)


async def test_things_may_have_numbers_for_ids(db: Database, tmp_path: Path) -> None:
    text = HEAD.replace("t.id, json", "t.n AS id, json")
    things = listing(tmp_path, text + "-- id: bigint\n-- sort: owner uuid t.owner\n")

    page = await things.page(db, owners=None, limit=9)

    assert page.next is not None
    assert (await things.page(db, owners=None, after=page.next, limit=3)).items
