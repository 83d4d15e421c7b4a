"""The kill drill: writers work through the API while services and engines are killed; then everything is counted.

Run as a program it prints one line of JSON and ends with 1 when anything is lost, doubled or wrong. FAULTS_SEED repeats
the kills and the writers' choices of a run (not its timing); FAULTS_SECONDS says how long there is writing and killing;
FAULTS_KEEP keeps the logs of a run in which all was well, too.
"""

import asyncio
import contextlib
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from nanopore_tracking.kernel.telemetry import logs
from tests.faults import found, ledger, verdict
from tests.faults.api import Api
from tests.faults.killer import Killer, plan
from tests.faults.ledger import Ledger
from tests.faults.site import PASSWORD, Site, open_site
from tests.faults.writers import Bench, Writer

_SECONDS = 60.0
_WRITERS = 8
#: Where logs and ledger of a run that failed are kept.
_KEPT = Path("build/faults")


@dataclass(frozen=True)
class Report:
    """What a run came to. line: its numbers; wrong: sentences, none when all is well."""

    line: dict[str, Any]
    wrong: list[str]


async def run(seed: int, seconds: float, *, kills: int | None = None) -> Report:
    """Run a drill in a folder of its own, which is gone afterwards. kills: how many; one in 2.4 s if None."""
    with _folder(seed) as path:
        async with open_site(path, random.Random(f"rest {seed}")) as site, _api(site) as api:
            bench = Bench(api, Ledger(path / "ledger.jsonl"), await _project(api, seed), seed)
            killer = Killer(site, random.Random(f"victims {seed}"))
            began = time.monotonic()
            await _write_and_kill(bench, killer, seed=seed, seconds=seconds, kills=kills)
            wrote_s = time.monotonic() - began
            ready_s = await site.ready()
            drain_s, left = await found.drained(site)
            report = await _report(site, bench)
        line = {
            "seed": seed,
            "seconds": round(wrote_s, 1),
            "kills": {"all": killer.done.total(), **killer.done},
            **report.line,
            "leaders": _leaders(site.logs),
            "ready_s": round(ready_s, 1),
            "drain_s": round(ready_s + drain_s, 1),
        }
        wrong = [*left, *report.wrong, *_ends(site)]
        if wrong or os.environ.get("FAULTS_KEEP"):
            _keep(path, site.logs, seed)
        return Report(line, wrong)


async def _write_and_kill(bench: Bench, killer: Killer, *, seed: int, seconds: float, kills: int | None) -> None:
    """Let the writers write for the time, and longer if kills are left, and bring to an end what they began."""
    bench.heard()
    bench.api.hurry = random.Random(f"hurry {seed}")
    writers = [asyncio.create_task(Writer(bench, number).work()) for number in range(_WRITERS)]
    try:
        await asyncio.gather(asyncio.sleep(seconds), killer.work(plan(seed, seconds, most=kills)))
        bench.stopping = True
        await asyncio.gather(*writers)
    finally:
        for writer in writers:
            writer.cancel()
        bench.api.hurry = None
        await asyncio.gather(*writers, return_exceptions=True)
        bench.ledger.close()


async def _report(site: Site, bench: Bench) -> Report:
    api, lines = bench.api, ledger.read(bench.ledger.path)
    claims = verdict.Claims(lines)
    counts, away = api.counts.copy(), dict(api.away)
    await api.sign_in("admin", PASSWORD)
    there = await found.look(site, api, bench.project_id)
    judged = verdict.judge(lines, there)
    exits = [f"{one.service} {one.number} ended by itself with {code}" for one in site.replicas for code in one.exits]
    line = {
        "asked": len(claims.asked),
        "acknowledged": len(claims.acknowledged),
        "by_kind": dict(Counter(line.kind for line in claims.acknowledged.values())),
        "refused": len(claims.refused),
        "in_doubt": len(claims.doubtful),
        "retried": counts["retried"],
        "replayed": counts["replayed"],
        "away": away,
        "lost": judged.lost,
        "doubled": judged.doubled,
        "faulty_answers": len(api.faults),
        "audit_entries": len(there.entries),
        "announced": {source: numbering.announced for source, numbering in there.numbering.items()},
        "longest_silence_s": round(bench.silence_s, 1),
    }
    return Report(line, [*judged.told(), *bench.strange, *api.faults, *exits])


def _ends(site: Site) -> list[str]:
    return [f"a service that was stopped ended with {code}" for code in site.exits if code != 0]


def _leaders(folder: Path) -> dict[str, int]:
    """Return how often a replica began to lead, by service and what for."""
    told: Counter[str] = Counter()
    for file in sorted(folder.glob("*-?.log")):
        for text in file.read_text(errors="replace").splitlines():
            with contextlib.suppress(msgspec.DecodeError):
                line = msgspec.json.decode(text)
                if isinstance(line, dict) and line.get("event") == "leading":
                    told[f"{line['service']} {line['seat']}"] += 1
    return dict(told)


async def _project(api: Api, seed: int) -> str:
    """Return the id of a project of a lab, both new."""
    await api.sign_in("admin", PASSWORD)
    asked = {"name": f"Lab of the drill {seed}", "pi_name": "Dr Okafor"}
    lab = await api.ask("sample", "POST", "/api/labs", json=asked, headers={"Idempotency-Key": f"lab-{seed}"})
    asked = {"lab_id": lab.raise_for_status().json()["id"], "title": f"Drill {seed}"}
    made = await api.ask("sample", "POST", "/api/projects", json=asked, headers={"Idempotency-Key": f"project-{seed}"})
    return str(made.raise_for_status().json()["id"])


@contextlib.asynccontextmanager
async def _api(site: Site) -> AsyncIterator[Api]:
    api = Api(site.addresses)
    try:
        yield api
    finally:
        await api.close()


@contextlib.contextmanager
def _folder(seed: int) -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="nanopore-faults-"))
    path.chmod(0o711)
    try:
        yield path
    except BaseException:
        _keep(path, path / "data" / "logs", seed)
        raise
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _keep(path: Path, logs: Path, seed: int) -> None:
    """Keep logs and ledger of a run for whoever wants to know what happened."""
    kept = _KEPT / str(seed)
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(logs, kept)
    with contextlib.suppress(FileNotFoundError):
        shutil.copy2(path / "ledger.jsonl", kept)
    sys.stderr.write(f"The logs of this run are in {kept.resolve()}.\n")


def main() -> None:
    """Run one drill as the environment says."""
    seed = int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(1_000_000))
    seconds = float(os.environ.get("FAULTS_SECONDS") or _SECONDS)
    logs.configure("warning", stream=sys.stderr)
    sys.stderr.write(f"FAULTS_SEED={seed} FAULTS_SECONDS={seconds:g}\n")
    report = uvloop.run(run(seed, seconds))
    sys.stdout.write(msgspec.json.encode(report.line).decode() + "\n")
    for sentence in report.wrong:
        sys.stderr.write(f"{sentence}\n")
    sys.exit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
