"""Deliveries: one changed byte at the destination blocks the release; receipt is confirmed by a link."""

import hashlib
import itertools
import secrets
from typing import Any

import httpx
import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, row, seen

WAY = (
    "received", "sample_qc", "library_prep", "library_qc", "sequencing_setup", "sequencing_run", "basecalling",
    "quality_assessment", "data_delivery", "delivered", "archived",
)  # fmt: skip
FILES = {"pass/barcode01.fastq.gz": b"@read1\nACGT\n", "pass/barcode02.fastq.gz": b"@read2\nTTTT\n"}
_numbers = itertools.count(1)


@pytest.fixture
async def desk(product: Product) -> Desk:
    return await opened(product)


@pytest.fixture
async def manager(product: Product) -> httpx.AsyncClient:
    return await product.client("facility_manager")


def listed(files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [
        {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}
        for path, content in files.items()
    ]


async def ready(desk: Desk, manager: httpx.AsyncClient, *, stage: str = "data_delivery", **header: Any) -> Any:
    """Return an accepted submission with one sample whose data can go out, and the sample's code."""
    # A name and a value of its own: of what the lab had before, it is asked whether it is the same.
    own = row(f"QX_{secrets.token_hex(4)}", qubit_ng_per_ul=600 + next(_numbers) / 100)
    submission = await desk.under_review(own, **header)
    checked(await desk.staff.post(f"/api/submissions/{submission['id']}/acceptance", json={}, headers=seen(submission)))
    (sample,) = checked(await desk.staff.get("/api/samples", params={"submission_id": submission["id"]}))["items"]
    path = f"/api/samples/{sample['code']}"
    for to in WAY[: WAY.index(stage) + 1]:
        asked = {"to": to, "override": True, "reason": "made ready for a test"}
        now = checked(await manager.get(path))
        checked(await manager.post(f"{path}/transitions", json=asked, headers=seen(now)))
    return submission, sample["code"]


async def prepared(desk: Desk, code: str, files: dict[str, bytes] | None = None, **values: Any) -> Any:
    """Prepare a delivery with a manifest."""
    asked = {"samples": [code], "method": "research_storage", "destination": "/proj/lab", **values}
    made = checked(await desk.staff.post("/api/deliveries", json=asked))
    manifest = {"files": listed(files or FILES)}
    return checked(await desk.staff.put(f"/api/deliveries/{made['code']}/manifest", json=manifest, headers=seen(made)))


async def _move(client: httpx.AsyncClient, delivery: Any, to: str, **values: Any) -> httpx.Response:
    return await client.post(f"/api/deliveries/{delivery['code']}/transitions", json={"to": to, **values})


async def _look(client: httpx.AsyncClient, delivery: Any, files: dict[str, bytes]) -> Any:
    asked = {"place": "/proj/lab", "files": listed(files)}
    return checked(await client.post(f"/api/deliveries/{delivery['code']}/verifications", json=asked))


async def released(desk: Desk, manager: httpx.AsyncClient, code: str, **values: Any) -> Any:
    """Return a delivery that went the whole way to its release."""
    delivery = await prepared(desk, code, **values)
    checked(await _move(desk.staff, delivery, "copying"))
    assert (await _look(desk.staff, delivery, FILES))["whole"]
    return checked(await _move(manager, delivery, "released"))


async def test_capability_11_one_changed_byte_at_the_destination_blocks_the_release(
    desk: Desk, manager: httpx.AsyncClient
) -> None:
    _, code = await ready(desk, manager)
    delivery = await prepared(desk, code)
    early = await _move(manager, delivery, "released")
    assert early.status_code == 409
    checked(await _move(desk.staff, delivery, "copying"))
    path = next(iter(FILES))
    flipped = FILES | {path: FILES[path].replace(b"A", b"B", 1)}
    found = await _look(desk.staff, delivery, flipped)
    assert (found["whole"], found["differences"]) == (False, [{"path": path, "what": "changed"}])
    refused = await _move(manager, delivery, "released")
    assert refused.status_code == 409
    assert refused.json()["status_now"] == "copying"

    assert (await _look(desk.staff, delivery, FILES))["whole"]
    assert (await _look(desk.staff, delivery, flipped))["whole"] is False
    again = checked(await manager.get(f"/api/deliveries/{delivery['code']}"))
    assert (again["state"], again["verified_sha256"]) == ("copying", None)
    assert (await _move(manager, delivery, "released")).status_code == 409

    assert (await _look(desk.staff, delivery, FILES))["whole"]
    done = checked(await _move(manager, delivery, "released"))
    assert (done["state"], done["verified_sha256"]) == ("released", done["manifest_sha256"])


async def test_not_even_the_database_takes_a_release_of_what_is_not_verified(
    product: Product, desk: Desk, manager: httpx.AsyncClient
) -> None:
    _, code = await ready(desk, manager)
    delivery = await prepared(desk, code)
    async with product.db("sample") as db:
        with pytest.raises(Exception, match="delivery_verified_as_manifest"):
            await db.execute(
                "UPDATE delivery SET state = 'released', released_by = 'me', released_at = now(), "
                "link_expires_at = now() + interval '1 day' WHERE id = $1",
                delivery["id"],
            )
        await db.execute("UPDATE delivery SET state = 'copying' WHERE id = $1", delivery["id"])
        with pytest.raises(Exception, match="stays as it is"):
            await db.execute("UPDATE delivery_file SET sha256 = repeat('0', 64) WHERE delivery_id = $1", delivery["id"])


@pytest.mark.parametrize(
    ("there", "what"),
    [
        ({"pass/barcode01.fastq.gz": b"@read1\nACGT\n"}, "missing"),
        (FILES | {"pass/else.txt": b"more"}, "unexpected"),
    ],
)
async def test_a_file_too_few_or_too_many_is_found(
    desk: Desk, manager: httpx.AsyncClient, there: dict[str, bytes], what: str
) -> None:
    _, code = await ready(desk, manager)
    delivery = await prepared(desk, code)
    checked(await _move(desk.staff, delivery, "copying"))
    found = await _look(desk.staff, delivery, there)
    assert [item["what"] for item in found["differences"]] == [what]


async def test_only_who_may_release_does_and_no_sample_goes_out_before_its_stage(
    product: Product, desk: Desk, manager: httpx.AsyncClient
) -> None:
    _, code = await ready(desk, manager, stage="basecalling")
    delivery = await prepared(desk, code)
    checked(await _move(desk.staff, delivery, "copying"))
    await _look(desk.staff, delivery, FILES)
    assert (await _move(desk.staff, delivery, "released")).status_code == 403
    early = await _move(manager, delivery, "released")
    assert [item["code"] for item in early.json()["missing"]] == ["samples"]
    assert (await _move(desk.submitter, delivery, "released")).status_code == 403
    assert (await desk.stranger.get(f"/api/deliveries/{delivery['code']}")).status_code == 404
    assert (await _move(manager, delivery, "verified")).status_code == 409


async def test_a_manifest_comes_from_minknow_and_files_without_a_sum_are_named(
    desk: Desk, manager: httpx.AsyncClient
) -> None:
    _, code = await ready(desk, manager)
    sample = checked(await desk.staff.get(f"/api/samples/{code}"))
    asked = {"samples": [code], "method": "other"}
    made = checked(await desk.staff.post("/api/deliveries", json=asked))
    total = "a" * 64
    text = (
        "runid,file_hash,file_path,barcode_alias\n"
        f"r1,{total},fastq_pass\\b1.fastq.gz,{sample['alias']}\n"
        "r1,,pod5\\b1.pod5,\n"
    )
    path = f"/api/deliveries/{made['code']}/manifest"
    refused = await desk.staff.put(path, json={"output_hash": text}, headers=seen(made))
    assert refused.status_code == 422
    assert "pod5/b1.pod5" in refused.json()["detail"]
    own = [{"path": "pod5/b1.pod5", "sha256": "b" * 64, "size_bytes": 7}]
    done = checked(await desk.staff.put(path, json={"output_hash": text, "files": own}, headers=seen(made)))
    lines = f"{total}  fastq_pass/b1.fastq.gz\n{'b' * 64}  pod5/b1.pod5\n"
    assert done["manifest_sha256"] == hashlib.sha256(lines.encode()).hexdigest()
    files = checked(await desk.staff.get(f"/api/deliveries/{made['code']}/files"))["items"]
    assert [(one["path"], one["sample_code"]) for one in files] == [
        ("fastq_pass/b1.fastq.gz", code),
        ("pod5/b1.pod5", None),
    ]


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "a/../../b", "C:\\data", "a\tb"])
async def test_no_path_leads_outside_of_the_folder(desk: Desk, manager: httpx.AsyncClient, path: str) -> None:
    submission = await desk.under_review(row())
    checked(await desk.staff.post(f"/api/submissions/{submission['id']}/acceptance", json={}, headers=seen(submission)))
    (sample,) = checked(await desk.staff.get("/api/samples", params={"submission_id": submission["id"]}))["items"]
    made = checked(await desk.staff.post("/api/deliveries", json={"samples": [sample["code"]], "method": "other"}))
    asked = {"files": [{"path": path, "sha256": "c" * 64}]}
    answer = await desk.staff.put(f"/api/deliveries/{made['code']}/manifest", json=asked, headers=seen(made))
    assert answer.status_code == 422


async def test_the_customer_is_told_sees_the_link_and_confirms_on_the_status_page(
    product: Product, desk: Desk, manager: httpx.AsyncClient
) -> None:
    address = "robin.delivery@lab.example"
    submission, code = await ready(desk, manager, requester_email=address)
    values = {"method": "web_link", "link_url": "https://data.facility.example/abc"}
    delivery = await released(desk, manager, code, **values)
    path = f"/api/submissions/{submission['id']}/status-links"
    link = checked(await desk.staff.post(path, json={"label": "Robin"}))
    anonymous = product.anonymous()
    (shown,) = checked(await anonymous.get(f"/api/status/{link['token']}"))["deliveries"]
    assert (shown["code"], shown["link_url"], shown["file_count"]) == (delivery["code"], values["link_url"], 2)

    receipt = {"delivery": delivery["code"], "name": "Robin Vantage"}
    for _ in range(2):
        done = checked(await anonymous.post(f"/api/status/{link['token']}/receipts", json=receipt))
        assert done["deliveries"][0]["state"] == "received"
    after = checked(await desk.staff.get(f"/api/deliveries/{delivery['code']}"))
    assert after["received_by"] == "Robin Vantage (by the status link)"

    async def told() -> bool:
        return any(delivery["code"] in str(letter) for letter in product.postbox.to(address))

    await product.eventually(told)


async def test_a_link_of_another_submission_confirms_nothing(
    product: Product, desk: Desk, manager: httpx.AsyncClient
) -> None:
    _, code = await ready(desk, manager)
    delivery = await released(desk, manager, code)
    other = await desk.under_review(row("QX_09"))
    path = f"/api/submissions/{other['id']}/status-links"
    link = checked(await desk.staff.post(path, json={"label": "somebody else"}))
    asked = {"delivery": delivery["code"], "name": "Mallory"}
    answer = await product.anonymous().post(f"/api/status/{link['token']}/receipts", json=asked)
    assert answer.status_code == 404
    assert checked(await desk.staff.get(f"/api/deliveries/{delivery['code']}"))["state"] == "released"


async def test_a_delivery_expires_is_retracted_with_a_reason_and_delivered_again(
    product: Product, desk: Desk, manager: httpx.AsyncClient
) -> None:
    _, code = await ready(desk, manager)
    delivery = await released(desk, manager, code)
    async with product.db("sample") as db:
        long_ago = "released_at = now() - interval '9 days', link_expires_at = now() - interval '1 day'"
        await db.execute(f"UPDATE delivery SET {long_ago} WHERE id = $1", delivery["id"])
    product.runtimes["sample"].wake("expire-deliveries")

    async def expired() -> bool:
        return bool(checked(await desk.staff.get(f"/api/deliveries/{delivery['code']}"))["state"] == "expired")

    await product.eventually(expired)
    assert (await _move(manager, delivery, "retracted")).status_code == 409
    assert (await _move(desk.staff, delivery, "retracted", reason="wrong barcode")).status_code == 403
    gone = checked(await _move(manager, delivery, "retracted", reason="wrong barcode"))
    assert (gone["state"], gone["state_reason"]) == ("retracted", "wrong barcode")
    again = checked(await desk.staff.post(f"/api/deliveries/{delivery['code']}/redelivery", json={}))
    assert (again["state"], again["redelivers_code"]) == ("prepared", delivery["code"])
    assert again["manifest_sha256"] == delivery["manifest_sha256"]
    assert again["verified_sha256"] is None
    assert (await _move(manager, again, "released")).status_code == 409


async def test_data_of_samples_that_are_archived_are_delivered_again(desk: Desk, manager: httpx.AsyncClient) -> None:
    _, code = await ready(desk, manager, stage="archived")
    again = await released(desk, manager, code)
    assert (again["state"], checked(await desk.staff.get(f"/api/samples/{code}"))["stage"]) == ("released", "archived")


async def test_the_gates_of_a_sample_are_judged_by_its_delivery(
    product: Product, desk: Desk, manager: httpx.AsyncClient
) -> None:
    _, code = await ready(desk, manager)
    path = f"/api/samples/{code}"

    async def move(to: str, **values: Any) -> httpx.Response:
        now = checked(await desk.staff.get(path))
        return await desk.staff.post(f"{path}/transitions", json={"to": to, **values}, headers=seen(now))

    async def missing(to: str) -> list[str]:
        return [item["code"] for item in (await move(to)).json()["missing"]]

    assert await missing("delivered") == ["delivery"]
    delivery = await prepared(desk, code)
    assert await missing("delivered") == ["verified", "released"]
    said = {"kind": "delivery", "method": "other", "manifest_sha256": "0" * 64, "released_by": "me"}
    by_hand = await desk.staff.post(f"{path}/records", json=said)
    assert by_hand.status_code == 422
    checked(await _move(desk.staff, delivery, "copying"))
    await _look(desk.staff, delivery, FILES)
    assert await missing("delivered") == ["released"]
    checked(await _move(manager, delivery, "released"))

    async def delivered() -> bool:
        return bool(checked(await desk.staff.get(path))["stage"] == "delivered")

    await product.eventually(delivered)
    assert await missing("archived") == ["receipt", "retention"]
    checked(await _move(desk.staff, delivery, "received"))
    now = checked(await desk.staff.get(f"/api/deliveries/{delivery['code']}"))
    kept = {"retention_until": "2036-12-31"}
    checked(await desk.staff.patch(f"/api/deliveries/{delivery['code']}", json=kept, headers=seen(now)))
    checked(await move("data_delivery", reason="the wrong barcode"))
    assert await missing("delivered") == ["delivery"]
