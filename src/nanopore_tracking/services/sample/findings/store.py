"""Findings in the database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.findings.model import UNRESOLVED, Finding

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
MISSING = "There is no such finding of this submission. Nothing was changed."


async def list_findings(db: Reads, scope: Scope, submission_id: UUID, **asked: Any) -> Page:
    """Return one page of findings; asked: filters, sort, after, limit."""
    found: Page = await Q.findings.page(db, scope=scope, submission_id=submission_id, **asked)
    return found


async def show_finding(db: Reads, finding_id: UUID) -> tuple[str, int]:
    """Return a finding as JSON text and its version."""
    row = await db.row(Q.show_finding, finding_id=finding_id)
    if row is None:
        raise errors.NotFound(MISSING)
    return row["item"], row["version"]


async def sync(tx: Transaction, submission_id: UUID, problems: Sequence[Any]) -> int:
    """Store the findings as the check left them, problems: of the header; return how many are not resolved."""
    said = msgspec.json.encode(problems).decode()
    await tx.execute(Q.sync_findings, submission_id=submission_id, problems=said)
    return await count_unresolved(tx, submission_id)


async def count_unresolved(db: Reads, submission_id: UUID) -> int:
    """Return how many findings stand in the way of an acceptance."""
    return int(await db.value(Q.count_unresolved, submission_id=submission_id))


async def lock_finding(tx: Transaction, submission_id: UUID, finding_id: UUID) -> Finding:
    """Return one finding of a submission, locked; NotFound."""
    return (await lock_findings(tx, submission_id, [finding_id]))[0]


async def lock_findings(tx: Transaction, submission_id: UUID, ids: Sequence[UUID]) -> list[Finding]:
    """Return the named findings of a submission, locked; NotFound where one is not there."""
    rows = await tx.rows(Q.lock_findings, submission_id=submission_id, ids=list(ids), states=[])
    if len(rows) != len(set(ids)):
        raise errors.NotFound(MISSING)
    return [Finding(**row) for row in rows]


async def unresolved(tx: Transaction, submission_id: UUID) -> list[Finding]:
    """Return the findings that stand in the way of an acceptance, locked."""
    rows = await tx.rows(Q.lock_findings, submission_id=submission_id, ids=[], states=list(UNRESOLVED))
    return [Finding(**row) for row in rows]


async def settle(
    tx: Transaction, findings: Sequence[Finding], *, way: str, reason: str, by: str, message_id: UUID | None = None
) -> None:
    """Store how findings were resolved, by whom and why; way: `accepted`, `asked` or `answered`."""
    if findings:
        await tx.execute(
            Q.settle_findings,
            ids=[finding.id for finding in findings],
            way=way,
            reason=reason,
            message_id=message_id,
            done_by=by,
            at=tx.call.at,
        )


async def reason_of(db: Reads, submission_id: UUID, code: str) -> str:
    """Return why a finding was accepted; blank where it was not."""
    return str(await db.value(Q.reason_of, submission_id=submission_id, code=code) or "")
