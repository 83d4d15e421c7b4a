"""What was recorded of tubes before there were containers is carried over, and its chain verifies."""

import shutil
from pathlib import Path
from uuid import UUID

import asyncpg

from nanopore_tracking.kernel import migrations
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.services.sample.custody import store
from tests.harness.engines import TestDatabase
from tests.harness.laboratory import SERVICES

FOLDER = SERVICES / "sample" / "migrations"
_EVENTS = (
    ("received", "", "intact", -71.5, ""),
    ("stored", "R1/F2/B7/C4", None, None, ""),
    ("thawed", "", None, None, "for a minute"),
    ("checked_out", "", None, None, ""),
    ("checked_in", "R1/F2/B7/C5", None, None, "naïve µ"),
)


async def test_custody_of_before_is_carried_over_and_verifies(database: TestDatabase, tmp_path: Path) -> None:
    before = tmp_path / "sample" / "migrations"
    before.mkdir(parents=True)
    for name in ("0001_submissions.sql", "0002_samples.sql"):
        shutil.copy(FOLDER / name, before / name)
    await migrations.apply(database.owner_url, [migrations.KERNEL, before], app_role=f"{database.name}_app")
    owner = await asyncpg.connect(database.owner_url)
    gone, kept = await _sample(owner, 1), await _sample(owner, 2)
    for sequence, event in enumerate(_EVENTS, 1):
        await _event(owner, kept, sequence, *event)
    await _event(owner, gone, 1, "destroyed", "", None, None, "It was empty.")
    await owner.execute("UPDATE sample SET location = 'R1/F2/B7/C5', custody_count = 5 WHERE id = $1", kept)
    await owner.execute("UPDATE sample SET custody_count = 1 WHERE id = $1", gone)

    await migrations.apply(database.owner_url, [migrations.KERNEL, FOLDER], app_role=f"{database.name}_app")

    db = Database("sample", database.app_url, KernelSettings(db_pool_min=0, db_pool_max=2))
    found = await store.whereabouts(db, await store.tube_of(db, kept))
    assert (found.location, found.status, found.kind, found.events) == ("R1/F2/B7/C5", "present", "checked_in", 5)
    assert (found.verified, found.trouble) == (True, "")
    found = await store.whereabouts(db, await store.tube_of(db, gone))
    assert (found.location, found.status, found.verified) == ("", "destroyed", True)
    assert await owner.fetchval("SELECT sample_place($1)", kept) == "R1/F2/B7/C5"
    await owner.close()
    await db.close()


async def _sample(owner: asyncpg.Connection, number: int) -> UUID:
    lab, project, sample = uuid7(), uuid7(), uuid7()
    await owner.execute(
        "INSERT INTO lab (id, name, pi_name, pi_email, organisation, created_at, updated_at) "
        "VALUES ($1, $2, 'Dr Okafor', '', '', now(), now())",
        lab,
        f"Lab {number}",
    )
    await owner.execute(
        "INSERT INTO project (id, code, title, lab_id, data_classification, created_at, updated_at) "
        "VALUES ($1, $2, 'Thermophiles', $3, 'open', now(), now())",
        project,
        f"PRJ-{number}",
        lab,
    )
    await owner.execute(
        "INSERT INTO sample (id, code, name, alias, kind, material, organism, lab_id, project_id, service_type, "
        "submitted_buffer, submitted_comment, created_by, created_at, priority, assignee, stage_entered_at, words, "
        "updated_at) VALUES ($1, $2, 'gut', 'gut', 'test_sample', '', '', $3, $4, '', '', '', 'alice', now(), "
        "'normal', '', now(), '', now())",
        sample,
        f"S26-{number:06d}",
        lab,
        project,
    )
    return sample


async def _event(owner: asyncpg.Connection, sample: UUID, sequence: int, *said: object) -> None:
    await owner.execute(
        "INSERT INTO custody_event (id, sample_id, sequence, kind, location, condition, temperature_c, note, person, "
        "witness, happened_at, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'alice', '', now(), now())",
        uuid7(),
        sample,
        sequence,
        *said,
    )
