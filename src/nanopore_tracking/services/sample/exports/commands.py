"""What can be done with exports: make one, which is recorded before its first byte is sent."""

from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.exports import MOST, NewExport
from nanopore_tracking.contracts.events.sample.exports import ExportMade
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.bulk import model as bulk
from nanopore_tracking.services.sample.bulk import store as bulk_store
from nanopore_tracking.services.sample.exports import model


async def make_export(tx: Transaction, asked: NewExport) -> list[UUID]:
    """Record that somebody takes the selected samples out, and return these; NotFound, TooLarge, Conflict."""
    ids = await bulk_store.selected(tx, tx.call.scope, bulk.chosen(asked.selection), most=MOST)
    bulk.counted(asked.selection, len(ids), MOST)
    export_id = uuid7()
    event = ExportMade(
        export_id=export_id,
        format=asked.format,
        selection=_said(asked),
        samples=len(ids),
        columns=list(model.COLUMNS),
    )
    tx.announce(event, subject=Subject("export", str(export_id)))
    return ids


def _said(asked: NewExport) -> dict[str, object]:
    """Return the selection as the audit log keeps it; of ids the number only, since the file may have very many."""
    if asked.selection.filters is None:
        return {"named": len(asked.selection.ids or asked.selection.codes or [])}
    filters: dict[str, object] = msgspec.to_builtins(asked.selection.filters)
    return {name: value for name, value in filters.items() if value is not None}
