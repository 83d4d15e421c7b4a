"""A past of delivered samples, so that something can be said of those that are on their way."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from nanopore_tracking.services.sample.outlooks import jobs
from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, row, said, seen

#: A service that no other test has samples of: queues are those of a service.
SERVICE = "ont-amplicon"
_SAMPLES = """INSERT INTO sample (id, code, name, alias, kind, material, organism, lab_id, project_id, service_type,
    submitted_buffer, submitted_comment, created_by, created_at, priority, assignee, stage, status, stage_entered_at,
    words, updated_at, priority_reason)
SELECT gen_random_uuid(),
    $4 || lpad(n::text, 6, '0'), 'PAST ' || n, 'PAST_' || n, 'test_sample', 'gDNA', '', $1, $2,
    $3, '', '', 'alice', now(), 'normal', '', 'delivered', 'done', now(), array_to_tsvector(ARRAY['past']), now(), ''
FROM generate_series(1, 80) n"""
#: Each came to receipt eight hours after the one before, and was delivered 20 to 98 hours and a half later, as if by
#: chance; no two things happen at once, so that queues do not depend on the order of ids.
_MOVES = """INSERT INTO stage_change (id, sample_id, before_stage, before_status, stage, status, direction, reason,
    missing, figures, catalogue_versions, changed_by, changed_at)
SELECT gen_random_uuid(), s.id, m.before, 'queued', m.stage, 'queued', 'on', '', '{}', '{}', '{}', 'alice',
    $1::timestamptz + n * interval '8 hours' + m.after * (20.5 + n * 29 % 79) * interval '1 hour'
FROM generate_series(1, 80) n JOIN sample s ON s.code = $2 || lpad(n::text, 6, '0')
    CROSS JOIN (VALUES ('expected', 'received', 0), ('data_delivery', 'delivered', 1)) AS m(before, stage, after)"""


async def past(product: Product, desk: Desk, *, service: str = SERVICE, year: int = 24) -> None:
    """Make eighty delivered samples of a service, and look at them. year: of their codes, of each past its own."""
    async with product.db("sample") as db:
        await db.execute(_SAMPLES, UUID(desk.lab_id), UUID(desk.project_id), service, f"S{year}-")
        await db.execute(_MOVES, datetime.now(UTC) - timedelta(days=60), f"S{year}-")
    await jobs.count(product.runtimes["sample"])


async def received(client: Any, submission: Any) -> Any:
    """Receive the first sample of a submission and return it at its stage."""
    sample = checked(await client.get("/api/samples", params={"submission_id": submission["id"]}))["items"][0]
    path = f"/api/samples/{sample['code']}/custody"
    checked(await client.post(path, json={"kind": "received", "condition": "intact"}))
    now = checked(await client.get(f"/api/samples/{sample['code']}"))
    moved = {"to": "received", "reason": "A test of dates.", "override": True}
    return checked(await client.post(f"/api/samples/{now['code']}/transitions", json=moved, headers=seen(now)))


async def accepted(desk: Desk, *, service: str = SERVICE) -> Any:
    """Return an accepted submission of one sample of a service."""
    submission = await desk.under_review(row(said("Ahead")), service_type=service)
    path = f"/api/submissions/{submission['id']}/acceptance"
    checked(await desk.staff.post(path, json={"reason": "It is new."}, headers=seen(submission)))
    return submission
