"""Status links: whoever has one sees one submission, and nobody finds or keeps one that they should not have."""

import secrets
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, row, seen


@pytest.fixture
async def desk(product: Product) -> Desk:
    return await opened(product)


async def _link(client: httpx.AsyncClient, submission: Any, **values: Any) -> dict[str, Any]:
    path = f"/api/submissions/{submission['id']}/status-links"
    return dict(checked(await client.post(path, json={"label": "the bench of Robin", **values})))


async def test_a_link_shows_samples_in_plain_words_without_an_account(product: Product, desk: Desk) -> None:
    submission = await desk.under_review(row("QX_01"), row("QX_02"))
    made = await _link(desk.submitter, submission)
    anonymous = product.anonymous()
    before = checked(await anonymous.get(f"/api/status/{made['token']}"))
    assert (before["said"], before["samples"]) == ("We look at what you sent.", [])
    checked(await desk.staff.post(f"/api/submissions/{submission['id']}/acceptance", json={}, headers=seen(submission)))
    after = checked(await anonymous.get(f"/api/status/{made['token']}"))
    assert after["sample_count"] == 2
    assert [(one["name"], one["step"], one["said"]) for one in after["samples"]] == [
        ("QX_01", 0, "We wait for the tube."),
        ("QX_02", 0, "We wait for the tube."),
    ]
    assert made["path"] == f"/status/{made['token']}"
    assert len(made["token"]) == 43
    secret = {"lab_id", "comment", "requester_email", "requester_name", "priority", "assignee", "location", "qubit"}
    assert not secret & set(str(after).replace("'", " ").split())


async def test_capability_20_a_link_is_not_found_by_trying_and_nothing_tells_that_one_was_there(
    product: Product, desk: Desk
) -> None:
    submission = await desk.under_review(row())
    live, gone, over = [await _link(desk.staff, submission) for _ in range(3)]
    anonymous = product.anonymous()
    checked(await anonymous.get(f"/api/status/{live['token']}"))
    path = f"/api/submissions/{submission['id']}/status-links/{gone['id']}/revocation"
    checked(await desk.submitter.post(path, json={}))
    async with product.db("sample") as db:
        long_ago = "UPDATE status_link SET created_at = now() - interval '9 days', expires_at = now() WHERE id = $1"
        await db.execute(long_ago, over["id"])
    unknown = secrets.token_urlsafe(32)
    tokens = [gone["token"], over["token"], unknown, unknown[:-1], live["token"][:-1], "x", "a" * 150, submission["id"]]
    answers = [await anonymous.get(f"/api/status/{token}") for token in tokens]
    said = {(one.status_code, one.json()["type"], one.json()["detail"], tuple(sorted(one.headers))) for one in answers}
    assert len(said) == 1
    assert answers[0].status_code == 404
    receipt = {"delivery": "D26-000001", "name": "Robin"}
    for token in (unknown, gone["token"], live["token"]):
        refused = await anonymous.post(f"/api/status/{token}/receipts", json=receipt)
        assert (refused.status_code, refused.json()["detail"]) == (404, answers[0].json()["detail"])
    async with product.db("sample") as db:
        kept = await db.fetch("SELECT l::text AS whole FROM status_link l WHERE submission_id = $1", submission["id"])
    assert not any(live["token"] in line["whole"] for line in kept)


async def test_many_wrong_tokens_are_slowed_down_and_a_right_one_still_passes(product: Product, desk: Desk) -> None:
    submission = await desk.under_review(row())
    made = await _link(desk.staff, submission)
    anonymous = product.anonymous()
    codes = [(await anonymous.get(f"/api/status/{secrets.token_urlsafe(32)}")).status_code for _ in range(120)]
    assert set(codes) == {404, 429}
    assert (await anonymous.get(f"/api/status/{made['token']}")).status_code == 200


async def test_one_link_cannot_be_opened_without_end(product: Product, desk: Desk) -> None:
    submission = await desk.under_review(row())
    made = await _link(desk.staff, submission)
    async with product.db("sample") as db:
        await db.execute(
            "INSERT INTO status_link_use (id, link_id, minute, count) "
            "SELECT gen_random_uuid(), $1, date_trunc('minute', now()) + n * interval '1 minute', 120 "
            "FROM generate_series(0, 1) n",
            made["id"],
        )
    assert (await product.anonymous().get(f"/api/status/{made['token']}")).status_code == 429


async def test_every_use_is_recorded(product: Product, desk: Desk) -> None:
    submission = await desk.under_review(row())
    made = await _link(desk.submitter, submission, days=7)
    for _ in range(3):
        checked(await product.anonymous().get(f"/api/status/{made['token']}"))
    path = f"/api/submissions/{submission['id']}/status-links"
    (listed,) = checked(await desk.submitter.get(path))["items"]
    assert (listed["use_count"], listed["label"], listed["made_for"]) == (3, "the bench of Robin", "person")
    assert "token" not in listed
    assert (datetime.fromisoformat(listed["expires_at"]) - datetime.now(UTC)).days == 6
    uses = checked(await desk.staff.get(f"{path}/{made['id']}/uses"))["items"]
    assert sum(use["count"] for use in uses) == 3


async def test_another_lab_neither_makes_nor_sees_nor_revokes_links(desk: Desk) -> None:
    submission = await desk.under_review(row())
    made = await _link(desk.submitter, submission)
    path = f"/api/submissions/{submission['id']}/status-links"
    assert (await desk.stranger.post(path, json={"label": "mine"})).status_code == 404
    assert checked(await desk.stranger.get(path))["items"] == []
    assert (await desk.stranger.post(f"{path}/{made['id']}/revocation", json={})).status_code == 404


async def test_a_submission_has_not_more_links_than_somebody_can_keep_an_eye_on(desk: Desk) -> None:
    submission = await desk.under_review(row())
    for _ in range(20):
        await _link(desk.staff, submission)
    path = f"/api/submissions/{submission['id']}/status-links"
    assert (await desk.staff.post(path, json={"label": "one more"})).status_code == 409
