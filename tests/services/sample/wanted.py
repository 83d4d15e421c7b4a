"""Runs of pools of samples of which something was asked for, made through the public API from the form on."""

from typing import Any

from tests.harness.product import Product, checked
from tests.services.sample.desk import opened, row, seen
from tests.services.sample.planning import planned
from tests.services.sample.pooled import Pooling


async def wanted_run(product: Product, *barcodes: int, target: str = "5 Gb", **said: Any) -> tuple[Pooling, Any]:
    """Return a planned run of a pool of as many samples as barcodes. target: what was asked for of each."""
    desk = await opened(product)
    made = Pooling(desk.project_id, await product.client("facility_manager"))
    submission = await desk.under_review(*(row(f"QX_{number:02d}") for number in barcodes), target=target)
    path = f"/api/submissions/{submission['id']}/acceptance"
    checked(await desk.staff.post(path, json={}, headers=seen(submission)))

    async def there() -> Any:
        asked = {"project_id": desk.project_id}
        items = checked(await made.manager.get("/api/samples", params=asked))["items"]
        return items if len(items) == len(barcodes) else None

    libraries = []
    for sample, barcode in zip(await product.eventually(there), barcodes, strict=True):
        for to in ("received", "sample_qc", "library_prep"):
            step = {"to": to, "reason": "A test of live runs.", "override": True}
            where = f"/api/samples/{sample['code']}"
            now = checked(await made.manager.get(where))
            checked(await made.manager.post(f"{where}/transitions", json=step, headers=seen(now)))
        libraries.append(await made.library(sample, barcode))
    return made, await planned(made, await made.pool(*libraries), **said)
