"""What can be done with the rows of a submission that is not decided: add, correct, remove."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.rows import Correction, NewRows, RowPatch, RowsAdded
from nanopore_tracking.contracts.events.ai import ManifestRow
from nanopore_tracking.contracts.events.sample import (
    RowState,
    SubmissionRowCorrected,
    SubmissionRowRemoved,
    SubmissionRowsAdded,
)
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Event
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.names import model as names
from nanopore_tracking.services.sample.rows import model
from nanopore_tracking.services.sample.rows import store as row_store
from nanopore_tracking.services.sample.submissions import model as submissions
from nanopore_tracking.services.sample.submissions import store

MOST_ROWS = 10_000
MISSING = "There is no such row in this submission. Nothing was changed."


async def add_rows(tx: Transaction, submission_id: UUID, asked: NewRows) -> Written:
    """Add rows at the end; NotFound, or Conflict when the submission is decided or would have too many."""
    submission = await _changeable(tx, submission_id)
    if submission.row_count + len(asked.rows) > MOST_ROWS:
        raise errors.Conflict(
            f"A submission has at most {MOST_ROWS:,} rows. Nothing was changed; begin another submission.",
            type="too-many-rows",
        )
    first = await row_store.last_row_number(tx, submission_id) + 1
    typed = [
        ManifestRow(row_number=number, cells=model.cells_of(labs.asked(row)))
        for number, row in enumerate(asked.rows, start=first)
    ]
    added = await row_store.insert_rows(tx, submission_id, typed)
    changed = await store.check(tx, submission, status=submission.status, alias_keys=_keys(added))
    states = [RowState(row.row_number, dict(row.values)) for row in added]
    _announce(tx, changed, SubmissionRowsAdded(**submissions.facts(changed), rows=states))
    numbers = [row.row_number for row in added]
    return Written(item=RowsAdded(row_numbers=numbers, version=changed.version), version=changed.version)


async def correct_row(tx: Transaction, submission_id: UUID, row_number: int, *, asked: RowPatch, seen: int) -> Written:
    """Correct values of a row and check it and its namesakes again; NotFound, Stale or Conflict."""
    submission = await _changeable(tx, submission_id)
    stored = await _row(tx, submission_id, row_number, seen=seen)
    said = labs.asked(asked)
    correction = Correction(value=None, by=tx.call.by, at=tx.call.at, reason=said.pop("reason"))
    corrections = model.corrected(stored, said, correction)
    if corrections != stored.corrections:
        before, after = stored.row(), await row_store.correct_row(tx, stored, corrections)
        changed = await store.check(tx, submission, status=submission.status, alias_keys=_keys([before, after]))
        event = SubmissionRowCorrected(
            **submissions.facts(changed),
            row=RowState(row_number, dict(after.values)),
            reason=correction.reason,
        )
        _announce(tx, changed, event, before=before.values, after=after.values)
    found = await row_store.show_row(tx, submission_id, row_number, scope=tx.call.scope)
    if found is None:
        raise errors.NotFound(MISSING)
    return Written(item=found[0], version=found[1])


async def remove_row(tx: Transaction, submission_id: UUID, row_number: int, *, seen: int) -> Written:
    """Remove a row and check its namesakes again; NotFound, Stale or Conflict."""
    submission = await _changeable(tx, submission_id)
    stored = await _row(tx, submission_id, row_number, seen=seen)
    row = stored.row()
    await row_store.delete_row(tx, stored)
    changed = await store.check(tx, submission, status=submission.status, alias_keys=_keys([row]))
    event = SubmissionRowRemoved(**submissions.facts(changed), row=RowState(row_number, dict(row.values)))
    _announce(tx, changed, event, before=row.values, after=dict.fromkeys(row.values))
    return Written(item=None)


async def _changeable(tx: Transaction, submission_id: UUID) -> submissions.Submission:
    submission = await store.lock_submission(tx, submission_id)
    submissions.changeable(submission)
    return submission


async def _row(tx: Transaction, submission_id: UUID, row_number: int, *, seen: int) -> model.StoredRow:
    stored = await row_store.lock_row(tx, submission_id, row_number)
    if stored is None:
        raise errors.NotFound(MISSING)
    labs.match(stored.version, seen, "row")
    return stored


def _keys(rows: list[model.Row]) -> set[str]:
    return {names.alias_key(names.alias(row.name, row.row_number)) for row in rows}


def _announce(
    tx: Transaction,
    submission: submissions.Submission,
    event: Event,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    gone = dict.fromkeys(before or {})
    changes = labs.changes(before or {}, {**gone, **(after or {})})
    tx.announce(event, subject=submissions.subject(submission), tenant_id=submission.lab_id, changes=changes)
