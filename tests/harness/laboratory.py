"""The sample service's database with its statements and commands, without HTTP: for rules that need many tries."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from nanopore_tracking.contracts.api.sample.chain import Step
from nanopore_tracking.contracts.api.sample.custody import NewCustodyEvent
from nanopore_tracking.contracts.api.sample.libraries import NewLibrary
from nanopore_tracking.contracts.api.sample.measurements import NewMeasurement
from nanopore_tracking.contracts.api.sample.records import NewRecord
from nanopore_tracking.contracts.api.sample.samples import Sample, SampleRegistration
from nanopore_tracking.contracts.api.sample.stages import Transition
from nanopore_tracking.kernel import migrations
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Actor
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Database, Outdated, Transaction
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.services.config.catalogues import store as seeds
from nanopore_tracking.services.sample.catalogue import store as catalogue
from nanopore_tracking.services.sample.custody import commands as custody
from nanopore_tracking.services.sample.libraries import commands as libraries
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.measurements import commands as measurements
from nanopore_tracking.services.sample.records import commands as records
from nanopore_tracking.services.sample.samples import commands as samples
from nanopore_tracking.services.sample.samples import store
from nanopore_tracking.services.sample.stages import commands as stages
from tests.harness.engines import TestEngines

SERVICES = Path(__file__).parents[2] / "src" / "nanopore_tracking" / "services"
ALICE = Actor("person", "account-alice", "alice")

Command = Callable[[Transaction], Awaitable[Written]]


def number(code: str) -> int:
    """Return the number in the code of a sample of 2026."""
    return int(code.removeprefix("S26-"))


@dataclass
class Laboratory:
    """One lab with one project. at: when everything happens."""

    db: Database
    owner_connection: Any
    lab_id: UUID
    project_id: UUID
    at: datetime
    _owner_free: asyncio.Lock = field(default_factory=asyncio.Lock)

    def call(self) -> Call:
        """Return a call of alice, who sees all labs."""
        return Call(actor=ALICE, request_id="request-of-alice", at=self.at)

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)

    async def run(self, command: Command, *, tenants: frozenset[UUID] | None = None) -> Any:
        """Run a command and return what it wrote, decoded."""
        for attempt in itertools.count():
            with contextlib.suppress(Outdated):
                async with self.db.transaction(replace(self.call(), tenants=tenants), attempt=attempt) as tx:
                    item = (await command(tx)).item
                    given = await tx.finish()
                text = item if isinstance(item, str) else msgspec.json.encode(item).decode()
                return msgspec.json.decode(text.replace(tx.mark, given) if given else text)
        raise AssertionError

    async def unexplained_numbers(self) -> int:
        """Return how many numbers were taken from the counter and are neither in a code nor spare for a next sample."""
        async with self.owner() as owner:
            return int(
                await owner.fetchval(
                    "SELECT (SELECT last FROM counter WHERE series = 'sample' AND year = 2026) "
                    "- (SELECT count(*) FROM sample WHERE code LIKE 'S26-%') "
                    "- (SELECT count(*) FROM spare_number n WHERE n.year = 2026 AND NOT EXISTS "
                    "(SELECT FROM sample s WHERE s.code = 'S26-' || lpad(n.number::text, 6, '0')))"
                )
            )

    async def project(self, *, status: str = "active") -> UUID:
        """Make one more project of the lab and return its id."""
        project_id = uuid7()
        async with self.owner() as connection:
            await connection.execute(
                "INSERT INTO project (id, code, title, lab_id, status, data_classification, created_at, updated_at) "
                "VALUES ($1, $2, 'Another', $3, $4, 'open', now(), now())",
                project_id,
                f"P-{project_id}",
                self.lab_id,
                status,
            )
        return project_id

    async def register(self, **said: Any) -> UUID:
        """Register a sample and return its id."""
        asked = SampleRegistration(**{"project_id": self.project_id, "name": "HB27 gDNA", **urgently(said)})
        found = await self.run(lambda tx: samples.register_sample(tx, asked))
        return UUID(found["id"])

    async def show(self, sample_id: UUID) -> Sample:
        """Return a sample as the API shows it."""
        item, _ = await store.show_sample(self.db, None, str(sample_id))
        return msgspec.json.decode(item, type=Sample)

    async def custody(self, sample_id: UUID, kind: str, **said: Any) -> Any:
        """Record a custody event."""
        asked = msgspec.convert({"kind": kind, **said}, NewCustodyEvent)
        return await self.run(lambda tx: custody.record_custody(tx, sample_id, asked))

    async def measure(self, sample_id: UUID, quantity: str, value: float, **said: Any) -> Any:
        """Record a measurement; unit and method are filled in."""
        unit, method = FITTING[quantity]
        filled = {"quantity": quantity, "value": value, "unit": unit, "method": method, **said}
        asked = msgspec.convert(filled, NewMeasurement)
        return await self.run(lambda tx: measurements.record_measurement(tx, sample_id, asked))

    async def record(self, sample_id: UUID, kind: str, **said: Any) -> Any:
        """Add a stage record; what is not said is filled in."""
        asked: NewRecord = msgspec.convert({"kind": kind, **RECORDS[kind], **said}, NewRecord)
        return await self.run(lambda tx: records.add_record(tx, sample_id, asked))

    async def library(self, *sample_ids: UUID, prepared: bool = True, **said: Any) -> Any:
        """Make a library of samples; what is not said is filled in."""
        sources = [{"sample": str(sample_id)} for sample_id in sample_ids]
        asked = msgspec.convert({"sources": sources, "prepared": prepared, **LIBRARY, **said}, NewLibrary)
        return await self.run(lambda tx: libraries.create_library(tx, asked))

    async def step_library(self, code: str, to: str, *, override: bool = False, may: bool = False, **said: Any) -> Any:
        """Move a library as it is now."""
        asked = msgspec.convert({"to": to, "override": override, **said}, Step)
        library_id = await library_store.find_library(self.db, None, code)
        seen = (await library_store.read_libraries(self.db, None, [library_id]))[library_id].version
        return await self.run(lambda tx: libraries.move_library(tx, library_id, asked, seen=seen, may_override=may))

    async def move(
        self, sample_id: UUID, to: str, *, reason: str = "", override: bool = False, may: bool = False
    ) -> Any:
        """Move a sample as it is now."""
        asked = msgspec.convert({"to": to, "reason": reason, "override": override}, Transition)
        seen = (await self.show(sample_id)).version
        return await self.run(lambda tx: stages.move_sample(tx, sample_id, asked, seen=seen, may_override=may))

    async def events(self, sample_id: UUID) -> list[dict[str, Any]]:
        """Return what was announced about a sample, in order."""
        async with self.owner() as connection:
            rows = await connection.fetch(
                "SELECT payload FROM outbox WHERE subject_id = $1 ORDER BY position", str(sample_id)
            )
        return [msgspec.json.decode(row["payload"]) for row in rows]

    @contextlib.asynccontextmanager
    async def owner(self) -> AsyncIterator[Any]:
        """The connection as the owner of the database, for one at a time."""
        async with self._owner_free:
            yield self.owner_connection


def urgently(said: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of a sample, with a reason where it is urgent."""
    return {"priority_reason": "Patient waits.", **said} if said.get("priority") == "urgent" else said


#: Unit and method that fit a quantity.
FITTING = {
    "concentration": ("ng_per_ul", "qubit_br"),
    "volume": ("ul", "pipette"),
    "mass": ("ng", "qubit_br"),
    "a260_a280": ("ratio", "nanodrop"),
    "a260_a230": ("ratio", "nanodrop"),
    "fragment_mean_bp": ("bp", "femto_pulse"),
    "fragment_mode_bp": ("bp", "femto_pulse"),
    "din": ("number", "tapestation"),
    "rin": ("number", "bioanalyzer"),
    "molarity": ("nm", "qpcr"),
}

#: A complete library with a ligation kit; the sample is sequenced alone.
LIBRARY: dict[str, Any] = {
    "kit": "SQK-LSK114",
    "kit_lot": "L-2026-31",
    "lot_expires_on": "2099-12-31",
    "input_ng": 1000.0,
    "protocol_version": "GDE_9161_v114_revU",
}

#: A complete record of each kind; the sample is sequenced alone, with a ligation kit.
RECORDS: dict[str, dict[str, Any]] = {
    "run": {
        "protocol_run_id": "ed35bf91-1c57-4b34-9f2e-3a1f5f3f2a11",
        "flow_cell_id": "FAX12345",
        "started_at": "2026-10-01T10:00:00Z",
        "ended_at": "2026-10-04T10:00:00Z",
        "end_reason": "Protocol completed successfully",
    },
    "basecalling": {
        "model": "dna_r10.4.1_e8.2_400bps_sup@v5.2.0",
        "min_q": 10,
        "read_sets": [{"reads": 1_200_000, "bases_pass_bp": 14_000_000_000, "n50_bp": 24_000, "mean_q": 18.4}],
    },
    "decision": {"verdict": "pass"},
}


@contextlib.asynccontextmanager
async def laboratory(engines: TestEngines) -> AsyncIterator[Laboratory]:
    """Make the database of the sample service, its catalogues as they are shipped, one lab and one project."""
    async with engines.fresh_database() as database:
        folders = [migrations.KERNEL, SERVICES / "sample" / "migrations"]
        await migrations.apply(database.owner_url, folders, app_role=f"{database.name}_app")
        db = Database("sample", database.app_url, KernelSettings(db_pool_min=1, db_pool_max=4))
        await db.open()
        owner = await asyncpg.connect(database.owner_url)
        made = Laboratory(db, owner, uuid7(), uuid7(), datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
        await _furnish(made)
        yield made
        await owner.close()
        await db.close()


async def _furnish(made: Laboratory) -> None:
    async with made.owner() as connection:
        await connection.execute(
            "INSERT INTO lab (id, name, pi_name, pi_email, organisation, created_at, updated_at) "
            "VALUES ($1, 'Okafor Lab', 'Dr Okafor', '', '', $2, $2)",
            made.lab_id,
            made.at,
        )
        await connection.execute(
            "INSERT INTO project (id, code, title, lab_id, data_classification, created_at, updated_at) "
            "VALUES ($1, 'PRJ-0001', 'Thermophiles', $2, 'open', $3, $3)",
            made.project_id,
            made.lab_id,
            made.at,
        )
        await connection.execute(
            "INSERT INTO charge_code (id, lab_id, code, valid_from, authorised_by, note, created_by, created_at, "
            "updated_at) VALUES (gen_random_uuid(), $1, 'QX-4711', '2026-01-01', 'Dr Okafor', '', 'alice', $2, $2)",
            made.lab_id,
            made.at,
        )
        await connection.execute(
            "INSERT INTO project_charge (id, project_id, charge_code, set_by, set_at) "
            "VALUES (gen_random_uuid(), $1, 'QX-4711', 'alice', '2026-01-01')",
            made.project_id,
        )
    async with made.db.transaction(made.call()) as tx:
        for name in ("kits", "flow_cells", "thresholds", "service_types", "barcodes", "price_items", "holidays"):
            _, entries = seeds.seed(name)
            await catalogue.keep(tx, name, version=1, effective_from=date(2026, 11, 1), entries=entries)
