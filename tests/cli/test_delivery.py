"""`nanopore-tracking delivery` in a shell: sums of real files, one flipped byte, and links that lead outside."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import opened
from tests.services.sample.test_capability_11_delivery import ready

FILES = {"pass/one.fastq.gz": b"@one\nACGT\n", "pass/two.fastq.gz": b"@two\nTTTT\n", "summary.txt": b"done"}


async def _run(product: Product, client: httpx.AsyncClient, *arguments: str) -> tuple[int, str, str]:
    token = client.headers["authorization"].removeprefix("Bearer ")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "nanopore_tracking", "delivery", *arguments,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "NANOPORE_URL": product.base_url, "NANOPORE_TOKEN": token},
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        file = tmp_path / "data" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return tmp_path / "data"


async def test_a_folder_becomes_a_manifest_and_one_flipped_byte_is_found(product: Product, folder: Path) -> None:
    desk, manager = await opened(product), await product.client("facility_manager")
    _, sample = await ready(desk, manager)
    made = checked(await desk.staff.post("/api/deliveries", json={"samples": [sample], "method": "other"}))
    code, out, err = await _run(product, desk.staff, "manifest", made["code"], str(folder))
    assert (code, err) == (0, "")
    assert "3 files" in out
    path = f"/api/deliveries/{made['code']}"
    checked(await desk.staff.post(f"{path}/transitions", json={"to": "copying"}))

    flipped = folder / "pass" / "two.fastq.gz"
    flipped.write_bytes(b"@two\nTTTA\n")
    code, _, err = await _run(product, desk.staff, "verify", made["code"], str(folder))
    assert code == 1
    assert "changed: pass/two.fastq.gz" in err
    refused = await manager.post(f"{path}/transitions", json={"to": "released"})
    assert refused.status_code == 409

    flipped.write_bytes(FILES["pass/two.fastq.gz"])
    code, out, _ = await _run(product, desk.staff, "verify", made["code"], str(folder))
    assert (code, "all 3 files" in out) == (0, True)
    assert checked(await manager.post(f"{path}/transitions", json={"to": "released"}))["state"] == "released"


async def test_a_link_is_not_followed(product: Product, folder: Path) -> None:
    desk = await opened(product)
    (folder / "outside").symlink_to("/etc/hostname")
    code, _, err = await _run(product, desk.staff, "verify", "D26-999999", str(folder))
    assert code != 0
    assert "sha" not in err
