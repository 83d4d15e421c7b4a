"""The queue of readings: shared by replicas, taken over after a kill, and nothing is announced twice."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import pytest

from nanopore_tracking.kernel import errors, migrations
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Actor
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Database, Transaction
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.kernel.sql import Query
from nanopore_tracking.services import ai
from nanopore_tracking.services.ai.columns import store as column_store
from nanopore_tracking.services.ai.documents import commands as documents
from nanopore_tracking.services.ai.documents.model import Upload
from nanopore_tracking.services.ai.extractions import commands, store
from nanopore_tracking.services.ai.extractions.model import Claimed
from nanopore_tracking.services.ai.manifests.model import Summary
from nanopore_tracking.services.ai.projects import store as project_store
from nanopore_tracking.services.ai.projects.model import Project
from tests.harness.engines import TestDatabase
from tests.services.ai import corpus
from tests.services.ai.reading import Outcome, read

MIGRATIONS = Path(ai.__file__).with_name("migrations")
ROBIN = Call(actor=Actor("person", "1", "Robin Vantage"), request_id="request-1")
PROJECT = Project(id=uuid7(), lab_id=uuid7(), code="PRJ-0001", title="Testing", status="active")
EXPIRE = Query("test.expire", "UPDATE extraction SET lease_until = now() - interval '1 second';")
LATER = Query("test.later", "UPDATE extraction SET not_before = now() - interval '1 second';")
EVENTS = Query("test.events", "SELECT type, subject_id, payload FROM outbox ORDER BY position;")
STATE = Query("test.state", "SELECT state, attempts, version, rows_read, row_count, error FROM extraction;")


@pytest.fixture
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    """The ai database as the service sees it, with one project in it."""
    role = urlsplit(database.app_url).username
    await migrations.apply(database.owner_url, [migrations.KERNEL, MIGRATIONS], app_role=role)
    found = Database("ai", database.app_url, KernelSettings(db_pool_min=1, db_pool_max=5))
    await found.open()
    async with found.transaction(ROBIN) as tx:
        await project_store.keep_project(tx, PROJECT)
    yield found
    await found.close()


async def _upload(db: Database, content: bytes = b"x") -> UUID:
    """Take in a document and return its reading."""
    upload = Upload(
        project_id=PROJECT.id,
        lab_id=PROJECT.lab_id,
        filename="manifest.csv",
        kind="text_table",
        size_bytes=len(content),
        sha256="ab" * 32,
    )
    async with db.transaction(ROBIN) as tx:
        written = await documents.receive(tx, upload)
    return UUID(msgspec.json.decode(written.item)["extraction_id"])


async def _claim(db: Database) -> Claimed | None:
    async with db.transaction(Call.system("ai")) as tx:
        return await commands.claim(tx)


async def _claimed(db: Database) -> Claimed:
    found = await _claim(db)
    assert found is not None
    return found


def _parts(outcome: Outcome) -> tuple[Summary, list[bytes]]:
    messages = [msgspec.json.encode(part) for part in outcome.messages]
    return outcome.found, messages[1:]


async def _finish(db: Database, claimed: Claimed, outcome: Outcome) -> None:
    summary, chunks = _parts(outcome)
    async with db.transaction(Call(actor=claimed.requested_by, request_id=claimed.request_id)) as tx:
        await commands.finish(tx, claimed, summary=summary, chunks=chunks)


async def _types(db: Database) -> list[str]:
    return [row["type"] for row in await db.rows(EVENTS)]


async def test_a_reading_is_announced_whole_and_in_the_name_of_who_asked(db: Database) -> None:
    extraction_id = await _upload(db)
    claimed = await _claimed(db)

    await _finish(db, claimed, read(corpus.manifest_csv(corpus.many(600))))

    rows = await db.rows(EVENTS)
    assert [row["type"] for row in rows] == [
        "ai.document_received",
        "ai.manifest_read",
        *["ai.manifest_rows_read"] * 3,
    ]
    assert {row["subject_id"] for row in rows[1:]} == {str(extraction_id)}
    envelopes = [msgspec.json.decode(row["payload"]) for row in rows]
    assert {envelope["actor"]["name"] for envelope in envelopes} == {"Robin Vantage"}
    assert {envelope["request_id"] for envelope in envelopes} == {"request-1"}
    assert [envelope["data"]["last"] for envelope in envelopes[2:]] == [False, False, True]
    numbers = [row["row_number"] for envelope in envelopes[2:] for row in envelope["data"]["rows"]]
    assert numbers == list(range(1, 601))
    state = await db.row(STATE)
    assert state is not None
    assert (state["state"], state["rows_read"], state["row_count"]) == ("read", 600, 600)


async def test_replicas_never_take_the_same_reading(db: Database) -> None:
    asked = {await _upload(db) for _ in range(8)}

    taken = await asyncio.gather(*(_claim(db) for _ in range(12)))

    ids = [claimed.id for claimed in taken if claimed is not None]
    assert sorted(ids) == sorted(asked)


async def test_a_reading_whose_service_was_killed_is_taken_over_and_announced_once(db: Database) -> None:
    await _upload(db)
    first = await _claimed(db)
    assert await _claim(db) is None
    await db.execute(EXPIRE)
    second = await _claimed(db)
    outcome = read(corpus.manifest_csv())

    assert (first.attempts, second.attempts) == (1, 2)
    assert not await store.touch_extraction(db, first, row_count=3, rows_read=3)
    with pytest.raises(errors.Conflict):
        await _finish(db, first, outcome)
    await _finish(db, second, outcome)
    with pytest.raises(errors.Conflict):
        await _finish(db, second, outcome)

    assert (await _types(db)).count("ai.manifest_read") == 1


async def test_a_sign_of_life_keeps_a_reading(db: Database) -> None:
    await _upload(db)
    claimed = await _claimed(db)
    await db.execute(EXPIRE)

    assert await store.touch_extraction(db, claimed, row_count=3, rows_read=1)
    assert await _claim(db) is None


async def test_a_document_that_kills_the_service_is_given_up(db: Database) -> None:
    await _upload(db)
    for _ in range(3):
        await _claimed(db)
        await db.execute(EXPIRE)

    assert await _claim(db) is None
    state = await db.row(STATE)
    assert state is not None
    assert state["state"] == "refused"
    assert "3 times" in state["error"]
    assert (await _types(db))[-1] == "ai.manifest_refused"


async def test_a_reading_that_is_given_back_waits_again_and_counts_no_attempt(db: Database) -> None:
    await _upload(db)
    claimed = await _claimed(db)
    async with db.transaction(Call.system("ai")) as tx:
        await commands.give_back(tx, claimed)

    assert await _claim(db) is None
    await db.execute(LATER)
    assert (await _claimed(db)).attempts == 1


async def test_choices_are_remembered_for_the_lab_and_only_there(db: Database) -> None:
    extraction_id = await _upload(db)
    content = "Sample name,Conc. (ng/µL)\nQX_01,45\n".encode()
    await _finish(db, await _claimed(db), read(content))
    version = (await db.rows(STATE))[0]["version"]

    async def choose(tx: Transaction) -> None:
        await commands.choose_columns(tx, extraction_id, version, asked={"B": "qubit_ng_per_ul"}, remember=True)

    async with db.transaction(ROBIN) as tx:
        await choose(tx)
    with pytest.raises(errors.Stale):
        async with db.transaction(ROBIN) as tx:
            await choose(tx)

    claimed = await _claimed(db)
    assert claimed.chosen == {"B": "qubit_ng_per_ul"}
    assert await column_store.learnt_headings(db, PROJECT.lab_id) == {"conc. (ng/ul)": "qubit_ng_per_ul"}
    assert await column_store.learnt_headings(db, uuid7()) == {}
    assert (await _types(db))[1:] == ["ai.columns_needed", "ai.columns_chosen"]


async def test_choices_that_cannot_be_are_refused(db: Database) -> None:
    extraction_id = await _upload(db)
    await _finish(db, await _claimed(db), read("Sample name,Conc. (ng/µL)\nQX_01,45\n".encode()))
    version = (await db.rows(STATE))[0]["version"]

    wrong: list[dict[str, str | None]] = [{"B": "colour"}, {"Z": "volume_ul"}, {"A": "volume_ul", "B": "volume_ul"}]
    for asked in wrong:
        with pytest.raises(errors.Invalid):
            async with db.transaction(ROBIN) as tx:
                await commands.choose_columns(tx, extraction_id, version, asked=asked, remember=True)


async def test_the_same_content_is_read_again_and_says_so(db: Database) -> None:
    await _upload(db)
    upload = Upload(
        project_id=PROJECT.id,
        lab_id=PROJECT.lab_id,
        filename="again.csv",
        kind="text_table",
        size_bytes=1,
        sha256="ab" * 32,
    )
    async with db.transaction(ROBIN) as tx:
        written = await documents.receive(tx, upload)

    assert "“manifest.csv” by Robin Vantage" in msgspec.json.decode(written.item)["note"]
