"""Measures a laboratory of 1,000,000 samples.

The list, the search, the board, what needs attention, the map of a box, and the move of 1,000 samples as one job.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx

from benchmarks.stage import Stage, staged

SAMPLES, MOVED, ROUNDS, TRIES = 1_000_000, 1000, 5, 15
#: What must hold on a quiet machine: medians, in ms and in s.
LIST_BAR_MS, SEARCH_BAR_MS, BOARD_BAR_MS, ATTENTION_BAR_MS, BOX_BAR_MS = 80.0, 100.0, 80.0, 100.0, 150.0
MOVE_BAR_S = 2.0
#: The grids of the boxes that are looked at, each full: rows and columns.
BOXES = ((8, 12), (12, 12))
_say: Callable[[str], None] = print
_RECEIVED = """
    WITH tube AS (
        INSERT INTO container (id, barcode, kind, subject_kind, subject_code, sample_id, lab_id, status, event_count,
            created_at, updated_at)
        SELECT gen_random_uuid(), s.code, 'tube', 'sample', s.code, s.id, s.lab_id, 'present', 1, now(), now()
        FROM sample s ORDER BY s.code LIMIT $1
        RETURNING id, sample_id
    ), told AS (
        SELECT json_populate_record(NULL::custody_event, json_build_object('id', gen_random_uuid(),
            'container_id', t.id, 'sample_id', t.sample_id, 'sequence', 1, 'kind', 'received', 'location', '',
            'place', '', 'condition', 'intact', 'person', 'filling', 'witness', '', 'shipping_ref', '', 'note', '',
            'happened_at', now(), 'recorded_at', now(), 'prev_hash', '', 'hash', '')) AS event
        FROM tube t
    )
    INSERT INTO custody_event
    SELECT (json_populate_record(n.event, json_build_object('hash', custody_digest(n.event)))).* FROM told n
"""
_NOTED = "UPDATE sample SET comment = 'viscous, see note ' || code WHERE right(code, 3) = '007'"
#: What needs attention of so many samples: one in 200 is late, one in 2,000 on hold for days, one in 2,000 failed.
_TROUBLE = (
    """UPDATE sample SET status = 'active', due_at = now() - interval '1 hour'
    WHERE right(code, 7)::bigint % 200 = 3 AND code > 'S01-0010000'""",
    """UPDATE sample SET due_at = now() + interval '9 days'
    WHERE right(code, 7)::bigint % 20 = 4 AND code > 'S01-0010000'""",
    """WITH held AS (
        UPDATE sample SET status = 'on_hold', resumes_as = 'active', status_reason = 'A question is open.'
        WHERE right(code, 7)::bigint % 2000 = 5 AND code > 'S01-0010000' RETURNING id, stage
    )
    INSERT INTO stage_change (id, sample_id, before_stage, before_status, stage, status, direction, reason, missing,
        figures, catalogue_versions, changed_by, changed_at)
    SELECT gen_random_uuid(), h.id, h.stage, 'active', h.stage, 'on_hold', 'hold', 'A question is open.', '{}', '{}',
        '{}', 'filling', now() - interval '5 days' - random() * interval '1 hour' FROM held h""",
    """WITH lost AS (
        UPDATE sample SET status = 'failed', exit = 'failed', status_reason = 'Nothing was in it.'
        WHERE right(code, 7)::bigint % 2000 = 7 AND code > 'S01-0010000' RETURNING id, stage, updated_at
    )
    INSERT INTO stage_change (id, sample_id, before_stage, before_status, stage, status, direction, reason, missing,
        figures, catalogue_versions, changed_by, changed_at)
    SELECT gen_random_uuid(), l.id, l.stage, 'active', l.stage, 'failed', 'out', 'Nothing was in it.', '{}', '{}',
        '{}', 'filling', l.updated_at FROM lost l""",
)
_STORED = """
    UPDATE container SET location_id = $1, row_number = n.place / $3 + 1, column_number = n.place % $3 + 1
    FROM (SELECT t.id, row_number() OVER (ORDER BY t.id)::integer - 1 AS place FROM container t
        WHERE t.location_id IS NULL LIMIT $2) n
    WHERE container.id = n.id
"""
#: What is searched: what people call it, and the text.
SEARCHES = {
    "a code": "S01-0777777",
    "the beginning of a code": "S01-07777",
    "a rare word": "777777",
    "a word that all have": "mar",
    "both": "mar 777777",
    "words of notes": "viscous 0777007",
    "nothing": "nothing-is-called-so",
}


async def _median_ms(ask: Callable[[], Awaitable[httpx.Response]]) -> float:
    """Return the median time of an answer; the first one is not counted."""
    times = []
    for n in range(TRIES + 1):
        began = time.perf_counter()
        (await ask()).raise_for_status()
        if n:
            times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


async def _job(client: httpx.AsyncClient, ids: list[str]) -> float:
    """Move samples as one job and return the seconds until its end is known."""
    asked = {"selection": {"ids": ids}, "operation": {"kind": "move", "to": "received"}}
    began = time.perf_counter()
    job = (await client.post("/api/samples/bulk", json=asked)).raise_for_status().json()
    while job["state"] != "done":
        await asyncio.sleep(0.02)
        job = (await client.get(f"/api/samples/bulk/{job['id']}")).raise_for_status().json()
    took_s = time.perf_counter() - began
    if job["changed"] != len(ids):
        raise SystemExit(f"{job['changed']} of {len(ids)} samples were moved")
    return took_s


async def _singly(client: httpx.AsyncClient, ids: list[str]) -> float:
    """Move samples one by one and return the seconds."""
    began = time.perf_counter()
    for sample_id in ids:
        path = f"/api/samples/{sample_id}/transitions"
        (await client.post(path, json={"to": "received"}, headers={"If-Match": '"v1"'})).raise_for_status()
    return time.perf_counter() - began


async def _in_order(stage: Stage) -> bool:
    """Tell whether the changes of each group stand one after the other, with one transaction for each group."""
    connection = await asyncpg.connect(stage.owner_url)
    rows = await connection.fetch(
        "SELECT changed_at, count(*) AS many FROM stage_change GROUP BY changed_at HAVING count(*) > 1"
    )
    await connection.close()
    return len(rows) == ROUNDS * MOVED // 100 and {row["many"] for row in rows} == {100}


async def _boxes(stage: Stage, client: httpx.AsyncClient) -> list[tuple[str, str]]:
    """Fill boxes of a freezer, and return what each is called and its address."""

    async def place(kind: str, code: str, **said: Any) -> str:
        asked = {"kind": kind, "code": code, **said}
        return str((await client.post("/api/storage/locations", json=asked)).raise_for_status().json()["id"])

    room = await place("room", "Measured room")
    freezer = await place("freezer", "F1", parent_id=room)
    connection, found = await asyncpg.connect(stage.owner_url), []
    for rows, columns in BOXES:
        many = rows * columns
        box = await place("box", f"B{many}", parent_id=freezer, grid_rows=rows, grid_columns=columns)
        await connection.execute(_STORED, box, many, columns)
        path = f"/api/storage/locations/{box}/map"
        cells = (await client.get(path)).raise_for_status().json()["cells"]
        if len(cells) != many:
            raise SystemExit(f"{len(cells)} of {many} positions are filled")
        found.append((f"a box of {many}", path))
    await connection.close()
    return found


async def _moves(stage: Stage, client: httpx.AsyncClient) -> bool:
    ids = await stage.ids(ROUNDS * MOVED + 100)
    jobs = [await _job(client, ids[n * MOVED : (n + 1) * MOVED]) for n in range(ROUNDS)]
    alone_s = 10 * await _singly(client, ids[-100:])
    median = statistics.median(jobs)
    spread = f"{min(jobs):.2f} to {max(jobs):.2f}"
    _say(
        f"move of {MOVED:,} samples as one job: median {median:.2f} s of {ROUNDS} ({spread}), at most {MOVE_BAR_S:.0f}"
    )
    _say(f"the same one by one: {alone_s:.1f} s, {alone_s / median:.0f} times as long")
    _say(f"one transaction for each hundred: {'yes' if await _in_order(stage) else 'NO'}")
    return median < MOVE_BAR_S


async def _reads(client: httpx.AsyncClient, boxes: list[tuple[str, str]]) -> bool:
    asked: dict[str, tuple[str, dict[str, Any], float]] = {
        "list of 50": ("/api/samples", {"limit": 50}, LIST_BAR_MS),
        "list of a stage": ("/api/samples", {"stage": "expected", "limit": 50}, LIST_BAR_MS),
        "board": ("/api/samples/board", {}, BOARD_BAR_MS),
        "what needs attention": ("/api/samples/attention", {"limit": 50}, ATTENTION_BAR_MS),
    }
    asked |= {what: (path, {}, BOX_BAR_MS) for what, path in boxes}
    asked |= {
        f"search for {what}": ("/api/samples/search", {"q": text}, SEARCH_BAR_MS) for what, text in SEARCHES.items()
    }
    good = True
    for what, (path, params, bar_ms) in asked.items():
        median = await _median_ms(lambda path=path, params=params: client.get(path, params=params))  # type: ignore[misc]
        good = good and median < bar_ms
        _say(
            f"{what}: median {median:.1f} ms, at most {bar_ms:.0f} are allowed{'' if median < bar_ms else ': TOO SLOW'}"
        )
    return good


async def main(samples: int) -> bool:
    """Measure and print; False where something takes longer than it may."""
    async with staged() as stage:
        began = time.perf_counter()
        for first in range(1, samples + 1, 100_000):
            await stage.fill(first, min(samples, first + 99_999))
        connection = await asyncpg.connect(stage.owner_url)
        await connection.execute(_RECEIVED, ROUNDS * MOVED + 100)
        await connection.execute(_NOTED, timeout=900)
        for sentence in _TROUBLE:
            await connection.execute(sentence, timeout=900)
        await connection.execute("VACUUM ANALYZE sample", timeout=900)
        await connection.close()
        _say(f"{samples:,} samples, filled in {time.perf_counter() - began:.0f} s")
        headers = {"Authorization": f"Bearer {stage.token}"}
        url = f"http://127.0.0.1:{stage.product_port}"
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as client:
            reads = await _reads(client, await _boxes(stage, client))
            return await _moves(stage, client) and reads


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)) else 1)
