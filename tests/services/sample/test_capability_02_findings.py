"""Findings before acceptance, resolved one by one, and the thread with the customer, over HTTP."""

from typing import Any

import pytest

from tests.harness import forms
from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, row, seen
from tests.services.sample.test_manifest_intake import arrived, upload


@pytest.fixture
async def desk(product: Product) -> Desk:
    """A lab of its own for the test."""
    return await opened(product)


async def findings(desk: Desk, submission: Any, **asked: Any) -> dict[str, Any]:
    """Return the findings of a submission by their code."""
    path = f"/api/submissions/{submission['id']}/findings"
    return {found["code"]: found for found in checked(await desk.staff.get(path, params=asked))["items"]}


async def accepted(desk: Desk, finding: Any, reason: str = "As agreed by telephone.") -> Any:
    """Accept one finding with a reason."""
    path = f"/api/submissions/{finding['submission_id']}/findings/{finding['id']}/acceptance"
    return checked(await desk.staff.post(path, json={"reason": reason}, headers=seen(finding)))


async def ask(desk: Desk, submission: Any, *about: Any, body: str = "Which unit is 600 in?") -> Any:
    """Ask the customer about findings."""
    asked = {"body": body, "finding_ids": [finding["id"] for finding in about]}
    path = f"/api/submissions/{submission['id']}/questions"
    return checked(await desk.staff.post(path, json=asked, headers=seen(await desk.show(submission))))


async def answer(desk: Desk, submission: Any, question: Any, body: str = "In bp.") -> Any:
    """Answer as the submitter."""
    path = f"/api/submissions/{submission['id']}/questions/{question['id']}/answer"
    return checked(await desk.submitter.post(path, json={"body": body}, headers=seen(await desk.show(submission))))


async def decide(desk: Desk, submission: Any, **said: Any) -> Any:
    """Ask for the acceptance of a submission as it is now."""
    path = f"/api/submissions/{submission['id']}/acceptance"
    return await desk.staff.post(path, json=said, headers=seen(await desk.show(submission)))


async def test_capability_02_the_reference_form_raises_exactly_its_findings(product: Product, desk: Desk) -> None:
    await upload(desk.submitter, desk, forms.manifest())
    submission = await arrived(product, desk)
    assert (submission["row_count"], submission["error_count"]) == (96, 0)
    found = await findings(desk, submission)
    assert set(found) == forms.FINDINGS
    counts = {code: finding["row_count"] for code, finding in found.items() if finding["subject"] == "rows"}
    assert counts == {
        "KIT_SAMPLE_TYPE_MISMATCH": 94,
        "FLUOROMETRIC_MISSING": 94,
        "PURITY_MISSING": 94,
        "LOW_VOLUME": 96,
        "CONTROL_NOT_DECLARED": 2,
    }
    assert all((finding["state"], finding["resolved"]) == ("open", False) for finding in found.values())
    assert submission["open_finding_count"] == len(forms.FINDINGS)


async def test_capability_02_acceptance_needs_every_finding_resolved_one_by_one(desk: Desk) -> None:
    submission = await desk.under_review(row("A", volume_ul=2), kit_requested="SQK-RBK114.24", genome_size="600")
    found = await findings(desk, submission)
    assert set(found) == {"LOW_VOLUME", "KIT_SPELLING", "UNIT_AMBIGUOUS"}
    refused = await decide(desk, submission)
    assert (refused.status_code, refused.json()["finding_count"]) == (409, 3)
    done = await accepted(desk, found["LOW_VOLUME"])
    assert (done["state"], done["reason"]) == ("accepted", "As agreed by telephone.")
    assert done["resolved_by"]
    assert done["resolved_at"]
    await accepted(desk, found["KIT_SPELLING"])
    assert (await decide(desk, submission)).json()["finding_count"] == 1
    question = await ask(desk, submission, found["UNIT_AMBIGUOUS"])
    assert (await decide(desk, submission, reason="It does not matter.")).status_code == 409
    await answer(desk, submission, question)
    assert (await findings(desk, submission))["UNIT_AMBIGUOUS"]["reason"] == "In bp."
    assert checked(await decide(desk, submission))["status"] == "accepted"


async def test_capability_02_a_question_pauses_the_clock_until_the_answer(desk: Desk) -> None:
    submission = await desk.show(await desk.under_review(row("A"), genome_size="600"))
    assert submission["due_at"]
    question = await ask(desk, submission, *(await findings(desk, submission)).values())
    asked = await desk.show(submission)
    assert (asked["status"], asked["due_at"], asked["open_question_count"]) == ("questions_to_customer", None, 1)
    (clock,) = checked(await desk.staff.get(f"/api/submissions/{submission['id']}/clocks"))["items"]
    assert (clock["pauses"][0]["reason"], clock["pauses"][0]["resumed_at"]) == ("customer_question", None)
    assert clock["left_s"] > 0
    await answer(desk, submission, question)
    now = await desk.show(submission)
    assert (now["status"], now["open_question_count"], now["open_finding_count"]) == ("under_review", 0, 0)
    assert now["due_at"] >= submission["due_at"]
    (clock,) = checked(await desk.staff.get(f"/api/submissions/{submission['id']}/clocks"))["items"]
    assert clock["pauses"][0]["resumed_at"]


async def test_a_resolution_counts_only_for_what_the_finding_said(desk: Desk) -> None:
    submission = await desk.under_review(row("A", volume_ul=2), row("B"))
    await accepted(desk, (await findings(desk, submission))["LOW_VOLUME"])
    (second,) = [each for each in await desk.rows(submission) if each["row_number"] == 2]
    path = f"/api/submissions/{submission['id']}/rows/2"
    checked(await desk.staff.patch(path, json={"volume_ul": 3, "reason": "Weighed."}, headers=seen(second)))
    again = (await findings(desk, submission))["LOW_VOLUME"]
    assert (again["state"], again["row_count"], again["reason"]) == ("open", 2, "")
    for number in (1, 2):
        now = checked(await desk.staff.get(f"/api/submissions/{submission['id']}/rows/{number}"))
        path = f"/api/submissions/{submission['id']}/rows/{number}"
        checked(await desk.staff.patch(path, json={"volume_ul": 50, "reason": "Weighed."}, headers=seen(now)))
    assert await findings(desk, submission) == {}
    assert (await desk.show(submission))["open_finding_count"] == 0


async def test_an_acceptance_with_a_reason_resolves_each_that_is_open_for_it(product: Product, desk: Desk) -> None:
    submission = await desk.under_review(row("A", volume_ul=2), genome_size="600")
    checked(await decide(desk, submission, reason="The submitter agreed."))
    found = (await findings(desk, submission)).values()
    assert [(each["state"], each["reason"]) for each in found] == [("accepted", "The submitter agreed.")] * 2
    async with product.db("sample") as db:
        history = await db.fetch(
            "SELECT h.way, h.reason FROM finding_resolution h JOIN finding f ON f.id = h.finding_id "
            "WHERE f.submission_id::text = $1",
            submission["id"],
        )
    assert [tuple(each) for each in history] == [("accepted", "The submitter agreed.")] * 2


async def test_the_thread_shows_notes_to_the_facility_only(desk: Desk) -> None:
    submission = await desk.under_review(row("A"), genome_size="600")
    question = await ask(desk, submission, body="How long are they?")
    checked(await desk.staff.post(f"/api/submissions/{submission['id']}/notes", json={"body": "Call again."}))
    said = await answer(desk, submission, question, "600 bp.")
    path = f"/api/submissions/{submission['id']}/messages"
    kinds = [each["kind"] for each in checked(await desk.staff.get(path))["items"]]
    assert kinds == ["question", "note", "answer"]
    thread = checked(await desk.submitter.get(path))["items"]
    assert [(each["kind"], each["side"]) for each in thread] == [("question", "facility"), ("answer", "customer")]
    assert (thread[0]["answered"], said["answers"]) == (True, question["id"])
    assert (await desk.stranger.get(path)).status_code == 404
    refused = await desk.submitter.post(
        f"/api/submissions/{submission['id']}/questions/{question['id']}/answer",
        json={"body": "Again."},
        headers=seen(await desk.show(submission)),
    )
    assert refused.json()["type"] == "already-answered"


async def test_only_the_facility_asks_and_accepts_findings(desk: Desk) -> None:
    submission = await desk.under_review(row("A"), genome_size="600")
    (finding,) = (await findings(desk, submission)).values()
    path = f"/api/submissions/{submission['id']}"
    asked = {"body": "Why?"}
    assert (await desk.submitter.post(f"{path}/questions", json=asked, headers=seen(submission))).status_code == 403
    assert (await desk.submitter.post(f"{path}/notes", json=asked)).status_code == 403
    said = {"reason": "I say so."}
    where = f"{path}/findings/{finding['id']}/acceptance"
    assert (await desk.submitter.post(where, json=said, headers=seen(finding))).status_code == 403
    assert (await desk.staff.post(where, json=said, headers={"If-Match": '"v7"'})).status_code == 412


async def test_what_is_to_be_urgent_needs_a_persons_reason(desk: Desk) -> None:
    submission = await desk.under_review(row("A"), priority="urgent")
    assert set(await findings(desk, submission)) == {"URGENT_UNCONFIRMED"}
    checked(await decide(desk, submission, reason="Patient waits."))
    (made,) = checked(await desk.staff.get("/api/samples", params={"submission_id": submission["id"]}))["items"]
    shown = checked(await desk.staff.get(f"/api/samples/{made['code']}"))
    assert (shown["priority"], shown["priority_reason"]) == ("urgent", "Patient waits.")
