"""Measures a laboratory of 1,000,000 samples: list, search, board, and the move of 1,000 samples as one job."""

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
LIST_BAR_MS, SEARCH_BAR_MS, BOARD_BAR_MS, MOVE_BAR_S = 80.0, 100.0, 80.0, 2.0
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


async def _reads(client: httpx.AsyncClient) -> bool:
    asked: dict[str, tuple[str, dict[str, Any], float]] = {
        "list of 50": ("/api/samples", {"limit": 50}, LIST_BAR_MS),
        "list of a stage": ("/api/samples", {"stage": "expected", "limit": 50}, LIST_BAR_MS),
        "board": ("/api/samples/board", {}, BOARD_BAR_MS),
    }
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
        await connection.execute("VACUUM ANALYZE sample", timeout=900)
        await connection.close()
        _say(f"{samples:,} samples, filled in {time.perf_counter() - began:.0f} s")
        headers = {"Authorization": f"Bearer {stage.token}"}
        url = f"http://127.0.0.1:{stage.product_port}"
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as client:
            reads = await _reads(client)
            return await _moves(stage, client) and reads


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)) else 1)
