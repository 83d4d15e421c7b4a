"""A small database of things, for tests of what stands on a database."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Actor, Envelope, Event, Subject
from nanopore_tracking.kernel.postgres import Database, Transaction
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.sql import Query

TABLE = """CREATE TABLE thing (n integer CONSTRAINT thing_n PRIMARY KEY CONSTRAINT thing_small CHECK (n < 1000),
    over integer CONSTRAINT thing_over REFERENCES thing DEFERRABLE INITIALLY DEFERRED)"""
ADD = Query("things.add", "INSERT INTO thing (n) VALUES (:n) RETURNING n;")
HANG = Query("things.hang", "INSERT INTO thing (n, over) VALUES (:n, :over);")
ALL = Query("things.all", "SELECT n FROM thing ORDER BY n;")
ONE = Query("things.one", "SELECT n FROM thing WHERE n = :n;")
LOCK = Query("things.lock", "SELECT n FROM thing WHERE n = :n FOR UPDATE;")
SLEEP = Query("things.sleep", "SELECT pg_sleep(:seconds);")
PID = Query("things.pid", "SELECT pg_backend_pid();")
END = Query("things.end", "SELECT pg_terminate_backend(:pid);")
WRONG = Query("things.wrong", "SELECT nothing_of_this_name;")
OUTBOX = Query("things.outbox", "SELECT payload, traceparent, tenant_id, subject_id FROM outbox ORDER BY position;")

ALICE = Call(
    actor=Actor("person", "7", "Alice"), request_id="request-1", traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01"
)


class ThingMade(Event, frozen=True, kw_only=True):
    """A thing was made."""

    type = "things.made"

    n: int


def announce(tx: Transaction, n: int, **more: Any) -> None:
    tx.announce(ThingMade(n=n), subject=Subject("thing", str(n)), **more)


async def run(db: Database, command: Callable[[Transaction], Awaitable[None]]) -> None:
    async with db.transaction(ALICE) as tx:
        await command(tx)


def opened(url: str, **settings: Any) -> Database:
    return Database("things", url, KernelSettings(**{"db_pool_min": 0, "db_pool_max": 4, **settings}))


async def numbers(db: Database) -> list[int]:
    return [row["n"] for row in await db.rows(ALL)]


async def announced(db: Database) -> list[Envelope]:
    return [msgspec.json.decode(row["payload"], type=Envelope) for row in await db.rows(OUTBOX)]
