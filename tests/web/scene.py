"""A laboratory with something on every page, and the addresses of all pages that show it."""

import asyncio
from dataclasses import dataclass
from typing import Any

from tests.harness.product import Product, checked
from tests.web.conftest import Bench

#: One row that is wrong, one that is doubtful and one that is good.
MANIFEST = "Sample Name,Volume (µL),Qubit Conc. (ng/µL),260/280\nONE,fifty,41,1.85\nTWO,50,40,1.2\nTHREE,50,40,1.8\n"
UNCLEAR = "Sample,Conc,Thing\nA,40,1\nB,41,2\n"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What was made: the code of a sample and of a submission, and the reading that asks for its columns."""

    sample: str
    submission: str
    reading: str
    project_id: str

    def pages(self) -> dict[str, str]:
        """Return every page by a short name."""
        listed = f"/samples?project_id={self.project_id}"
        settings = ("facility", "labs", "projects", "accounts", "catalogues", "catalogues/kits", "backups", "tokens")
        return {
            "samples": f"{listed}&open={self.sample}",
            "no samples": f"{listed}&q=nothing-is-called-so",
            "sample": f"/samples/{self.sample}",
            "register": "/samples/new",
            "many": f"/samples/many?code={self.sample}",
            "board": "/board",
            "submissions": "/submissions",
            "new submission": "/submissions/new",
            "submission": f"/submissions/{self.submission}?row=1",
            "reading": f"/submissions/reading/{self.reading}",
            "audit": "/audit",
            "audit entry": "/audit/1",
            "search": f"/search?q={self.sample[:5]}",
            "password": "/password",
            "not found": "/samples/S00-000000",
        } | {f"settings {name}": f"/settings/{name}" for name in settings}


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

    code = await product.eventually(submitted)
    await product.eventually(asked)
    return Scene(sample=made["code"], submission=code, reading=asking, project_id=project)


async def _send(client: Any, project: str, name: str, text: str) -> str:
    """Upload a manifest and return the id of its reading."""
    asked = {"filename": name, "project_id": project}
    answer = await client.post(
        "/api/documents", params=asked, content=text.encode(), headers={"Content-Type": "text/csv"}
    )
    return str(checked(answer)["extraction_id"])
