"""Drafts, headers and lists of submissions over HTTP."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import GOOD_HEADER, Desk, opened, row, seen


@pytest.fixture
async def desk(product: Product) -> Desk:
    """A lab of its own for the test."""
    return await opened(product)


async def test_a_draft_is_checked_as_it_is_made(desk: Desk) -> None:
    draft = await desk.draft(row("A"), row("B", volume_ul=2.0), row("A"))
    assert (draft["status"], draft["row_count"], draft["lab_id"]) == ("draft", 3, desk.lab_id)
    assert (draft["error_count"], draft["finding_count"], draft["warning_count"]) == (2, 1, 0)
    assert [(kind["code"], kind["row_count"]) for kind in draft["row_problems"]] == [
        ("DUPLICATE_NAME", 2),
        ("LOW_VOLUME", 1),
    ]
    assert draft["problems"] == []
    assert set(draft["catalogue_versions"]) >= {"kits", "thresholds"}


async def test_codes_are_gapless_whatever_is_refused_between(desk: Desk) -> None:
    first = await desk.draft()
    refused = await desk.submitter.post("/api/submissions", json={"project_id": str(uuid4())})
    assert refused.status_code == 404
    made = await asyncio.gather(*(desk.draft() for _ in range(6)))
    numbers = sorted(int(draft["code"][-5:]) for draft in made)
    begin = int(first["code"][-5:]) + 1
    assert numbers == list(range(begin, begin + 6))


async def test_a_submission_is_found_by_its_code_and_by_its_id(desk: Desk) -> None:
    draft = await desk.draft()
    for said in (draft["id"], draft["code"], draft["code"].lower()):
        answer = await desk.submitter.get(f"/api/submissions/{said}")
        assert checked(answer)["id"] == draft["id"]
        assert answer.headers["etag"] == f'"v{draft["version"]}"'
    for unknown in ("SUB-2026-99999", str(uuid4()), "nothing", "%E2%80%8B"):
        assert (await desk.submitter.get(f"/api/submissions/{unknown}")).status_code == 404


async def test_a_changed_header_is_checked_with_all_rows(desk: Desk) -> None:
    draft = await desk.draft(row("A", material="amplicon", fragment_bp=600))
    path = f"/api/submissions/{draft['id']}"
    asked = {"kit_requested": "SQK-RBK114.24", "target": "20,000 reads per sample", "genome_size": "600"}
    changed = checked(await desk.submitter.patch(path, json=asked, headers=seen(draft)))
    assert {problem["code"] for problem in changed["problems"]} == {"KIT_SPELLING", "TARGET_AS_READS", "UNIT_AMBIGUOUS"}
    assert [kind["code"] for kind in changed["row_problems"]] == ["KIT_SAMPLE_TYPE_MISMATCH"]
    assert (await desk.submitter.patch(path, json=asked, headers=seen(draft))).status_code == 412
    assert (await desk.submitter.patch(path, json=asked)).status_code == 428
    assert (await desk.show(draft))["version"] == changed["version"]


async def test_ninety_six_rows_do_not_fit_twenty_four_barcodes(desk: Desk) -> None:
    draft = await desk.draft(*(row(f"S{number}") for number in range(96)), kit_requested="SQK-NBD114-24")
    assert "BARCODE_CAPACITY" in [problem["code"] for problem in draft["problems"]]


async def test_human_dna_asks_for_a_project_for_human_data(desk: Desk) -> None:
    draft = await desk.draft(row(), contains_human_dna="yes")
    assert [problem["code"] for problem in draft["problems"]] == ["DATA_CLASSIFICATION"]


async def test_the_requester_of_a_draft_is_the_person_who_begins_it(product: Product, desk: Desk) -> None:
    member = await product.member("submitter", labs=[desk.lab_id])
    asked = {"project_id": desk.project_id}
    assert checked(await member.client.post("/api/submissions", json=asked))["requester_name"] == member.name


async def test_another_labs_submissions_cannot_be_seen_changed_or_made(desk: Desk) -> None:
    draft = await desk.draft(row())
    path = f"/api/submissions/{draft['id']}"
    reason = {"reason": "not mine"}
    answers = [
        await desk.stranger.get(path),
        await desk.stranger.get(f"/api/submissions/{draft['code']}"),
        await desk.stranger.patch(path, json={"comment": "x"}, headers=seen(draft)),
        await desk.stranger.get(f"{path}/rows"),
        await desk.stranger.get(f"{path}/rows/1"),
        await desk.stranger.post(f"{path}/rows", json={"rows": [row("B")]}),
        await desk.stranger.patch(f"{path}/rows/1", json={"comment": "x"}, headers={"If-Match": '"v1"'}),
        await desk.stranger.delete(f"{path}/rows/1", headers={"If-Match": '"v1"'}),
        await desk.stranger.post(f"{path}/review", json={}, headers=seen(draft)),
        await desk.stranger.post(f"{path}/cancellation", json=reason, headers=seen(draft)),
        await desk.stranger.post("/api/submissions", json={"project_id": desk.project_id}),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert checked(await desk.stranger.get("/api/submissions"))["items"] == []
    assert (await desk.show(draft))["version"] == draft["version"]


async def test_lists_are_filtered_and_paged(desk: Desk) -> None:
    made = [await desk.draft(external_id=f"HTSF--QX-{number}") for number in range(3)]
    handed_in = await desk.under_review(row())
    asked: dict[str, Any] = {"project_id": desk.project_id, "sort": "created", "limit": 2}
    first = checked(await desk.staff.get("/api/submissions", params=asked))
    second = checked(await desk.staff.get("/api/submissions", params={**asked, "after": first["next"]}))
    assert [item["id"] for item in first["items"] + second["items"]] == [item["id"] for item in [*made, handed_in]]

    async def ids(**filters: str) -> list[str]:
        found = checked(await desk.staff.get("/api/submissions", params={"lab_id": desk.lab_id, **filters}))
        return [item["id"] for item in found["items"]]

    assert await ids(status="under_review") == [handed_in["id"]]
    assert await ids(q="qx-1") == [made[1]["id"]]
    assert await ids(extraction_id=str(uuid4())) == []


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"project_id": "P"}, "project_id"),
        ({"priority": "soon"}, "priority"),
        ({"requester_email": "nobody"}, "requester_email"),
        ({"comment": "a\u0001b"}, "comment"),
        ({"rows": [{"volume_ul": 5}]}, "rows[0].sample_name"),
        ({"rows": [{"sample_name": "A", "volume_ul": -5}]}, "rows[0].volume_ul"),
        ({"rows": [{"sample_name": "A", "volume_ul": "5"}]}, "rows[0].volume_ul"),
        ({"rows": [{"sample_name": "A", "kind": "spike"}]}, "rows[0].kind"),
        ({"rows": [{"sample_name": "A", "colour": "red"}]}, "rows[0].colour"),
        ({"rows": [{"sample_name": "A"}] * 501}, "rows"),
    ],
)
async def test_bad_input_is_refused_with_the_name_of_the_field(desk: Desk, changed: object, wrong: str) -> None:
    asked = {"project_id": desk.project_id, **GOOD_HEADER, **(changed if isinstance(changed, dict) else {})}
    refused = await desk.submitter.post("/api/submissions", json=asked)
    assert refused.status_code == 422
    said = [error["path"] for error in refused.json()["errors"]]
    assert any(path == wrong or path == wrong.rpartition(".")[0] for path in said), said


async def test_a_closed_project_takes_no_submissions(desk: Desk) -> None:
    path = f"/api/projects/{desk.project_id}"
    project = checked(await desk.staff.get(path))
    checked(await desk.staff.patch(path, json={"status": "closed"}, headers=seen(project)))
    refused = await desk.submitter.post("/api/submissions", json={"project_id": desk.project_id})
    assert (refused.status_code, refused.json()["type"]) == (409, "project-not-active")
    assert "Nothing was changed" in refused.json()["detail"]


async def test_the_same_request_sent_twice_makes_one_draft(desk: Desk) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    asked = {"project_id": desk.project_id}
    first, second = [await desk.submitter.post("/api/submissions", json=asked, headers=key) for _ in range(2)]
    assert checked(first)["id"] == checked(second)["id"]


async def test_an_auditor_reads_and_a_stranger_to_the_product_does_not(product: Product, desk: Desk) -> None:
    draft, auditor = await desk.draft(), await product.client("auditor")
    assert (await auditor.get(f"/api/submissions/{draft['id']}")).status_code == 200
    assert (await auditor.post("/api/submissions", json={"project_id": desk.project_id})).status_code == 403
    assert (await product.anonymous().get(f"/api/submissions/{draft['id']}")).status_code == 401


async def test_what_was_typed_is_in_the_history(product: Product, desk: Desk) -> None:
    draft, admin = await desk.draft(row("A"), row("B")), await product.admin()

    async def logged() -> Any:
        entries = checked(await admin.get("/api/audit/entries", params={"object_code": draft["code"]}))["items"]
        return entries if len(entries) == 2 else []

    added, created = await product.eventually(logged)
    assert (created["type"], created["lab_id"], created["data"]["status"]) == (
        "submission.created",
        desk.lab_id,
        "draft",
    )
    assert [state["values"]["sample_name"] for state in added["data"]["rows"]] == ["A", "B"]
