"""Lists of samples are read from indexes, however they are filtered and sorted, on any page."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from nanopore_tracking.services.sample.samples import store
from tests.harness.engines import TestEngines
from tests.harness.laboratory import Laboratory, laboratory

MANY = 20_000
#: Samples of 50 projects and all stages, most of them delivered, as a facility has them after years.
_FILL = """INSERT INTO sample (id, code, name, alias, kind, material, organism, lab_id, project_id, service_type,
    submitted_buffer, submitted_comment, created_by, created_at, priority, assignee, stage, status, stage_entered_at,
    words, updated_at)
SELECT gen_random_uuid(), 'S25-' || lpad(n::text, 6, '0'), 'HB' || n % 500 || ' gDNA ' || n, 'HB_' || n, 'test_sample',
    'gDNA', '', $1, p.id, '', '', '', 'alice', now(), (ARRAY['normal', 'normal', 'low', 'high', 'urgent'])[1 + n % 5],
    CASE WHEN n % 100 = 1 THEN 'bob' ELSE '' END, CASE WHEN n % 50 = 0 THEN 'sample_qc' ELSE 'delivered' END,
    CASE WHEN n % 50 = 0 THEN 'queued' ELSE 'done' END, now(),
    array_to_tsvector(ARRAY['hb' || n % 500, 'gdna', n::text]),
    now() - n * interval '1 minute'
FROM generate_series(1, $2::int) n JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS k FROM project) p
    ON p.k = n % (SELECT count(*) FROM project)"""


@pytest.fixture(scope="module")
async def full(engines: TestEngines) -> AsyncIterator[Laboratory]:
    """A laboratory with many samples."""
    async with laboratory(engines) as found:
        for _ in range(49):
            await found.project()
        async with found.owner() as owner:
            await owner.execute(_FILL, found.lab_id, MANY)
            await owner.execute("VACUUM ANALYZE sample")
        yield found


async def _plan(full: Laboratory, sort: str, filters: dict[str, Any], *, after: str | None = None) -> str:
    """Return how the database reads a page of the list."""
    chosen = store.seen(None, filters)
    query = store.Q.samples.query(tuple(sorted(chosen)), sort, continued=after is not None)
    values: dict[str, Any] = {**chosen, "limit": 51}
    if after is not None:
        values["cursor_key"], values["cursor_id"] = store.Q.samples._read_cursor(after, sort)
    async with full.owner() as owner:
        rows = await owner.fetch(f"EXPLAIN {query.text}", *query.arguments(values))
    return "\n".join(row[0] for row in rows)


@pytest.mark.parametrize(
    ("sort", "index"),
    [
        ("updated", "sample_updated_sort"),
        ("code", "sample_code"),
        ("name", "sample_name_sort"),
        ("priority", "sample_urgency_sort"),
    ],
)
async def test_every_sort_order_follows_its_index_on_every_page(full: Laboratory, sort: str, index: str) -> None:
    for order in (sort, f"-{sort}"):
        after = None
        for _ in range(20):
            plan = await _plan(full, order, {}, after=after)
            assert f"using {index} on sample" in plan
            assert "Sort Key" not in plan or "Presorted Key" in plan
            page = await store.list_samples(full.db, None, filters={}, sort=order, after=after, limit=200)
            after = page.next


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({"stage": ["sample_qc"]}, "sample_stage"),
        ({"status": ["queued"]}, "sample_status"),
        ({"stage": ["sample_qc"], "status": ["queued"]}, "sample_st"),
        ({"assignee": "bob"}, "sample_assignee"),
        ({"q": "S25-000777"}, "sample_code"),
        ({"q": "hb77"}, "sample_words"),
        ({"q": "hb77 777"}, "sample_words"),
        ({"lab_id": UUID(int=7)}, "sample_lab"),
        ({"submission_id": UUID(int=7)}, "sample_of_row"),
        ({"ids": [UUID(int=7)]}, "sample_pkey"),
    ],
)
async def test_every_filter_has_an_index(full: Laboratory, filters: dict[str, Any], index: str) -> None:
    plan = await _plan(full, "-updated", filters)

    assert index in plan
    assert "Seq Scan on sample" not in plan


async def test_the_samples_of_a_project_are_read_in_their_order(full: Laboratory) -> None:
    plan = await _plan(full, "-updated", {"project_id": full.project_id})

    assert "Index Scan Backward using sample_project on sample" in plan
    assert "Sort Key" not in plan
