"""Labs, projects and submissions for tests, made through the public API."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.harness.product import Product, checked

GOOD_ROW: dict[str, Any] = {
    "sample_name": "QX_01",
    "material": "HMW gDNA",
    "volume_ul": 50.0,
    "qubit_ng_per_ul": 600.0,
    "nanodrop_ng_per_ul": 610.0,
    "a260_a280": 1.85,
    "a260_a230": 2.1,
    "fragment_bp": 20_000,
}
GOOD_HEADER: dict[str, Any] = {
    "kit_requested": "SQK-LSK114",
    "flow_cell_requested": "FLO-MIN114",
    "service_type": "ont-dna",
    "contains_human_dna": "no",
    "organism": "Escherichia coli",
}


@dataclass(frozen=True)
class Desk:
    """A lab with a project. The submitter belongs to it, the stranger to another one; staff is a technician."""

    lab_id: str
    project_id: str
    submitter: httpx.AsyncClient
    staff: httpx.AsyncClient
    stranger: httpx.AsyncClient

    async def draft(self, *rows: dict[str, Any], **header: Any) -> Any:
        """Begin a draft and return it."""
        asked = {"project_id": self.project_id, **GOOD_HEADER, **header, "rows": list(rows)}
        return checked(await self.submitter.post("/api/submissions", json=asked))

    async def under_review(self, *rows: dict[str, Any], **header: Any) -> Any:
        """Begin a draft, hand it in, and return it."""
        draft = await self.draft(*rows, **header)
        path = f"/api/submissions/{draft['id']}/review"
        return checked(await self.submitter.post(path, json={}, headers=seen(draft)))

    async def show(self, submission: Any) -> Any:
        """Return a submission as it is now."""
        return checked(await self.staff.get(f"/api/submissions/{submission['id']}"))

    async def rows(self, submission: Any, **asked: Any) -> list[Any]:
        """Return the first page of its rows."""
        found = checked(await self.staff.get(f"/api/submissions/{submission['id']}/rows", params=asked))
        return list(found["items"])


def row(name: str = "QX_01", **values: Any) -> dict[str, Any]:
    """Return a good row of that name, with other values where they are said."""
    return {**GOOD_ROW, "sample_name": name, **values}


def seen(thing: Any) -> dict[str, str]:
    """Return the header that says which version was seen."""
    return {"If-Match": f'"v{thing["version"]}"'}


def said(name: str) -> str:
    """Return a name that no other test uses."""
    return f"{name} {uuid4().hex[:8]}"


async def new_lab(product: Product, **fields: Any) -> Any:
    """Create a lab as the administrator."""
    admin = await product.admin()
    return checked(await admin.post("/api/labs", json={"name": said("Lab"), "pi_name": "Dr Okafor", **fields}))


async def opened(product: Product) -> Desk:
    """Make a desk of its own for a test, as soon as the sample service has its copies of the catalogues."""
    await product.eventually(lambda: _catalogues(product))
    lab, other = await new_lab(product), await new_lab(product)
    staff = await product.client("technician")
    project = checked(await staff.post("/api/projects", json={"lab_id": lab["id"], "title": said("Project")}))
    await charged(product, project)
    return Desk(
        lab_id=lab["id"],
        project_id=project["id"],
        submitter=await product.client("submitter", labs=[lab["id"]]),
        staff=staff,
        stranger=await product.client("submitter", labs=[other["id"]]),
    )


async def charged(product: Product, project: Any, code: str = "QX-4711", **fields: Any) -> Any:
    """Enter a charge code of the project's lab, let the project's work go to it, and return it."""
    admin, manager = await product.admin(), await product.client("facility_manager")
    asked = {"code": code, "valid_from": "2026-01-01", "authorised_by": "Dr Okafor", **fields}
    made = checked(await admin.post(f"/api/labs/{project['lab_id']}/charge-codes", json=asked))
    checked(await manager.post(f"/api/projects/{project['id']}/charge-codes", json={"charge_code": code}))
    return made


async def _catalogues(product: Product) -> bool:
    async with product.db("sample") as connection:
        return bool(await connection.fetchval("SELECT count(DISTINCT name) = 7 FROM catalogue"))
