"""A laboratory with something on every page, and the addresses of all pages that show it."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from nanopore_tracking.runfolders import folders
from nanopore_tracking.runfolders.splitting import split
from nanopore_tracking.runfolders.summaries import Cache
from tests.harness.product import Product, checked
from tests.runfolders import made as folder_maker
from tests.runfolders import vintages
from tests.services.sample.planning import planned
from tests.services.sample.pooled import Pooling
from tests.services.sample.telling import run_told, tell, telling, tick
from tests.web.conftest import Bench

#: One row that is wrong, one that is doubtful and one that is good.
MANIFEST = "Sample Name,Volume (µL),Qubit Conc. (ng/µL),260/280\nONE,fifty,41,1.85\nTWO,50,40,1.2\nTHREE,50,40,1.8\n"
UNCLEAR = "Sample,Conc,Thing\nA,40,1\nB,41,2\n"


_PARK = """INSERT INTO dead_letter
    (source, epoch, sequence, event_id, type, subject_id, envelope, attempts, state, error)
    VALUES ('sample', 0, 1, $1, 'lab.renamed', $2, $3, 8, $4, $5) RETURNING id"""

_SAGA = """INSERT INTO saga (id, type, version, key, subject_kind, subject_id, subject_code, data, state, step,
    step_name, step_count, attempts, error, cause, step_until, deadline_at, next_at, request_id)
    VALUES ($1, 'run_start', 1, $2, 'run', $2, 'R26-000007', '{}', $3, 1, 'reserve_flow_cell', 3, 4, $4, $5,
    now() + interval '1 hour', now() + interval '1 day', now() + interval '1 hour', 'request-7')"""
_STEP = """INSERT INTO saga_step (saga_id, step, phase, name, output, attempts, owner)
    VALUES ($1, 0, 'do', 'check_barcodes', '{}', 2, 'here')"""


#: The pages that show the same address whatever is there.
_STILL = {
    "register": "/samples/new",
    "many jobs": "/samples/many/jobs",
    "scan tubes in": "/samples/many/receive",
    "reports": "/reports",
    "overview": "/overview",
    "board": "/board",
    "bench": "/bench",
    "batches": "/bench/batches",
    "libraries": "/libraries",
    "pools": "/pools",
    "submissions": "/submissions",
    "new submission": "/submissions/new",
    "audit": "/audit",
    "audit entry": "/audit/1",
    "storage": "/storage",
    "storage findings": "/storage/findings",
    "storage due": "/storage/due",
    "label layouts": "/labels/layouts",
    "label layout": "/labels/layouts/00000000-0000-7000-8000-000000000001",
    "runs": "/runs",
    "run folders": "/run-folders",
    "overrides": "/overrides",
    "protocols": "/protocols",
    "drawn by lot": "/submissions/lots",
    "decided overrides": "/overrides?done=1",
    "keys": "/keys",
    "password": "/password",
    "switch person": "/bench/people",
    "wall": "/wall",
    "not found": "/samples/S00-000000",
    "search with a proposal": "/search?q=pressing%20samples&proposed=pressing:urgent",
}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What was made: the code of a sample and of a submission, and the reading that asks for its columns."""

    sample: str
    submission: str
    reading: str
    project_id: str
    saga: str
    library: str
    pool: str
    batch: str
    run: str
    folder: str
    live: str

    def pages(self) -> dict[str, str]:
        """Return every page by a short name."""
        listed = f"/samples?project_id={self.project_id}"
        settings = ("facility", "labs", "projects", "accounts", "catalogues", "catalogues/kits")
        looked_after = ("backups", "operations", "tablets", "tokens")
        return (
            _STILL
            | {
                "samples": f"{listed}&open={self.sample}",
                "no samples": f"{listed}&q=nothing-is-called-so",
                "sample": f"/samples/{self.sample}",
                "many": f"/samples/many?code={self.sample}",
                "receive many": f"/samples/many/receive?code={self.sample}",
                "basecall many": f"/samples/many/basecalling?code={self.sample}",
                "decide about many": f"/samples/many/decision?code={self.sample}",
                "grid": f"/samples/edit?code={self.sample}",
                "batch": f"/bench/batches/{self.batch}",
                "batch sheet": f"/bench/batches/{self.batch}/sheet",
                "library": f"/libraries/{self.library}",
                "many libraries": f"/libraries/many?code={self.library}",
                "measure libraries": f"/libraries/measure?code={self.library}",
                "plan libraries": f"/libraries/batch?code={self.sample}",
                "live run": f"/runs/{self.live}",
                "wall of a run": f"/wall/{self.live}",
                "pool": f"/pools/{self.pool}?target_fmol=30&target_volume_ul=20",
                "run": f"/runs/{self.run}",
                "run folder": f"/run-folders/{self.folder}",
                "submission": f"/submissions/{self.submission}?row=1",
                "reading": f"/submissions/reading/{self.reading}",
                "labels": f"/labels?code={self.sample}",
                "search": f"/search?q={self.sample[:5]}",
                "search in words": "/search?q=urgent%20purple%20samples%20since%20last%20week",
                "narrowed samples": f"{listed}&substance=DNA&created=2026-01-01..",
                "narrowed runs": "/runs?device=MinION&low_yield=true",
                "saga": f"/settings/operations/sagas/config/{self.saga}",
                "columns": f"{listed}&choose=columns",
                "views": f"{listed}&stage=received&choose=views",
            }
            | {f"settings {name}": f"/settings/{name}" for name in (*settings, *looked_after)}
        )


async def laid_out(product: Product, bench: Bench) -> Scene:
    """Make the laboratory through the API."""
    client, project = bench.client, bench.project["id"]
    made = await bench.register("SCENE-1", qubit_ng_per_ul=41.2, a260_a280=1.6, priority="urgent")
    await asyncio.gather(*(bench.register(f"SCENE-{n}") for n in range(2, 5)))
    checked(await client.post(f"/api/samples/{made['code']}/custody", json={"kind": "received", "condition": "intact"}))
    measured = {"quantity": "concentration", "method": "qubit_br", "value": 40.5, "unit": "ng_per_ul"}
    checked(await client.post(f"/api/samples/{made['code']}/measurements", json=measured))
    read = await _send(client, project, "manifest.csv", MANIFEST)
    asking = await _send(client, project, "unclear.csv", UNCLEAR)

    async def submitted() -> Any:
        found = checked(await client.get("/api/submissions", params={"extraction_id": read}))["items"]
        return found[0]["code"] if found and found[0]["status"] == "under_review" else None

    async def asked() -> bool:
        return bool(checked(await client.get(f"/api/extractions/{asking}"))["state"] == "needs_columns")

    await park(product, "ai")
    saga = await hold(product, "config", state="stuck")
    code = await product.eventually(submitted)
    await product.eventually(asked)
    library, pool = await _chain(client, bench)
    run, folder = await _read_run(product, project)
    return Scene(
        sample=made["code"],
        submission=code,
        reading=asking,
        project_id=project,
        saga=saga,
        library=library,
        pool=pool,
        batch=await _batch(client, made["code"], bench),
        run=run,
        folder=folder,
        live=await _sequencing(product, bench, pool),
    )


async def _sequencing(product: Product, bench: Bench, pool: str) -> str:
    """Let an instrument tell half a day of a run of the pool, and return the run's code."""
    run = await planned(Pooling(bench.project["id"], bench.client), {"code": pool})
    ticks = [tick(minute, {"barcode26": 0.9, "unclassified": 0.1}) for minute in range(0, 721, 5)]
    told = run_told(run, ticks, scans=[{"minute": 90, "pores": 1204}], n50_bases=4100)
    await tell(await product.client("instrument"), telling(run["position"], told))
    return str(run["code"])


async def _batch(client: Any, code: str, bench: Bench) -> str:
    """Put the sample and another one on a plate, and return the code of the batch."""
    other = await bench.register("SCENE-PLATE")
    asked = {
        "name": "Tuesday",
        "task": "measure",
        "quantity": "concentration",
        "method": "qubit_br",
        "positions": [{"sample": code, "position": "C4"}, {"sample": other["code"]}],
    }
    return str(checked(await client.post("/api/batches", json=asked))["code"])


async def _chain(client: Any, bench: Bench) -> tuple[str, str]:
    """Make a measured library and a pool with it, and return their codes."""
    made = await bench.register("SCENE-LIB")
    for to in ("received", "sample_qc", "library_prep"):
        seen = {"If-Match": f'"v{made["version"]}"'}
        body = {"to": to, "reason": "A scene.", "override": True}
        made = checked(await client.post(f"/api/samples/{made['code']}/transitions", json=body, headers=seen))
    asked = {
        "sources": [{"sample": made["code"]}],
        "kit": "SQK-RBK114-96",
        "kit_lot": "L1",
        "lot_expires_on": "2099-12-31",
        "protocol_version": "RBK_9176 revS",
        "input_ng": 200,
        "barcodes": [{"barcode": "barcode26"}],
        "prepared": True,
    }
    library = checked(await client.post("/api/libraries", json=asked))["code"]
    for quantity, value, unit, method in (
        ("concentration", 10.0, "ng_per_ul", "qubit_hs"),
        ("volume", 20.0, "ul", "pipette"),
        ("fragment_mean_bp", 5000.0, "bp", "tapestation"),
    ):
        measured = {"quantity": quantity, "value": value, "unit": unit, "method": method}
        checked(await client.post(f"/api/libraries/{library}/measurements", json=measured))
    pool = checked(await client.post("/api/pools", json={"name": "Thermophiles", "components": [{"library": library}]}))
    return library, pool["code"]


async def _read_run(product: Product, project_id: str) -> tuple[str, str]:
    """Plan a run of two samples and let its folder be read; return its code and the id of what was read."""
    made = Pooling(project_id, await product.client("facility_manager"))
    run = await planned(made, await made.pooled(1, 2))
    ids = {"protocol_group_id": run["experiment_id"], "sample_id": run["sample_id"], "flow_cell_id": run["flow_cell"]}
    said = ids | {"position": run["position"], "protocol_run_id": str(uuid4())}
    with tempfile.TemporaryDirectory() as kept:
        folder = folder_maker.folder(Path(kept), vintages.draw(800), **said)
        (reading,) = split(folders.read(folder, Cache(Path(kept) / "cache")))
    body = {"reader": "bench", "reading": msgspec.to_builtins(reading)}
    found = checked(await made.manager.post("/api/runs/acquisitions", json=body))
    return str(run["code"]), str(found["id"])


async def park(product: Product, service: str, *, state: str = "dead", error: str = "ValueError: no such kit") -> int:
    """Put an event into a service's database as one that it could not handle, and return its number there."""
    async with product.db(service) as db:
        return int(await db.fetchval(_PARK, uuid4(), str(uuid4()), '{"name": "Okafor Lab"}', state, error))


async def hold(product: Product, service: str, *, state: str, error: str = "Unavailable: MinKNOW is away") -> str:
    """Put a saga into the database of a service that does not know it, so that it stays as it is; return its id."""
    saga_id = uuid4()
    cause = "" if state in ("running", "waiting") else "The flow cell was taken by another run."
    async with product.db(service) as db:
        await db.execute(_SAGA, saga_id, str(saga_id), state, error, cause)
        await db.execute(_STEP, saga_id)
    return str(saga_id)


async def _send(client: Any, project: str, name: str, text: str) -> str:
    """Upload a manifest and return the id of its reading."""
    asked = {"filename": name, "project_id": project}
    answer = await client.post(
        "/api/documents", params=asked, content=text.encode(), headers={"Content-Type": "text/csv"}
    )
    return str(checked(answer)["extraction_id"])
