"""A manifest on its way through the product: uploaded, read by the ai service, a submission here."""

import csv
import io
import time
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from nanopore_tracking.contracts.api.sample.rows import RowPatch
from nanopore_tracking.contracts.events.ai import Cell, ManifestRead, ManifestRow, ManifestRowsRead
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.corrections import commands as corrections
from nanopore_tracking.services.sample.decisions import commands as decisions
from nanopore_tracking.services.sample.manifests import commands
from nanopore_tracking.services.sample.submissions import store
from tests.harness.laboratory import Laboratory
from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, row, seen

MANY = 10_000


@pytest.fixture
async def desk(product: Product) -> Desk:
    """A lab of its own for the test."""
    return await opened(product)


async def upload(client: httpx.AsyncClient, desk: Desk, content: bytes, filename: str = "manifest.csv") -> Any:
    asked = {"project_id": desk.project_id, "filename": filename}
    headers = {"Content-Type": "text/csv"}
    return checked(await client.post("/api/documents", params=asked, content=content, headers=headers))


def manifest(*rows: dict[str, Any]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


async def arrived(product: Product, desk: Desk, **filters: Any) -> Any:
    async def look() -> Any:
        asked = {"project_id": desk.project_id, "status": "under_review", **filters}
        return checked(await desk.submitter.get("/api/submissions", params=asked))["items"]

    return (await product.eventually(look))[0]


async def test_an_uploaded_manifest_becomes_a_submission_under_review(product: Product, desk: Desk) -> None:
    content = manifest(row("A"), row("B", volume_ul=2), row("A"), row("BLANK", qubit_ng_per_ul=""))
    sender = await product.member("submitter", labs=[desk.lab_id])
    await upload(sender.client, desk, content, "plate 1.csv")
    submission = await desk.show(await arrived(product, desk))
    assert (submission["row_count"], submission["rows_announced"], submission["created_by"]) == (4, 4, sender.name)
    assert (submission["filename"], submission["source"]["filename"]) == ("plate 1.csv", "plate 1.csv")
    codes = {kind["code"]: kind["row_count"] for kind in submission["row_problems"]}
    assert {"DUPLICATE_NAME": 2, "LOW_VOLUME": 1, "CONTROL_NOT_DECLARED": 1}.items() <= codes.items()
    second = (await desk.rows(submission))[1]
    cell = second["submitted"]["volume_ul"]
    assert (cell["raw"], cell["value"], cell["row"]) == ("2", 2.0, 3)
    found = await arrived(product, desk, extraction_id=submission["source"]["extraction_id"])
    assert found["id"] == submission["id"]


async def test_the_same_file_sent_twice_is_found(product: Product, desk: Desk) -> None:
    content = manifest(row("A"))
    await upload(desk.submitter, desk, content)
    first = await arrived(product, desk)
    await upload(desk.submitter, desk, content, "again.csv")

    async def both() -> bool:
        asked = {"project_id": desk.project_id, "status": "under_review"}
        return len(checked(await desk.submitter.get("/api/submissions", params=asked))["items"]) == 2

    await product.eventually(both)
    second = await desk.show(await arrived(product, desk, q="again.csv"))
    before = [problem["message"] for problem in second["problems"] if problem["code"] == "DOCUMENT_SUBMITTED_BEFORE"]
    assert first["code"] in before[0]


async def test_the_template_is_understood_and_its_example_row_refused(product: Product, desk: Desk) -> None:
    answer = await desk.submitter.get("/api/submissions/template.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="sample-manifest.csv"'
    assert answer.headers["content-type"].startswith("text/csv")
    await upload(desk.submitter, desk, answer.content)
    submission = await desk.show(await arrived(product, desk))
    assert [kind["code"] for kind in submission["row_problems"] if kind["level"] == "error"] == ["EXAMPLE_ROW"]
    workbook = await desk.submitter.get("/api/submissions/template.xlsx")
    assert workbook.content.startswith(b"PK")
    assert (await product.anonymous().get("/api/submissions/template.csv")).status_code == 401


def read(laboratory: Laboratory, row_count: int, **changed: Any) -> ManifestRead:
    said: dict[str, Any] = {
        "extraction_id": uuid4(),
        "document_id": uuid4(),
        "project_id": laboratory.project_id,
        "lab_id": laboratory.lab_id,
        "filename": "plate.xlsx",
        "sha256": uuid4().hex,
        "row_count": row_count,
        "columns": [],
        "header": {"organism": "Exampella testii", "contains_human_dna": "no", "priority": "high"},
    }
    return ManifestRead(**{**said, **changed})


def some_rows(first: int, last: int) -> list[ManifestRow]:
    return [
        ManifestRow(row_number=n, cells={
            name: Cell(raw=str(value), value=value, sheet="Plate", row=n + 1, column="A")
            for name, value in row(f"S{n:05d}").items()
        })
        for n in range(first, last + 1)
    ]  # fmt: skip


async def begin(laboratory: Laboratory, said: ManifestRead) -> UUID:
    async with laboratory.db.transaction(laboratory.call()) as tx:
        await commands.begin(tx, said, by="alice")
    found = await store.find_extraction(laboratory.db, said.extraction_id)
    assert found is not None
    return found


async def append(laboratory: Laboratory, said: ManifestRead, rows: list[ManifestRow], *, last: bool) -> None:
    event = ManifestRowsRead(extraction_id=said.extraction_id, project_id=said.project_id, rows=rows, last=last)
    async with laboratory.db.transaction(laboratory.call()) as tx:
        await commands.append(tx, event)


async def now(laboratory: Laboratory, submission_id: UUID) -> Any:
    async with laboratory.db.transaction(laboratory.call()) as tx:
        return await store.lock_submission(tx, submission_id)


async def test_a_submission_is_being_read_until_the_last_rows_came(laboratory: Laboratory) -> None:
    said = read(laboratory, 4)
    submission_id = await begin(laboratory, said)
    await append(laboratory, said, some_rows(1, 2), last=False)
    reading = await now(laboratory, submission_id)
    assert (reading.status, reading.row_count, reading.rows_announced) == ("reading", 2, 4)
    assert (reading.header["organism"], reading.header["priority"]) == ("Exampella testii", "high")
    await append(laboratory, said, some_rows(3, 4), last=True)
    complete = await now(laboratory, submission_id)
    assert (complete.status, complete.row_count) == ("under_review", 4)


async def test_a_manifest_that_is_read_again_begins_again(laboratory: Laboratory) -> None:
    said = read(laboratory, 3)
    submission_id = await begin(laboratory, said)
    await append(laboratory, said, some_rows(1, 3), last=True)
    assert await begin(laboratory, said) == submission_id
    again = await now(laboratory, submission_id)
    assert (again.status, again.row_count) == ("reading", 0)
    await append(laboratory, said, some_rows(1, 2), last=True)
    assert (await now(laboratory, submission_id)).row_count == 2


async def test_a_withdrawn_submission_takes_no_more_rows(laboratory: Laboratory) -> None:
    said = read(laboratory, 2)
    submission_id = await begin(laboratory, said)
    async with laboratory.db.transaction(laboratory.call()) as tx:
        await decisions.cancel(tx, submission_id, "the wrong file", seen=1)
    await append(laboratory, said, some_rows(1, 2), last=True)
    await begin(laboratory, said)
    left = await now(laboratory, submission_id)
    assert (left.status, left.row_count) == ("cancelled", 0)


async def test_rows_of_an_unknown_manifest_are_a_failure_and_not_lost_silently(laboratory: Laboratory) -> None:
    with pytest.raises(errors.NotFound):
        await append(laboratory, read(laboratory, 1), some_rows(1, 1), last=True)
    with pytest.raises(errors.NotFound):
        await begin(laboratory, read(laboratory, 1, project_id=uuid4()))


async def test_ten_thousand_rows_cost_seconds_to_read_and_accept_and_little_to_correct(laboratory: Laboratory) -> None:
    said = read(laboratory, MANY)
    submission_id = await begin(laboratory, said)
    taken_s = {"reading": time.process_time()}
    for first in range(1, MANY + 1, 250):
        await append(laboratory, said, some_rows(first, first + 249), last=first + 249 == MANY)
    taken_s["correction"] = time.process_time()
    async with laboratory.db.transaction(laboratory.call()) as tx:
        await corrections.correct_row(tx, submission_id, 5000, asked=RowPatch(volume_ul=40.0), seen=1)
    taken_s["acceptance"] = time.process_time()
    submission = await now(laboratory, submission_id)
    async with laboratory.db.transaction(laboratory.call()) as tx:
        await decisions.accept(tx, submission_id, "agreed", seen=submission.version)
    reading, correction, acceptance = taken_s.values()
    spent_s = (correction - reading, acceptance - correction, time.process_time() - acceptance)
    assert all(spent < most for spent, most in zip(spent_s, (5.0, 0.5, 5.0), strict=True)), spent_s
    async with laboratory.owner() as connection:
        made = "SELECT count(*) FROM sample WHERE submission_id = $1"
        assert await connection.fetchval(made, submission_id) == MANY
        linked = "SELECT count(sample_code) FROM submission_row WHERE submission_id = $1"
        assert await connection.fetchval(linked, submission_id) == MANY
        told = "SELECT count(*) FROM outbox WHERE type = 'sample.created'"
        assert await connection.fetchval(told) >= MANY


async def test_a_draft_and_a_manifest_share_one_series_of_codes(product: Product, desk: Desk) -> None:
    draft = await desk.draft()
    await upload(desk.submitter, desk, manifest(row("A")))
    submission = await arrived(product, desk)
    assert int(submission["code"][-5:]) > int(draft["code"][-5:])
    now_read = await desk.show(submission)
    path = f"/api/submissions/{submission['id']}"
    asked = {"contains_human_dna": "no", "kit_requested": "SQK-LSK114"}
    changed = checked(await desk.staff.patch(path, json=asked, headers=seen(now_read)))
    assert changed["finding_count"] < now_read["finding_count"]
