"""Lists of samples are read from indexes, however they are filtered and sorted, on any page."""

import re
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from nanopore_tracking.services.sample.samples import store
from nanopore_tracking.services.sample.search import model as search
from nanopore_tracking.services.sample.search import store as searches
from tests.harness.engines import TestEngines
from tests.harness.laboratory import Laboratory, laboratory

MANY = 20_000
#: Samples of 50 projects and all stages, most of them delivered, as a facility has them after years.
_FILL = """INSERT INTO sample (id, code, name, alias, kind, material, organism, lab_id, project_id, service_type,
    submitted_buffer, submitted_comment, created_by, created_at, priority, assignee, stage, status, stage_entered_at,
    words, updated_at,
    priority_reason)
SELECT gen_random_uuid(), 'S25-' || lpad(n::text, 6, '0'), 'HB' || n % 500 || ' gDNA ' || n, 'HB_' || n, 'test_sample',
    'gDNA', '', $1, p.id, '', '', '', 'alice', now(), (ARRAY['normal', 'normal', 'low', 'high', 'urgent'])[1 + n % 5],
    CASE WHEN n % 100 = 1 THEN 'bob' ELSE '' END, CASE WHEN n % 50 = 0 THEN 'sample_qc' ELSE 'delivered' END,
    CASE WHEN n % 50 = 0 THEN 'queued' ELSE 'done' END, now(),
    array_to_tsvector(ARRAY['hb' || n % 500, 'gdna', n::text]),
    now() - n * interval '1 minute', 'As agreed.'
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
        ("due", "sample_queue"),
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
        ({"rna": True}, "sample_rna"),
        ({"service_type": "ont-rna"}, "sample_service"),
        ({"created": [datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 2, 1, tzinfo=UTC)]}, "sample_created"),
    ],
)
async def test_every_filter_has_an_index(full: Laboratory, filters: dict[str, Any], index: str) -> None:
    plan = await _plan(full, "-updated", filters)

    assert index in plan
    assert "Seq Scan on sample" not in plan


@pytest.mark.parametrize(("word", "common"), [("gdna", True), ("HB77", False), ("S25-000123", False)])
@pytest.mark.parametrize("sort", ["-updated", "name"])
async def test_a_list_of_those_that_have_a_rare_word_is_looked_up_by_it(
    full: Laboratory, word: str, common: bool, sort: str
) -> None:
    """What is found is the same either way; only what is common is looked for in the order of the list."""
    found = await store.list_samples(full.db, None, filters={"q": word}, sort=sort, limit=50)
    chosen = store.seen(None, {"q": word})
    walked = await store.Q.samples.page(full.db, filters=chosen, sort=sort, limit=50)

    assert found.items
    assert (found.items, found.next) == (walked.items, walked.next)
    ids = await full.db.value(store.Q.rare, q=chosen["q"])
    assert (ids is None) == common
    if not common:
        assert {item["id"] for item in map(msgspec.json.decode, found.items)} <= set(map(str, ids))
        plan = await _plan(full, sort, {"q": word, "ids": ids})
        assert "sample_pkey" in plan or "sample_words" in plan
        assert "_sort on sample" not in plan
    if found.next is not None:
        after = {"sort": sort, "limit": 50, "after": found.next}
        more = await store.list_samples(full.db, None, filters={"q": word}, **after)
        assert more == await store.Q.samples.page(full.db, filters=chosen, **after)


async def test_the_samples_of_a_project_are_read_in_their_order(full: Laboratory) -> None:
    plan = await _plan(full, "-updated", {"project_id": full.project_id})

    assert "Index Scan Backward using sample_project on sample" in plan
    assert "Sort Key" not in plan


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gdna", [f"S25-{n:06d}" for n in range(1, 12)]),
        ("19999", ["S25-019999"]),
        ("hb499", [f"S25-{499 + 500 * n:06d}" for n in range(11)]),
        ("of-no-sample", []),
    ],
)
async def test_a_search_for_a_word_finds_the_latest_and_never_reads_the_table_from_its_end(
    full: Laboratory, text: str, found: list[str]
) -> None:
    """A word that all have, that one has, which is the oldest but one, that some have here and there, that none has."""
    statement = searches.Q.in_samples
    values: dict[str, Any] = {**asdict(search.wanted(text)), "scope": None, "most": 11}
    arguments = statement.arguments({name: values[name] for name in statement.parameters})
    async with full.owner() as owner:
        rows = await owner.fetch(statement.text, *arguments)
        # Of a million samples the planner rather reads all in their order than sort what a word may have.
        await owner.execute("SET enable_sort = off")
        plan = await owner.fetch(f"EXPLAIN ANALYZE {statement.text}", *arguments)
        await owner.execute("RESET enable_sort")

    assert [row["code"] for row in rows] == found
    removed = [re.search(r"Rows Removed by Filter: (\d+)", row[0]) for row in plan]
    assert sum(int(each[1]) for each in removed if each) <= 2000
