"""Pools that passed their QC, for tests of loads and runs, made through the public API from the sample on."""

import secrets
from dataclasses import dataclass
from typing import Any

import httpx

from tests.harness.product import Product, checked
from tests.services.sample.desk import opened, seen

KIT = "SQK-RBK114-24"
_MEASURED = (
    ("concentration", 40.0, "ng_per_ul", "qubit_hs"),
    ("volume", 20.0, "ul", "pipette"),
    ("fragment_mean_bp", 5000.0, "bp", "tapestation"),
)


@dataclass(frozen=True)
class Pooling:
    """A lab's project, and a manager who passes over the gates before the library."""

    project_id: str
    manager: httpx.AsyncClient

    async def sample(self, **said: Any) -> Any:
        """Register a sample that is at library prep."""
        asked = {"project_id": self.project_id, "name": f"POOL {secrets.token_hex(4)}", "material": "HMW gDNA", **said}
        sample = checked(await self.manager.post("/api/samples", json=asked))
        for to in ("received", "sample_qc", "library_prep"):
            step = {"to": to, "reason": "A test of pools.", "override": True}
            path = f"/api/samples/{sample['code']}/transitions"
            sample = checked(await self.manager.post(path, json=step, headers=seen(sample)))
        return sample

    async def library(self, sample: Any, barcode: int | None, **said: Any) -> Any:
        """Prepare a library of a sample that passed its QC; barcode: None for one that is sequenced alone."""
        asked = {
            "sources": [{"sample": sample["code"]}],
            "kit": KIT if barcode else "SQK-LSK114",
            "kit_lot": "L-2026-31",
            "lot_expires_on": "2099-12-31",
            "input_ng": 200.0,
            "protocol_version": "RBK_9176_revS",
            "barcodes": [{"barcode": f"barcode{barcode:02d}"}] if barcode else [],
            "prepared": True,
            **said,
        }
        made = checked(await self.manager.post("/api/libraries", json=asked))
        await self._measured(f"/api/libraries/{made['code']}")
        return await self.step(f"/api/libraries/{made['code']}", "qc_passed")

    async def pool(self, *libraries: Any, state: str = "qc_passed") -> Any:
        """Make a pool of libraries, 2 µL of each."""
        parts = [{"library": library["code"], "volume_ul": 2.0} for library in libraries]
        made = checked(await self.manager.post("/api/pools", json={"components": parts}))
        path = f"/api/pools/{made['code']}"
        if state == "draft":
            return made
        fixed = await self.step(path, "fixed")
        if state == "fixed":
            return fixed
        await self._measured(path)
        return await self.step(path, "qc_passed")

    async def pooled(self, *barcodes: int, **said: Any) -> Any:
        """Make a pool of as many new samples as there are barcodes."""
        libraries = [await self.library(await self.sample(**said), barcode) for barcode in barcodes]
        return await self.pool(*libraries)

    async def step(self, path: str, to: str, **said: Any) -> Any:
        """Move a library or a pool."""
        now = checked(await self.manager.get(path))
        return checked(await self.manager.post(f"{path}/transitions", json={"to": to, **said}, headers=seen(now)))

    async def _measured(self, path: str) -> None:
        for quantity, value, unit, method in _MEASURED:
            asked = {"quantity": quantity, "value": value, "unit": unit, "method": method}
            checked(await self.manager.post(f"{path}/measurements", json=asked))


async def pooling(product: Product) -> Pooling:
    """Return a project and a manager."""
    desk = await opened(product)
    return Pooling(desk.project_id, await product.client("facility_manager"))
