"""A library with a run that is planned and a delivery that is prepared, for rules that need many tries."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import msgspec

from nanopore_tracking.contracts.api.sample import deliveries as api
from nanopore_tracking.contracts.api.sample.flow_cells import NewFlowCell
from nanopore_tracking.contracts.api.sample.instruments import NewInstrument
from nanopore_tracking.contracts.api.sample.runs import NewRun
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.deliveries import commands as deliveries
from nanopore_tracking.services.sample.flow_cells import commands as cells
from nanopore_tracking.services.sample.instruments import commands as instruments
from nanopore_tracking.services.sample.runs import commands as runs
from tests.harness.going_out import CELL
from tests.harness.laboratory import Laboratory
from tests.services.sample.shelf import printed_id

_STATE = """SELECT (SELECT {column} FROM sequencing_run WHERE id = $1) AS run,
    (SELECT {column} FROM flow_cell WHERE id = $2) AS cell, (SELECT {column} FROM delivery WHERE id = $3) AS delivery"""
_RAN = "('running', 'paused', 'completed', 'stopped_by_user', 'disk_full', 'device_disconnected', 'analysed')"
_RUN = "SELECT count(*) FROM sequencing_run r WHERE r.id = $1 AND $2::uuid IS NOT NULL AND $3::uuid IS NOT NULL"
_LOAD = (
    "SELECT count(*) FROM flow_cell_load l JOIN flow_cell f ON f.id = l.flow_cell_id WHERE f.id = $2 "
    "AND $1::uuid IS NOT NULL AND $3::uuid IS NOT NULL AND l.kind = 'load'"
)
_DELIVERY = "SELECT count(*) FROM delivery d WHERE d.id = $3 AND $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL"
#: What must not be there of a run ($1), its flow cell ($2) and a delivery ($3), whatever was called.
NEVER = {
    "a flow cell was loaded unchecked without a reason": f"{_LOAD} AND f.check_count = 0 AND l.reason = ''",
    "one with few pores was loaded without a reason": (
        f"{_LOAD} AND l.ordinal = 1 AND l.reason = '' AND coalesce((SELECT c.pores_available FROM flow_cell_check c "
        "WHERE c.flow_cell_id = f.id AND c.checked_at <= l.loaded_at ORDER BY c.ordinal DESC LIMIT 1), 0) < 800"
    ),
    "more was loaded than there is": (
        f"{_RUN} AND (SELECT sum(l.volume_ul) FROM flow_cell_load l WHERE l.library_id = r.library_id) > "
        "(SELECT b.volume_ul FROM library b WHERE b.id = r.library_id)"
    ),
    "a run started without a sheet": (
        f"{_RUN} AND r.state NOT IN ('planned', 'cancelled') AND NOT EXISTS "
        "(SELECT FROM run_sheet s WHERE s.run_id = r.id)"
    ),
    "a run runs without its load": (
        f"{_RUN} AND r.state IN {_RAN} AND NOT EXISTS (SELECT FROM flow_cell_load l WHERE l.run_id = r.id)"
    ),
    "a run that starts or runs has not its flow cell": (
        f"{_RUN} AND r.state IN ('starting', 'running', 'paused') AND (SELECT f.held_by FROM flow_cell f "
        "WHERE f.id = r.flow_cell_id) IS DISTINCT FROM r.code"
    ),
    "a run that is over keeps what it reserved": (
        f"{_RUN} AND r.state NOT IN ('starting', 'running', 'paused') AND (EXISTS (SELECT FROM flow_cell f "
        "WHERE f.held_by = r.code) OR EXISTS (SELECT FROM run_barcode b WHERE b.run_id = r.id) OR EXISTS "
        "(SELECT FROM instrument_position p WHERE p.held_by = r.code))"
    ),
    "data went out unverified": (
        f"{_DELIVERY} AND d.state IN ('verified', 'released', 'received') AND (d.verified_sha256 IS DISTINCT FROM "
        "d.manifest_sha256 OR NOT EXISTS (SELECT FROM delivery_verification v WHERE v.delivery_id = d.id "
        "AND v.difference_count = 0))"
    ),
    "data are verified although the last look differed": (
        f"{_DELIVERY} AND d.state IN ('verified', 'released') AND (SELECT v.difference_count FROM "
        "delivery_verification v WHERE v.delivery_id = d.id ORDER BY v.verified_at DESC, v.id DESC LIMIT 1) > 0"
    ),
    "data were received that nobody released": f"{_DELIVERY} AND d.received_at IS NOT NULL AND d.released_at IS NULL",
}
#: The content of the one file, as it is meant and as it is when one byte is another one.
_CONTENT = {"a": b"@read1\nACGT\n", "b": b"@read1\nACGA\n"}


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """The run, its flow cell and library, and the delivery."""

    run: UUID
    run_code: str
    cell: UUID
    library_code: str
    delivery: UUID

    async def states(self, laboratory: Laboratory) -> dict[str, str]:
        """Return the states of run, flow cell and delivery."""
        return await self._read(laboratory, "state")

    async def versions(self, laboratory: Laboratory) -> dict[str, int]:
        """Return their versions."""
        return await self._read(laboratory, "version")

    async def _read(self, laboratory: Laboratory, column: str) -> dict[str, Any]:
        async with laboratory.owner() as owner:
            return dict(await owner.fetchrow(_STATE.format(column=column), self.run, self.cell, self.delivery))


async def outgoing(laboratory: Laboratory, *, stage: str) -> Outgoing:
    """Make a library of 10 µL that passed its QC, a run of it on an unchecked flow cell, and a delivery."""
    sample_id = await laboratory.register(material="HMW gDNA")
    await _at(laboratory, sample_id, "library_prep")
    library = await laboratory.library(sample_id)
    for quantity, value in (("concentration", 40.0), ("volume", 10.0), ("fragment_mean_bp", 5000.0)):
        await laboratory.measure(sample_id, quantity, value, subject="library")
    await laboratory.step_library(library["code"], "qc_passed")
    await _at(laboratory, sample_id, stage)
    new = msgspec.convert({**CELL, "flow_cell_id": printed_id()}, NewFlowCell)
    cell = await laboratory.run(lambda tx: cells.register_cell(tx, new, pattern=r"^[A-Z]{3}[0-9]{3,6}$"))
    box = NewInstrument(name=f"GridION {uuid4().hex[:8]}", kind="gridion", serial="GXB12345")
    place = (await laboratory.run(lambda tx: instruments.add_instrument(tx, box)))["positions"][0]["id"]
    said = {"library": library["code"], "flow_cell": cell["flow_cell_id"], "position_id": place, "volume_ul": 4.0}
    run = await laboratory.run(lambda tx: runs.plan_run(tx, msgspec.convert(said, NewRun)))
    code = (await laboratory.show(sample_id)).code
    asked_for = msgspec.convert({"samples": [code], "method": "research_storage"}, api.NewDelivery)
    delivery = await laboratory.run(lambda tx: deliveries.prepare(tx, asked_for))
    return Outgoing(
        run=UUID(run["id"]),
        run_code=run["code"],
        cell=UUID(cell["id"]),
        library_code=library["code"],
        delivery=UUID(delivery["id"]),
    )


async def _at(laboratory: Laboratory, sample_id: UUID, stage: str) -> None:
    async with laboratory.owner() as owner:
        await owner.execute("UPDATE sample SET stage = $2 WHERE id = $1", sample_id, stage)


def _file(which: str) -> dict[str, Any]:
    content = _CONTENT[which]
    return {"path": "pass/reads.fastq", "sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}


async def manifest(tx: Transaction, of: Outgoing, which: str, *, seen: int) -> Any:
    """Say which file goes out."""
    asked = msgspec.convert({"files": [_file(which)]}, api.NewManifest)
    return await deliveries.set_manifest(tx, of.delivery, asked, seen=seen)


async def look(tx: Transaction, of: Outgoing, which: str) -> Any:
    """Look at what lies at the destination."""
    asked = msgspec.convert({"place": "/proj/lab", "files": [_file(which)]}, api.NewVerification)
    return await deliveries.verify(tx, of.delivery, asked)


async def deliver(tx: Transaction, of: Outgoing, to: str, *, may_release: bool) -> Any:
    """Move the delivery."""
    asked = msgspec.convert({"to": to, "reason": "Something happened."}, api.NewDeliveryState)
    return await deliveries.move(tx, of.delivery, asked, may_release=may_release)
