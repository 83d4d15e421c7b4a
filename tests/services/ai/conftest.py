"""A lab with a project, and people who may hand in documents for it."""

import itertools
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.harness.product import Product, checked

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Bench:
    """One lab with one project; `robin` belongs to the lab, `alice` to the facility."""

    product: Product
    lab_id: str
    project_id: str
    project_code: str
    robin: httpx.AsyncClient
    alice: httpx.AsyncClient

    async def upload(
        self,
        content: bytes,
        filename: str = "manifest.csv",
        *,
        by: httpx.AsyncClient | None = None,
        headers: dict[str, str] | None = None,
        as_form: bool = False,
    ) -> httpx.Response:
        """Upload a document for the project."""
        params = {"project_id": self.project_id, "filename": filename, "as_form": str(as_form).lower()}
        return await (by or self.robin).post("/api/documents", params=params, content=content, headers=headers)

    async def read(self, content: bytes, filename: str = "manifest.csv") -> dict[str, Any]:
        """Upload a document and return its reading once that has ended."""
        document = checked(await self.upload(content, filename))
        return await self.ended(document["extraction_id"])

    async def ended(self, extraction_id: str) -> dict[str, Any]:
        """Return a reading once it has ended."""

        async def look() -> dict[str, Any] | None:
            found: dict[str, Any] = checked(await self.robin.get(f"/api/extractions/{extraction_id}"))
            return None if found["state"] in ("queued", "reading") else found

        found: dict[str, Any] = await self.product.eventually(look)
        return found

    async def submission(self, extraction_id: str) -> dict[str, Any]:
        """Return the submission that a reading became, once it is checked."""

        async def look() -> dict[str, Any] | None:
            page = checked(await self.robin.get("/api/submissions", params={"extraction_id": extraction_id}))
            return next((item for item in page["items"] if item["status"] != "reading"), None)

        found: dict[str, Any] = await self.product.eventually(look)
        return found


@pytest.fixture
async def bench(product: Product) -> Bench:
    """A fresh lab with one project."""
    return await make_bench(product)


async def make_bench(product: Product) -> Bench:
    """Return a fresh lab with one project."""
    number, mark = next(_numbers), uuid4().hex[:6].upper()
    admin = await product.admin()
    asked = {"name": f"Ostrander {number} {mark}", "pi_name": "Kit Ostrander", "pi_email": "kit@example.org"}
    lab = checked(await admin.post("/api/labs", json=asked))
    project_asked = {"lab_id": lab["id"], "title": "Testing", "code": f"PRJ-{mark}-{number}"}
    alice = await product.client("technician")
    project = checked(await alice.post("/api/projects", json=project_asked))
    robin = await product.client("submitter", labs=[lab["id"]])
    async with product.db("ai") as db:
        # Right after ten thousand samples of another test the news of the project take a while.
        await product.eventually(
            lambda: db.fetchval("SELECT count(*) FROM project WHERE id = $1", UUID(project["id"])), within_s=60
        )
    return Bench(product, lab["id"], project["id"], project["code"], robin, alice)
