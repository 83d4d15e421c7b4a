"""What happens to the ai service's copy of submissions."""

from nanopore_tracking.contracts.events.sample import SubmissionEvent
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.submissions import store
from nanopore_tracking.services.ai.submissions.model import Submission


async def keep(tx: Transaction, changed: SubmissionEvent) -> None:
    """Keep a submission as the sample service announced it."""
    submission = Submission(
        id=changed.submission_id,
        code=changed.code,
        project_id=changed.project_id,
        lab_id=changed.lab_id,
        status=changed.status,
    )
    await store.keep_submission(tx, submission)
