"""What can be done with a grid: look at it, and save what is right of it."""

from collections.abc import Mapping
from uuid import UUID

from nanopore_tracking.contracts.api.sample.edits import Edit, EditAnswer
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.bulk import commands as bulk
from nanopore_tracking.services.sample.bulk import model as bulk_model
from nanopore_tracking.services.sample.edits import model, store
from nanopore_tracking.services.sample.edits.model import Row
from nanopore_tracking.services.sample.measurements import commands as measurement_commands
from nanopore_tracking.services.sample.samples import commands as sample_commands
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample


async def check(db: Reads, asked: Edit, *, scope: list[UUID] | None) -> EditAnswer:
    """Tell what would become of each row; nothing is changed."""
    ids = await store.ids_of(db, scope, [row.sample.strip().upper() for row in asked.rows])
    rows = await _rows(db, asked, await sample_store.read_samples(db, scope, ids), scope=scope)
    return _answer(rows, {row.code: row.sample.version for row in rows if row.sample}, bulk_id=None)


async def save(tx: Transaction, asked: Edit) -> Written:
    """Save every row that is right, as one job that is done at once; those that are not say why and stay."""
    ids = await store.ids_of(tx, tx.call.scope, [row.sample.strip().upper() for row in asked.rows])
    rows = await _rows(tx, asked, await sample_store.lock_samples(tx, ids), scope=tx.call.scope)
    versions = {row.code: row.sample.version for row in rows if row.sample}
    results = []
    for row in rows:
        before = row.sample
        if before is None or not row.changes:
            continue
        try:
            async with tx.savepoint():
                after, recorded = await _save(tx, row, before)
        except errors.Problem as problem:
            row.problems += model.refusing(problem)
            continue
        versions[row.code] = after.version + len(row.measured)
        changes = bulk_model.compared(before, after, moved=False)
        results.append(
            bulk_model.Result(sample_id=before.id, outcome="changed", changes=changes, measurements=recorded)
        )
    bulk_id = None
    if results:
        fields = sorted({name for row in asked.rows for name in row.cells})
        bulk_id = await bulk.keep_edit(tx, {"kind": "edit", "fields": fields}, results)
    return Written(item=_answer(rows, versions, bulk_id=bulk_id))


async def _rows(db: Reads, asked: Edit, found: list[Sample], *, scope: list[UUID] | None) -> list[Row]:
    samples = {sample.code: sample for sample in found}
    rows = [model.understood(row, samples.get(row.sample.strip().upper()), asked.methods) for row in asked.rows]
    wanted = sorted({str(row.facts["container_barcode"]) for row in rows if row.facts.get("container_barcode")})
    model.distinguish(rows, await store.barcodes(db, scope, wanted))
    return rows


async def _save(tx: Transaction, row: Row, before: Sample) -> tuple[Sample, list[UUID]]:
    """Return the sample with its new facts, and the measurements that were recorded."""
    after = before
    if row.changes_facts:
        (after,) = await sample_commands.change_samples(tx, [(before, row.facts)])
    made = [await measurement_commands.record_measurement(tx, before.id, measured) for measured in row.measured]
    return after, [measurement_commands.made(written) for written in made]


def _answer(rows: list[Row], versions: Mapping[str, int], *, bulk_id: UUID | None) -> EditAnswer:
    answered = [row.answered(versions.get(row.code)) for row in rows]
    return EditAnswer(
        bulk_id=bulk_id,
        saved=sum(1 for row in answered if row.outcome == "saved"),
        refused=sum(1 for row in answered if row.outcome == "refused"),
        rows=answered,
    )
