"""What can be done with a sheet of basecallings: get one to fill in, check it, and record all that it says."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.basecallings import MOST, BasecallingCheck, BasecallingSheet
from nanopore_tracking.contracts.api.sample.bulk import Selection
from nanopore_tracking.contracts.api.sample.records import NewBasecalling
from nanopore_tracking.kernel import sheets
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.basecallings import model
from nanopore_tracking.services.sample.basecallings.model import Line
from nanopore_tracking.services.sample.bulk import commands as bulk
from nanopore_tracking.services.sample.bulk import model as bulk_model
from nanopore_tracking.services.sample.bulk import store as bulk_store
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample


async def template(db: Reads, selection: Selection, *, scope: list[UUID] | None) -> str:
    """Return the sheet for the selected samples as CSV, with their codes and barcodes; NotFound, TooLarge, Conflict."""
    ids = await bulk_store.selected(db, scope, bulk_model.chosen(selection), most=MOST)
    bulk_model.counted(selection, len(ids), MOST)
    samples = sorted(await sample_store.read_samples(db, scope, ids), key=lambda sample: sample.code)
    present = await library_store.present_of(db, ids)
    barcodes = {sample_id: library.barcodes for sample_id, library in present.items()}
    return sheets.csv_text(model.template(samples, barcodes))


async def check(db: Reads, asked: BasecallingSheet, *, call: Call) -> BasecallingCheck:
    """Tell what is wrong with each cell, and else what would become of each sample; nothing is changed."""
    lines, said = await _understood(db, asked, call)
    wrong = sum(len(line.problems) for line in lines)
    preview = None
    if not wrong:
        results = await bulk.foresee(db, list(said.values()), call=call)
        preview = bulk_model.preview([sample for sample, _ in said.values()], results)
    columns = [name for name in model.COLUMNS if any(name in line.cells for line in lines)]
    return BasecallingCheck(columns=columns, lines=[line.answered for line in lines], wrong=wrong, preview=preview)


async def begin(tx: Transaction, asked: BasecallingSheet) -> Written:
    """Begin the job that records the basecallings of a sheet; Invalid with each wrong cell, and nothing is begun."""
    lines, said = await _understood(tx, asked, tx.call)
    model.right(lines)
    models = sorted({record.model for _, record in said.values()})
    records = {sample.id: msgspec.to_builtins(record) for sample, record in said.values()}
    return await bulk.begin_alone(tx, {"kind": "basecall", "models": models}, records)


async def _understood(
    db: Reads, asked: BasecallingSheet, call: Call
) -> tuple[list[Line], Mapping[str, tuple[Sample, NewBasecalling]]]:
    lines = model.read(asked.sheet)
    codes = sorted({line.code for line in lines if line.code})
    ids = await bulk_store.selected(db, call.scope, {"codes": codes}, most=MOST)
    samples = {sample.code: sample for sample in await sample_store.read_samples(db, call.scope, ids)}
    records = model.understand(lines, samples)
    return lines, {code: (samples[code], records[code]) for code in sorted(records)}
