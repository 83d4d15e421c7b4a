"""The ai service's own copy of submissions in the database."""

from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.submissions.model import Submission

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def keep_submission(tx: Transaction, submission: Submission) -> None:
    """Keep a submission as it is now."""
    await tx.execute(
        Q.keep_submission,
        submission_id=submission.id,
        code=submission.code,
        project_id=submission.project_id,
        lab_id=submission.lab_id,
        status=submission.status,
    )


async def find_submission(db: Reads, submission_id: UUID, scope: list[UUID] | None) -> Submission | None:
    """Return a submission, None where there is none in the scope."""
    row = await db.row(Q.find_submission, submission_id=submission_id, scope=scope)
    return Submission(**row) if row else None
