"""Measures the API: processor time per request against the baseline, the share of pgbench, p99, and deep pages."""

import asyncio
import json
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from benchmarks import load
from benchmarks.stage import Stage, staged
from nanopore_tracking.kernel.dumps import tool
from nanopore_tracking.services.sample.samples import store

ROUNDS, LATENCY_ROUNDS, SLICE_S, CONNECTIONS = 5, 3, 2.0, 16
#: What the product must not exceed: its processor time as a share of the baseline's; page 1,000 against page 1.
SHARE_BAR, PAGE_BAR, P99_BAR_MS = 0.25, 1.3, 50.0
_say: Callable[[str], None] = print


def _makers(stage: Stage, ids: list[str]) -> dict[str, tuple[load.Make, load.Make]]:
    """Return for each operation how the product and how the baseline is asked."""

    def created(path: str, token: str) -> load.Make:
        def make(_: int) -> bytes:
            name = f"BENCH-{uuid.uuid4().hex[:12]}"
            body = {"project_id": stage.project_id, "name": name, "volume_ul": 50.0, "qubit_ng_per_ul": 41.5}
            key = f"Idempotency-Key: {uuid.uuid4()}\r\n" if token else ""
            return load.request("POST", path, token=token, body=json.dumps(body).encode(), headers=key)

        return make

    token = stage.token
    listed = load.request("GET", "/api/samples?limit=50", token=token)
    bare = load.request("GET", "/samples?limit=50")
    return {
        "list of 50": (lambda _: listed, lambda _: bare),
        "one sample": (
            lambda n: load.request("GET", f"/api/samples/{ids[n % len(ids)]}", token=token),
            lambda n: load.request("GET", f"/samples/{ids[n % len(ids)]}"),
        ),
        "create": (created("/api/samples", token), created("/samples", "")),
    }


async def _slice(served: psutil.Process, port: int, make: load.Make) -> tuple[float, float]:
    """Return µs of the process's processor time for each request, and requests per second."""
    before = served.cpu_times()
    outcome = await load.closed_loop(port, make, connections=CONNECTIONS, seconds=SLICE_S)
    after = served.cpu_times()
    if outcome.failed:
        raise SystemExit(f"{outcome.failed} requests failed, the first with {outcome.first_failure}")
    used = after.user + after.system - before.user - before.system
    return 1e6 * used / len(outcome.latencies_s), len(outcome.latencies_s) / outcome.wall_s


async def compare(stage: Stage) -> dict[str, dict[str, float]]:
    """Return for each operation the medians of interleaved rounds."""
    found = {}
    for name, (ours, theirs) in _makers(stage, await stage.ids(2000)).items():
        rounds: list[tuple[float, float, float, float]] = []
        for number in range(ROUNDS + 1):
            product = await _slice(stage.product, stage.product_port, ours)
            baseline = await _slice(stage.baseline, stage.baseline_port, theirs)
            if number:  # the first one only warms up
                rounds.append((*product, *baseline))
        mine, rate, other, other_rate = (statistics.median(column) for column in zip(*rounds, strict=True))
        share = statistics.median(one[0] / one[2] for one in rounds)
        found[name] = {
            "product_us": mine,
            "baseline_us": other,
            "share": share,
            "per_s": rate,
            "baseline_per_s": other_rate,
        }
        _say(f"{name:12} {mine:7.0f} µs  baseline {other:7.0f} µs  share {share:.3f} (bar {SHARE_BAR})  {rate:6.0f}/s")
    return found


async def pgbench(stage: Stage, rates: dict[str, float]) -> dict[str, float]:
    """Return what share of pgbench's rate on the same statements the product reaches."""
    one = (await stage.ids(1))[0]
    texts = {
        "list of 50": store.Q.samples.query((), "-updated", continued=False).text.replace("$1", "51"),
        "one sample": _filled(store.Q.show_sample, {"sample_id": f"'{one}'::uuid", "code": "''", "scope": "NULL"}),
    }
    found = {}
    for name, statement in texts.items():
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(statement)
            script.flush()
            command = [tool("pgbench"), "-n", "-M", "prepared", "-c", "16", "-T", "4", "-f", script.name]
            process = await asyncio.create_subprocess_exec(
                *command, stage.environ["SAMPLES_DB_URL"], stdout=asyncio.subprocess.PIPE
            )
            said = (await process.communicate())[0].decode()
        tps = float(next(line for line in said.splitlines() if line.startswith("tps")).split()[2])
        found[name] = rates[name] / tps
        _say(f"{name:12} {100 * found[name]:5.1f} % of pgbench -M prepared ({tps:.0f}/s)")
    return found


def _filled(query: object, values: dict[str, str]) -> str:
    text = str(query.text)  # type: ignore[attr-defined]
    for number, name in reversed(list(enumerate(query.parameters, 1))):  # type: ignore[attr-defined]
        text = text.replace(f"${number}", values[name])
    return text


async def latency(stage: Stage) -> dict[str, dict[str, float]]:
    """Return for each operation the p99 in ms at 100 requests a second: the median of rounds, and the worst of them.

    The baseline is asked in between: where both are slow in the same minute, it was the machine.
    """
    found = {}
    for name, both in _makers(stage, await stage.ids(2000)).items():
        rounds: list[list[float]] = []
        for _ in range(LATENCY_ROUNDS):
            asked = zip((stage.product_port, stage.baseline_port), both, strict=True)
            rounds.append([(await load.at_rate(*one, per_second=100, seconds=10)).quantile_ms(0.99) for one in asked])
        ours, theirs = ([one[at] for one in rounds] for at in (0, 1))
        found[name] = {
            "p99_ms": statistics.median(ours),
            "worst_p99_ms": max(ours),
            "baseline_p99_ms": statistics.median(theirs),
            "baseline_worst_p99_ms": max(theirs),
        }
        said = ", ".join(
            f"{key.removesuffix('_ms').replace('_', ' ')} {value:.1f}" for key, value in found[name].items()
        )
        _say(f"{name:12} {said} ms (bar {P99_BAR_MS:.0f})")
    return found


async def deep_pages(stage: Stage) -> dict[str, float]:
    """Return the median latency in ms of page 1 and of page 1,000 of the list of 50."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{stage.product_port}", timeout=60) as client:
        headers, after = {"Authorization": f"Bearer {stage.token}"}, None
        for _ in range(999):
            params = {"limit": "50"} | ({"after": after} if after else {})
            after = (await client.get("/api/samples", params=params, headers=headers)).raise_for_status().json()["next"]
        times: dict[str, list[float]] = {"page 1": [], "page 1,000": []}
        for _ in range(200):
            for name, params in {"page 1": {"limit": "50"}, "page 1,000": {"limit": "50", "after": str(after)}}.items():
                began = time.perf_counter()
                (await client.get("/api/samples", params=params, headers=headers)).raise_for_status()
                times[name].append(1000 * (time.perf_counter() - began))
    return {name: statistics.median(values) for name, values in times.items()}


async def measure() -> dict[str, object]:
    """Measure everything with 100,000 samples, and the deep pages with 1,000,000 too."""
    async with staged() as stage:
        await stage.fill(1, 100_000)
        _say("100,000 samples")
        compared = await compare(stage)
        share = await pgbench(stage, {name: values["per_s"] for name, values in compared.items()})
        p99 = await latency(stage)
        pages = {"100,000": await deep_pages(stage)}
        await stage.fill(100_001, 1_000_000)
        pages["1,000,000"] = await deep_pages(stage)
    times = [value for found in pages.values() for value in found.values()]
    for name, found in pages.items():
        _say(f"{name} samples: " + ", ".join(f"{page} {value:.2f} ms" for page, value in found.items()))
    _say(f"slowest page against the fastest: {max(times) / min(times):.2f} (bar {PAGE_BAR})")
    return {"compared": compared, "share_of_pgbench": share, "p99_ms": p99, "pages_ms": pages}


if __name__ == "__main__":
    result = asyncio.run(measure())
    Path("build").mkdir(exist_ok=True)
    Path("build/bench-api.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
