"""Capability 11: the files of a delivery come from what sha256sum wrote, or each line says why it cannot be taken."""

import hashlib

import httpx
import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, seen
from tests.services.sample.test_capability_11_delivery import ready


@pytest.fixture
async def desk(product: Product) -> Desk:
    return await opened(product)


@pytest.fixture
async def manager(product: Product) -> httpx.AsyncClient:
    return await product.client("facility_manager")


async def test_a_manifest_comes_from_sha256sum_however_it_was_written(desk: Desk, manager: httpx.AsyncClient) -> None:
    _, code = await ready(desk, manager)
    made = checked(await desk.staff.post("/api/deliveries", json={"samples": [code], "method": "other"}))
    path = f"/api/deliveries/{made['code']}/manifest"
    text = (
        f"\ufeff{'A' * 64}  ./pod5/b1.pod5\r\n\r\n"
        f"# made on Monday\n{'b' * 64} *reads of one.fastq.gz\n\\{'c' * 64}  odd\\\\name.txt"
    )
    done = checked(await desk.staff.put(path, json={"sha256sum": text}, headers=seen(made)))
    lines = f"{'c' * 64}  odd/name.txt\n{'a' * 64}  pod5/b1.pod5\n{'b' * 64}  reads of one.fastq.gz\n"
    assert done["manifest_sha256"] == hashlib.sha256(lines.encode()).hexdigest()


async def test_each_line_of_sha256sum_that_cannot_be_taken_is_told(desk: Desk, manager: httpx.AsyncClient) -> None:
    _, code = await ready(desk, manager)
    made = checked(await desk.staff.post("/api/deliveries", json={"samples": [code], "method": "other"}))
    path, good = f"/api/deliveries/{made['code']}/manifest", f"{'a' * 64}  a.txt"
    wrong = (good, f"{'a' * 63}  b.txt", f"{'b' * 64} b.txt", f"{'c' * 64}  ../up", f"\\{'d' * 64}  line\\nend",
             f"\\{'e' * 64}  odd\\t", good, f"MD5 (a) = {'f' * 32}")  # fmt: skip
    refused = await desk.staff.put(path, json={"sha256sum": "\n".join(wrong)}, headers=seen(made))
    assert refused.status_code == 422
    told = [error["message"].partition(":")[0] for error in refused.json()["errors"]]
    assert told == [f"Line {number}" for number in range(2, 9)]
    assert "stands in line 1 already" in refused.json()["errors"][5]["message"]
    assert "2 more lines" in refused.json()["detail"]
    assert checked(await desk.staff.get(f"/api/deliveries/{made['code']}/files"))["items"] == []
