"""The intake of a submission that came from a document: a saga over the sample and the ai service."""

from typing import Any
from uuid import uuid4

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, row, seen
from tests.services.sample.test_manifest_intake import arrived, manifest, upload

SAGAS = "/api/operations/sample/sagas"


@pytest.fixture
async def desk(product: Product) -> Desk:
    """A lab of its own for the test."""
    return await opened(product)


async def _read(product: Product, desk: Desk) -> Any:
    """Return a submission under review that came from a document."""
    content = manifest(row("A", organism="Exampella testii"), row("B", organism="Exampella testii"))
    await upload(desk.submitter, desk, content)
    return await desk.show(await arrived(product, desk))


async def _accepted(desk: Desk, submission: Any) -> Any:
    path = f"/api/submissions/{submission['id']}/acceptance"
    asked = {"reason": "The submitter was asked."}
    return checked(await desk.staff.post(path, json=asked, headers=seen(submission)))


async def _ended(product: Product, desk: Desk, submission: Any, intake: str) -> Any:
    async def look() -> Any:
        found = await desk.show(submission)
        return found if found["intake"] == intake else None

    return await product.eventually(look)


async def _saga(product: Product, submission: Any) -> Any:
    admin = await product.admin()
    listed = checked(await admin.get(SAGAS, params={"type": "submission_intake", "limit": 200}))["items"]
    (found,) = [item for item in listed if item["key"] == submission["id"]]
    return checked(await admin.get(f"{SAGAS}/{found['id']}"))


async def _expected(desk: Desk, submission: Any) -> list[str]:
    asked = {"submission_id": submission["id"]}
    samples = checked(await desk.staff.get("/api/samples", params=asked))["items"]
    return [sample["stage"] for sample in samples]


async def test_an_accepted_submission_is_taken_in_and_its_reading_belongs_to_it(product: Product, desk: Desk) -> None:
    submission = await _read(product, desk)
    accepted = await _accepted(desk, submission)
    taken = await _ended(product, desk, accepted, "done")
    assert (taken["status"], taken["intake_note"]) == ("accepted", "")
    assert await _expected(desk, submission) == ["expected", "expected"]
    reading = checked(await desk.staff.get(f"/api/extractions/{submission['source']['extraction_id']}"))
    assert reading["submission_code"] == submission["code"]
    saga = await _saga(product, submission)
    assert (saga["state"], saga["subject_code"]) == ("completed", submission["code"])
    assert [(step["name"], step["phase"]) for step in saga["steps"]] == [
        ("begin", "do"),
        ("claim", "do"),
        ("end", "do"),
    ]


async def test_everything_about_it_is_in_the_audit_log(product: Product, desk: Desk) -> None:
    submission = await _read(product, desk)
    await _ended(product, desk, await _accepted(desk, submission), "done")
    saga, manager = await _saga(product, submission), await product.client("facility_manager")

    async def logged() -> Any:
        found = checked(await manager.get("/api/audit/entries", params={"request_id": saga["request_id"]}))["items"]
        kinds = {entry["type"] for entry in found}
        wanted = {"submission.accepted", "saga.started", "submission.intake_started", "ai.extraction_claimed"}
        return wanted | {"submission.taken_in", "saga.completed"} <= kinds

    await product.eventually(logged)


async def test_a_reading_that_belongs_to_another_submission_is_refused_and_the_intake_undone(
    product: Product, desk: Desk
) -> None:
    submission = await _read(product, desk)
    reading_id = submission["source"]["extraction_id"]
    async with product.db("ai") as db:
        await db.execute(
            "UPDATE extraction SET submission_id = $1, submission_code = 'SUB-2001-00001' WHERE id = $2",
            uuid4(),
            reading_id,
        )
    undone = await _ended(product, desk, await _accepted(desk, submission), "undone")
    assert undone["intake_note"] == "claim: The reading belongs to SUB-2001-00001 already."
    assert await _expected(desk, submission) == ["expected", "expected"]
    saga = await _saga(product, submission)
    assert saga["state"] == "compensated"
    assert [(step["name"], step["phase"]) for step in saga["steps"]] == [("begin", "do"), ("begin", "undo")]
    reading = checked(await desk.staff.get(f"/api/extractions/{reading_id}"))
    assert reading["submission_code"] == "SUB-2001-00001"


async def test_one_that_is_cancelled_while_it_waits_releases_the_reading(product: Product, desk: Desk) -> None:
    """The ai service gets to its events only when its position is free: until then the saga waits."""
    submission = await _read(product, desk)
    admin = await product.admin()
    async with product.db("ai") as db, db.transaction():
        await db.execute("SELECT FROM watermark WHERE source = 'sample' FOR UPDATE")
        accepted = await _accepted(desk, submission)
        await _ended(product, desk, accepted, "under_way")
        saga = await product.eventually(lambda: _waiting(product, submission))
        path = f"{SAGAS}/{saga['id']}/cancel"
        reason = {"reason": "It was accepted too early."}
        assert (await desk.staff.post(path, json=reason)).status_code == 403
        assert (await admin.post(path, json={})).status_code == 422
        assert (await admin.post(path, json=reason)).status_code == 204
        again = await admin.post(path, json=reason)
        assert again.json()["type"] in ("undone-already", "over-already")
        undone = await _ended(product, desk, accepted, "undone")
        assert undone["intake_note"] == "It was cancelled: It was accepted too early."

    async def released() -> bool:
        async with product.db("audit") as db:
            types = await db.fetch(
                "SELECT type FROM entry WHERE subject_id = $1 ORDER BY sequence",
                submission["source"]["extraction_id"],
            )
        return [row["type"] for row in types][-2:] == ["ai.extraction_claimed", "ai.extraction_released"]

    await product.eventually(released)
    reading = checked(await desk.staff.get(f"/api/extractions/{submission['source']['extraction_id']}"))
    assert reading["submission_code"] is None
    assert (await _saga(product, submission))["state"] == "compensated"


async def _waiting(product: Product, submission: Any) -> Any:
    saga = await _saga(product, submission)
    return saga if saga["state"] == "waiting" else None


async def test_one_that_was_written_by_hand_has_no_intake(product: Product, desk: Desk) -> None:
    submission = await desk.under_review(row("A"))
    accepted = await _accepted(desk, submission)
    assert (accepted["intake"], accepted["source"]) == (None, None)


async def test_sagas_are_listed_by_state_page_by_page(product: Product, desk: Desk) -> None:
    for _ in range(2):
        submission = await _read(product, await opened(product))
        await _ended(product, desk, await _accepted(desk, submission), "done")
    auditor = await product.client("auditor")
    first = checked(await auditor.get(SAGAS, params={"state": "completed", "limit": 1}))
    second = checked(await auditor.get(SAGAS, params={"state": "completed", "limit": 1, "after": first["next"]}))
    assert first["items"][0]["id"] > second["items"][0]["id"]
    assert (await auditor.get(SAGAS, params={"state": "wrong"})).status_code == 422
    assert (await auditor.get(f"{SAGAS}/{uuid4()}")).status_code == 404
    assert (await desk.staff.get(SAGAS)).status_code == 403
    others = checked(await auditor.get("/api/operations/config/sagas"))["items"]
    assert {first["items"][0]["id"], second["items"][0]["id"]}.isdisjoint(saga["id"] for saga in others)
    retry = f"{SAGAS}/{first['items'][0]['id']}/retry"
    refused = await (await product.admin()).post(retry, json={"reason": "Why not."})
    assert (refused.status_code, refused.json()["type"]) == (409, "over-already")
