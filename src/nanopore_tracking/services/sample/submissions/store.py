"""Submissions in the database."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.events.ai import ManifestRead
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.catalogue.model import Catalogue
from nanopore_tracking.services.sample.charges import store as charge_store
from nanopore_tracking.services.sample.checks import model as checks
from nanopore_tracking.services.sample.clocks import model as clocks
from nanopore_tracking.services.sample.clocks import store as clock_store
from nanopore_tracking.services.sample.findings import store as finding_store
from nanopore_tracking.services.sample.rows import store as row_store
from nanopore_tracking.services.sample.submissions import model
from nanopore_tracking.services.sample.submissions.model import HEADER, Outcome, Submission
from nanopore_tracking.services.sample.twins import model as twins
from nanopore_tracking.services.sample.twins import store as twin_store

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
MISSING = "There is no such submission, or none that you may see."


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


async def list_submissions(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of submissions; asked: filters, sort, after, limit."""
    found: Page = await Q.submissions.page(db, scope=scope, **asked)
    return found


async def show_submission(db: Reads, scope: Scope, submission_id: UUID) -> tuple[str, int]:
    """Return a submission as JSON text and its version; NotFound where there is none in the scope."""
    row = await db.row(Q.show_submission, submission_id=submission_id, scope=scope)
    if row is None:
        raise errors.NotFound(MISSING)
    return row["item"], row["version"]


async def find_submission(db: Reads, scope: Scope, said: str) -> UUID:
    """Return the id of a submission that is named by its id, which is not looked up, or by its code; NotFound."""
    try:
        return UUID(said)
    except ValueError:
        found: UUID | None = await db.value(Q.find_submission, code=said.upper(), scope=scope)
    if found is None:
        raise errors.NotFound(MISSING)
    return found


async def lock_submission(tx: Transaction, submission_id: UUID) -> Submission:
    """Return a submission in the caller's scope, locked; NotFound where there is none."""
    row = await tx.row(Q.lock_submission, submission_id=submission_id, scope=tx.call.scope)
    if row is None:
        raise errors.NotFound(MISSING)
    values = dict(row)
    header = {name: values.pop(name) for name in HEADER}
    versions = msgspec.json.decode(values.pop("catalogue_versions"))
    return Submission(header=header, catalogue_versions=versions, **values)


async def find_extraction(db: Reads, extraction_id: UUID) -> UUID | None:
    """Return the id of the submission that was made of an extraction."""
    found: UUID | None = await db.value(Q.find_extraction, extraction_id=extraction_id)
    return found


async def same_document(db: Reads, submission: Submission) -> list[str]:
    """Return the codes of the lab's other submissions that came from the same document."""
    if submission.sha256 is None:
        return []
    found = await db.value(
        Q.same_document, sha256=submission.sha256, lab_id=submission.lab_id, submission_id=submission.id
    )
    return list(found)


async def next_code(tx: Transaction) -> str:
    """Return the code of the next submission of this year (UTC); none is left out, whatever fails."""
    year = tx.call.at.year
    return model.code(year, await tx.value(Q.next_number, year=year))


async def insert_submission(
    tx: Transaction,
    submission_id: UUID,
    *,
    where: Mapping[str, Any],
    header: Mapping[str, str],
    read: ManifestRead | None,
) -> None:
    """Store a new submission without rows.

    where: code, status, project_id, lab_id and created_by; read: the manifest that it comes from.
    """
    await tx.execute(
        Q.insert_submission,
        submission_id=submission_id,
        extraction_id=read.extraction_id if read else None,
        document_id=read.document_id if read else None,
        filename=read.filename if read else None,
        sha256=read.sha256 if read else None,
        header=_json(read.header if read else {}),
        rows_announced=read.row_count if read else 0,
        at=tx.call.at,
        **where,
        **header,
    )


async def update_header(tx: Transaction, submission_id: UUID, header: Mapping[str, str]) -> None:
    """Store the changed header; its version rises with the check that follows."""
    await tx.execute(Q.update_header, submission_id=submission_id, **header)


async def restart_reading(tx: Transaction, submission_id: UUID, read: ManifestRead) -> None:
    """Begin again with a manifest that is read once more."""
    await tx.execute(
        Q.restart_reading,
        submission_id=submission_id,
        header=_json(read.header),
        rows_announced=read.row_count,
        at=tx.call.at,
    )


async def add_to_row_count(tx: Transaction, submission_id: UUID, more: int) -> None:
    """Count rows that came while the manifest is being read."""
    await tx.execute(Q.add_to_row_count, submission_id=submission_id, more=more, at=tx.call.at)


async def check(
    tx: Transaction, submission: Submission, *, status: str, alias_keys: Iterable[str] | None = None
) -> Submission:
    """Let the model check the submission, store what it finds, and return the submission as it is then.

    status: the state that it is in from now on; alias_keys: of the rows that are to be checked again, None for all.
    """
    catalogue = await catalogue_store.current(tx, tx.call.at.date())
    await _check_rows(tx, submission, catalogue, alias_keys=alias_keys)
    row_count = await row_store.count_rows(tx, submission.id)
    earlier = await same_document(tx, submission)
    tables = await twin_store.same_table(tx, submission.lab_id, submission.id)
    problems = model.check_header(submission, row_count, catalogue, earlier=earlier, tables=tables)
    said = submission.header["charge_code"]
    problems = [*problems, *await charge_store.problems(tx, submission.project_id, submission.lab_id, said=said)]
    outcome = model.outcome(row_count, problems, await row_store.count_problems(tx, submission.id))
    unresolved = await finding_store.sync(tx, submission.id, outcome.problems)
    due_at = await _due(tx, submission, status)
    await _store_check(
        tx,
        submission.id,
        status=status,
        outcome=outcome,
        versions=catalogue.versions,
        open_finding_count=unresolved,
        due_at=due_at,
    )
    return replace(
        submission,
        status=status,
        row_count=row_count,
        error_count=outcome.error_count,
        finding_count=outcome.finding_count,
        warning_count=outcome.warning_count,
        open_finding_count=unresolved,
        due_at=due_at,
        catalogue_versions=catalogue.versions,
        version=submission.version + 1,
    )


async def _check_rows(
    tx: Transaction, submission: Submission, catalogue: Catalogue, *, alias_keys: Iterable[str] | None
) -> None:
    rows = [stored.row() for stored in await row_store.load_rows(tx, submission.id, alias_keys)]
    found = checks.check_rows(rows, checks.rules(submission.header, catalogue))
    asked = twins.problems(rows, await twin_store.twins(tx, submission.lab_id, rows))
    await row_store.store_problems(tx, submission.id, twins.joined(found, asked))


async def _due(tx: Transaction, submission: Submission, status: str) -> datetime | None:
    """Return until when the submission should be decided; its clock starts when the review does."""
    if status != "under_review" or submission.status == status:
        return submission.due_at
    priority, owner = submission.header["priority"], clock_store.submission(submission.id)
    return await clock_store.start(tx, owner, clocks.REVIEW, priority=priority, service_type="")


async def _store_check(
    tx: Transaction,
    submission_id: UUID,
    *,
    status: str,
    outcome: Outcome,
    versions: Mapping[str, int],
    open_finding_count: int,
    due_at: datetime | None,
) -> None:
    await tx.execute(
        Q.store_check,
        submission_id=submission_id,
        status=status,
        row_count=outcome.row_count,
        problems=_json(outcome.problems),
        row_problems=_json(outcome.row_problems),
        error_count=outcome.error_count,
        finding_count=outcome.finding_count,
        warning_count=outcome.warning_count,
        catalogue_versions=_json(versions),
        open_finding_count=open_finding_count,
        due_at=due_at,
        at=tx.call.at,
    )


async def note_intake(tx: Transaction, submission_id: UUID, intake: str, *, note: str = "") -> None:
    """Keep how far the intake of an accepted submission is. note: why it was given up."""
    await tx.execute(Q.note_intake, submission_id=submission_id, intake=intake, note=note, at=tx.call.at)


async def proceed(tx: Transaction, submission: Submission, *, status: str, due_at: datetime | None) -> Submission:
    """Store where a submission stands after a finding was resolved, or a question asked or answered."""
    row = await tx.row(Q.proceed, submission_id=submission.id, status=status, due_at=due_at, at=tx.call.at)
    counts = dict(row) if row else {}
    return replace(submission, status=status, due_at=due_at, version=submission.version + 1, **counts)


async def decide(tx: Transaction, submission_id: UUID, *, status: str, reason: str) -> None:
    """Store the decision, who made it, and why; its clock stops."""
    await clock_store.stop(tx, clock_store.submission(submission_id))
    await tx.execute(
        Q.decide,
        submission_id=submission_id,
        status=status,
        decided_by=tx.call.by,
        reason=reason,
        at=tx.call.at,
    )
