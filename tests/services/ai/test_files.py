"""Files that belong to a submission: told by content, kept by their sum, seen by the lab, removed from drafts alone."""

import hashlib
from typing import Any

import httpx
import pytest

from tests.harness.product import Product, checked
from tests.services.ai import corpus
from tests.services.sample.desk import Desk, opened, row, seen

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


@pytest.fixture
async def desk(product: Product) -> Desk:
    return await opened(product)


async def _add(client: httpx.AsyncClient, submission: Any, content: bytes, **said: str) -> httpx.Response:
    query = {"submission_id": submission["id"], "filename": "protocol.pdf", **said}
    return await client.post("/api/documents/files", params=query, content=content)


async def _listed(client: httpx.AsyncClient, submission: Any) -> list[Any]:
    query = {"submission_id": submission["id"]}
    return list(checked(await client.get("/api/documents/files", params=query))["items"])


async def test_a_file_is_kept_by_its_sum_and_handed_out_to_its_lab_alone(product: Product, desk: Desk) -> None:
    draft = await desk.draft(row("ONE"))
    made = checked(await _add(desk.submitter, draft, PDF, purpose="protocol"))
    assert (made["kind"], made["purpose"], made["size_bytes"]) == ("pdf", "protocol", len(PDF))
    assert made["sha256"] == hashlib.sha256(PDF).hexdigest()

    back = await desk.staff.get(f"/api/documents/files/{made['id']}/content")
    assert (back.content, back.headers["content-type"]) == (PDF, "application/pdf")
    assert back.headers["content-disposition"].startswith("attachment;")
    assert [item["id"] for item in await _listed(desk.submitter, draft)] == [made["id"]]
    assert await _listed(desk.stranger, draft) == []
    assert (await desk.stranger.get(f"/api/documents/files/{made['id']}/content")).status_code == 404
    assert (await _add(desk.stranger, draft, PDF)).status_code == 404
    viewer = await product.client("viewer")
    assert (await viewer.get(f"/api/documents/files/{made['id']}/content")).status_code == 403

    manager = await product.client("facility_manager")

    async def audited() -> Any:
        asked = {"object_kind": "submission", "object_id": draft["id"], "type": "ai.file_added"}
        return checked(await manager.get("/api/audit/entries", params=asked))["items"]

    (entry,) = await product.eventually(audited)
    assert entry["changes"][0]["after"] == "protocol.pdf"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "jpeg"),
        (b"II*\x00" + b"\0" * 40, "tiff"),
        (corpus.archive({"word/document.xml": b"<w/>"}), "docx"),
        (corpus.archive({"xl/workbook.xml": b"<w/>"}), "xlsx"),
        (b"A protocol, in words.\n", "text"),
    ],
)
async def test_what_a_file_is_follows_from_its_content(desk: Desk, content: bytes, kind: str) -> None:
    draft = await desk.draft(row("ONE"))
    assert checked(await _add(desk.submitter, draft, content, filename="report.pdf"))["kind"] == kind


@pytest.mark.parametrize(
    ("content", "status", "word"),
    [
        (b"", 422, "empty"),
        (b"MZ\x90\0", 415, "program"),
        (b"<html><script>", 415, "web page"),
        (corpus.archive({"a.txt": b"x"}), 415, "archive"),
        (b"x" * 20_000_001, 413, "20 MB"),
    ],
)
async def test_what_is_not_taken_says_why(desk: Desk, content: bytes, status: int, word: str) -> None:
    draft = await desk.draft(row("ONE"))
    answer = await _add(desk.submitter, draft, content)
    assert (answer.status_code, word in answer.json()["detail"]) == (status, True), answer.text
    assert await _listed(desk.submitter, draft) == []


async def test_a_file_is_removed_from_a_draft_and_stays_with_what_was_handed_in(product: Product, desk: Desk) -> None:
    draft = await desk.draft(row("ONE"))
    made = checked(await _add(desk.submitter, draft, PDF))
    path = f"/api/documents/files/{made['id']}"
    assert (await desk.submitter.delete(path, headers={"If-Match": '"v7"'})).status_code == 412
    assert (await desk.stranger.delete(path, headers=seen(made))).status_code == 404
    assert (await desk.submitter.delete(path, headers=seen(made))).status_code == 204
    assert await _listed(desk.submitter, draft) == []
    assert (await desk.submitter.get(f"{path}/content")).status_code == 404

    kept = checked(await _add(desk.submitter, draft, PDF))
    handed = checked(await desk.submitter.post(f"/api/submissions/{draft['id']}/review", json={}, headers=seen(draft)))

    async def refused() -> bool:
        answer = await desk.submitter.delete(f"/api/documents/files/{kept['id']}", headers={"If-Match": '"v9"'})
        return answer.status_code == 409

    await product.eventually(refused)
    assert len(await _listed(desk.staff, draft)) == 1
    late = checked(await _add(desk.staff, draft, b"Gel of Monday.\n", filename="gel.txt", purpose="gel_picture"))
    assert late["purpose"] == "gel_picture"
    body = {"reason": "Withdrawn."}
    checked(await desk.staff.post(f"/api/submissions/{handed['id']}/cancellation", json=body, headers=seen(handed)))

    async def closed() -> bool:
        return (await _add(desk.staff, draft, PDF)).status_code == 409

    await product.eventually(closed)
