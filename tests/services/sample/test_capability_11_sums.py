"""Capability 11: the files of a delivery come from what sha256sum wrote, or each line says why it cannot be taken."""

import hashlib

import httpx
import pytest

from nanopore_tracking.services.sample.sums import model
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
    assert done["unassigned_count"] == 0
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


@pytest.mark.parametrize(
    ("path", "whose"),
    [
        ("fastq_pass/QX_01/reads.fastq.gz", "S26-000001"),
        ("qx_01.pass.bam", "S26-000001"),
        ("QX_010.bam", None),
        ("QX_01_b/reads.bam", "S26-000002"),
        ("S26-000002/QX_01_b.bam", "S26-000002"),
        ("QX_01/QX_01_b.bam", None),
        ("report_1.html", None),
        ("1/reads.bam", "S26-000003"),
    ],
)
def test_whose_data_a_file_is_by_its_path(path: str, whose: str | None) -> None:
    names = {"QX_01": "S26-000001", "QX_01_b": "S26-000002", "S26-000002": "S26-000002", "1": "S26-000003"}
    assert model.whose(path, names) == whose


async def test_files_of_no_sample_are_told_and_keep_the_delivery_until_they_are_assigned(
    desk: Desk, manager: httpx.AsyncClient
) -> None:
    both = [(await ready(desk, manager))[1] for _ in range(2)]
    made = checked(await desk.staff.post("/api/deliveries", json={"samples": both, "method": "other"}))
    path = f"/api/deliveries/{made['code']}"
    named = (f"{both[0]}/a.bam", "pod5/b1.pod5", "report.html", "S00-000009/secret.bam")
    text = "\n".join(f"{str(number) * 64}  {name}" for number, name in enumerate(named))
    said = checked(await desk.staff.put(f"{path}/manifest", json={"sha256sum": text}, headers=seen(made)))
    assert [(each["folder"], each["file_count"]) for each in said["unassigned"]] == [
        ("", 1),
        ("S00-000009/", 1),
        ("pod5/", 1),
    ]
    refused = await desk.staff.post(f"{path}/transitions", json={"to": "copying"})
    assert [item["code"] for item in refused.json()["missing"]] == ["files-unassigned"]

    wrong = await desk.staff.post(f"{path}/assignments", json={"sample": "S00-000009"}, headers=seen(said))
    assert wrong.status_code == 422
    body = {"folder": "pod5/", "sample": both[1]}
    said = checked(await desk.staff.post(f"{path}/assignments", json=body, headers=seen(said)))
    said = checked(await desk.staff.post(f"{path}/assignments", json={}, headers=seen(said)))

    assert (said["unassigned_count"], said["unassigned"]) == (0, [])
    files = checked(await desk.staff.get(f"{path}/files"))["items"]
    assert {file["path"]: file["sample_code"] for file in files} == {
        named[0]: both[0], "pod5/b1.pod5": both[1], "report.html": None, "S00-000009/secret.bam": None,
    }  # fmt: skip
    assert checked(await desk.staff.post(f"{path}/transitions", json={"to": "copying"}))["state"] == "copying"
