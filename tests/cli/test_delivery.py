"""`nanopore-tracking delivery` in a shell: sums of real files, one flipped byte, and links that lead outside."""

import asyncio
import hashlib
import sys
from pathlib import Path

import httpx
import pytest

from tests.harness.product import Product, checked
from tests.runfolders import bamfiles
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


async def test_minknows_sums_are_taken_and_files_of_nobody_wait(product: Product, folder: Path) -> None:
    desk, manager = await opened(product), await product.client("facility_manager")
    _, mine = await ready(desk, manager)
    sample = checked(await desk.staff.get(f"/api/samples/{mine}"))
    (folder / "pod5").mkdir()
    (folder / "pod5" / f"{mine}_0.pod5").write_bytes(b"POD5")
    (folder / "pass" / "S26-999999.txt").write_bytes(b"of a stranger")
    rows = [
        f"r,p,f,{sample['alias']},{hashlib.sha256(FILES['pass/one.fastq.gz']).hexdigest().upper()},pass\\one.fastq.gz,,",
        f"r,p,f,{sample['alias']},,pod5\\{mine}_0.pod5,,",
        f"r,p,f,{sample['alias']},{'0' * 64},pass\\not_here.fastq.gz,,",
    ]
    head = "runid,protocol_group_id,flow_cell_id,sample_id,file_hash,file_path,barcode,barcode_alias"
    (folder / "output_hash_PAX1_20251009_0853_e4994c62.csv").write_text("\n".join([head, *rows]) + "\n")
    made = checked(await desk.staff.post("/api/deliveries", json={"samples": [mine], "method": "other"}))
    code, out, err = await _run(product, desk.staff, "manifest", made["code"], str(folder))
    assert code == 0
    assert "1 sum is MinKNOW's, 5 were computed here." in out
    assert "1 file that MinKNOW has hashed is not in this folder; it is not delivered." in out
    assert "1 file belongs to no sample of the delivery." in err
    files = checked(await desk.staff.get(f"/api/deliveries/{made['code']}/files"))["items"]
    found = {file["path"]: file for file in files}
    assert found[f"pod5/{mine}_0.pod5"]["sha256"] == hashlib.sha256(b"POD5").hexdigest()
    assert {path for path, file in found.items() if file["unassigned"]} == {"pass/S26-999999.txt"}
    assert {file["sample_code"] for file in files if not file["unassigned"]} == {mine}
    refused = await desk.staff.post(f"/api/deliveries/{made['code']}/transitions", json={"to": "copying"})
    assert "files-unassigned" in refused.text


async def test_a_bam_file_of_another_sample_blocks_the_release(product: Product, tmp_path: Path) -> None:
    desk, manager = await opened(product), await product.client("facility_manager")
    _, mine = await ready(desk, manager)
    alias = checked(await desk.staff.get(f"/api/samples/{mine}"))["alias"]
    right = bamfiles.write(tmp_path / "data" / f"{mine}.bam", bamfiles.group("a" * 40, "PAX1", alias=alias))
    wrong = bamfiles.write(tmp_path / "data" / f"{mine}_2.bam", bamfiles.group("a" * 40, "PAX1", alias="somebody"))
    made = checked(await desk.staff.post("/api/deliveries", json={"samples": [mine], "method": "other"}))
    path, data = f"/api/deliveries/{made['code']}", str(tmp_path / "data")
    assert (await _run(product, desk.staff, "manifest", made["code"], data))[0] == 0
    checked(await desk.staff.post(f"{path}/transitions", json={"to": "copying"}))
    code, _, err = await _run(product, desk.staff, "verify", made["code"], data)
    assert code == 1
    assert f"read_group: {wrong.name} The reads say that they are of somebody, and {mine} is {alias.lower()}." in err
    assert right.name not in err
    refused = await manager.post(f"{path}/transitions", json={"to": "released"})
    assert (refused.status_code, refused.json()["status_now"]) == (409, "copying")
