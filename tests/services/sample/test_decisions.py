"""Handing in, acceptance, rejection and withdrawal over HTTP."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, row, seen


@pytest.fixture
async def desk(product: Product) -> Desk:
    """A lab of its own for the test."""
    return await opened(product)


async def decide(client: Any, submission: Any, noun: str, **asked: Any) -> Any:
    return await client.post(f"/api/submissions/{submission['id']}/{noun}", json=asked, headers=seen(submission))


async def test_a_submission_without_problems_is_accepted_and_its_samples_are_expected(desk: Desk) -> None:
    submission = await desk.under_review(row("A"), row("B", kind="positive_control", organism="Phage lambda"))
    accepted = checked(await decide(desk.staff, submission, "acceptance"))
    assert (accepted["status"], accepted["row_count"]) == ("accepted", 2)
    asked = {"submission_id": submission["id"], "sort": "code"}
    samples = checked(await desk.submitter.get("/api/samples", params=asked))["items"]
    assert [(sample["name"], sample["stage"], sample["kind"]) for sample in samples] == [
        ("A", "expected", "test_sample"),
        ("B", "expected", "positive_control"),
    ]
    linked = await desk.rows(submission)
    assert [item["sample_code"] for item in linked] == [sample["code"] for sample in samples]
    first = checked(await desk.staff.get(f"/api/samples/{samples[0]['id']}"))
    assert (first["organism"], first["service_type"]) == ("Escherichia coli", "ont-dna")
    assert first["submitted"]["volume_ul"] == 50.0


async def test_errors_refuse_acceptance_and_no_sample_is_made(desk: Desk) -> None:
    submission = await desk.under_review(row("A"), row("A"))
    refused = await decide(desk.staff, submission, "acceptance", reason="it does not matter")
    assert (refused.status_code, refused.json()["type"]) == (409, "submission-has-errors")
    assert (await desk.show(submission))["status"] == "under_review"
    found = checked(await desk.staff.get("/api/samples", params={"submission_id": submission["id"]}))
    assert found["items"] == []


async def test_findings_need_a_reason_and_it_is_kept(desk: Desk) -> None:
    submission = await desk.under_review(row("A", volume_ul=2.0))
    refused = await decide(desk.staff, submission, "acceptance", reason="  ")
    assert (refused.status_code, refused.json()["type"]) == (409, "reason-required")
    assert [error["path"] for error in refused.json()["errors"]] == ["reason"]
    accepted = checked(await decide(desk.staff, submission, "acceptance", reason="The submitter agreed."))
    assert (accepted["reason"], accepted["finding_count"]) == ("The submitter agreed.", 1)
    assert accepted["decided_by"]


async def test_corrected_values_reach_the_sample_and_the_submitted_row_stays(desk: Desk) -> None:
    submission = await desk.under_review(row("A", volume_ul=2.0))
    now = (await desk.rows(submission))[0]
    path = f"/api/submissions/{submission['id']}/rows/1"
    checked(await desk.staff.patch(path, json={"volume_ul": 40}, headers=seen(now)))
    checked(await decide(desk.staff, await desk.show(submission), "acceptance"))
    kept = (await desk.rows(submission))[0]
    sample = checked(await desk.staff.get(f"/api/samples/{kept['sample_id']}"))
    assert sample["submitted"]["volume_ul"] == 40
    assert kept["submitted"]["volume_ul"]["value"] == 2.0


async def test_what_is_decided_cannot_be_changed_or_decided_again(product: Product, desk: Desk) -> None:
    submission = await desk.under_review(row("A"))
    accepted = checked(await decide(desk.staff, submission, "acceptance"))
    now = (await desk.rows(submission))[0]
    path = f"/api/submissions/{submission['id']}"
    answers = [
        await decide(desk.staff, accepted, "acceptance"),
        await decide(desk.staff, accepted, "rejection", reason="changed my mind"),
        await decide(desk.submitter, accepted, "cancellation", reason="changed my mind"),
        await decide(desk.submitter, accepted, "review"),
        await desk.staff.patch(path, json={"comment": "x"}, headers=seen(accepted)),
        await desk.staff.patch(f"{path}/rows/1", json={"comment": "x"}, headers=seen(now)),
        await desk.staff.delete(f"{path}/rows/1", headers=seen(now)),
        await desk.staff.post(f"{path}/rows", json={"rows": [row("B")]}),
    ]
    assert [answer.status_code for answer in answers] == [409] * len(answers)
    async with product.db("sample") as connection:
        for statement in ("UPDATE submission_row SET values = '{}'", "DELETE FROM submission_row"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"{statement} WHERE submission_id = $1", submission["id"])


async def test_an_acceptance_of_an_older_version_is_refused(desk: Desk) -> None:
    submission = await desk.under_review(row("A"))
    path = f"/api/submissions/{submission['id']}/rows"
    checked(await desk.submitter.post(path, json={"rows": [row("B")]}))
    assert (await decide(desk.staff, submission, "acceptance")).status_code == 412
    refused = await desk.staff.post(f"/api/submissions/{submission['id']}/acceptance", json={})
    assert refused.status_code == 428


async def test_two_acceptances_at_the_same_time_make_the_samples_once(desk: Desk) -> None:
    submission = await desk.under_review(row("A"), row("B"))
    answers = await asyncio.gather(*(decide(desk.staff, submission, "acceptance") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    found = checked(await desk.staff.get("/api/samples", params={"submission_id": submission["id"]}))
    assert len(found["items"]) == 2


async def test_a_draft_is_handed_in_before_it_is_accepted(desk: Desk) -> None:
    draft = await desk.draft(row("A"))
    refused = await decide(desk.staff, draft, "acceptance")
    assert refused.status_code == 409
    assert refused.json()["allowed"] == ["under_review", "cancelled"]


async def test_a_rejection_and_a_withdrawal_need_a_reason_and_make_no_samples(desk: Desk) -> None:
    for noun, client, status in (("rejection", desk.staff, "rejected"), ("cancellation", desk.submitter, "cancelled")):
        submission = await desk.under_review(row("A"))
        assert (await decide(client, submission, noun)).status_code == 422
        assert (await decide(client, submission, noun, reason="   ")).status_code == 422
        decided = checked(await decide(client, submission, noun, reason="The tubes broke."))
        assert (decided["status"], decided["reason"]) == (status, "The tubes broke.")
        found = checked(await desk.staff.get("/api/samples", params={"submission_id": submission["id"]}))
        assert found["items"] == []


async def test_only_staff_accepts_and_rejects(product: Product, desk: Desk) -> None:
    submission = await desk.under_review(row("A"))
    for noun in ("acceptance", "rejection"):
        assert (await decide(desk.submitter, submission, noun, reason="I say so")).status_code == 403
        viewer = await product.client("viewer")
        assert (await decide(viewer, submission, noun, reason="I say so")).status_code == 403


async def test_a_closed_project_refuses_acceptance(desk: Desk) -> None:
    submission = await desk.under_review(row("A"))
    project = checked(await desk.staff.get(f"/api/projects/{desk.project_id}"))
    checked(
        await desk.staff.patch(f"/api/projects/{desk.project_id}", json={"status": "archived"}, headers=seen(project))
    )
    refused = await decide(desk.staff, submission, "acceptance")
    assert (refused.status_code, refused.json()["type"]) == (409, "project-not-active")


async def test_a_submission_without_rows_cannot_be_accepted(desk: Desk) -> None:
    submission = await desk.under_review()
    assert (await decide(desk.staff, submission, "acceptance", reason="nothing came")).status_code == 409


async def test_acceptance_is_announced_with_one_event_for_each_sample(product: Product, desk: Desk) -> None:
    submission = await desk.under_review(row("A"), row("B"))
    checked(await decide(desk.staff, submission, "acceptance"))
    admin, codes = await product.admin(), [item["sample_code"] for item in await desk.rows(submission)]

    async def logged() -> Any:
        asked = {"object_code": submission["code"], "type": "submission.accepted"}
        return checked(await admin.get("/api/audit/entries", params=asked))["items"]

    entry = (await product.eventually(logged))[0]
    assert entry["data"]["sample_count"] == 2
    assert entry["changes"] == [{"field": "status", "before": "under_review", "after": "accepted"}]
    for code in codes:
        asked = {"object_code": code, "type": "sample.created"}
        made = checked(await admin.get("/api/audit/entries", params=asked))["items"]
        assert [item["request_id"] for item in made] == [entry["request_id"]]
