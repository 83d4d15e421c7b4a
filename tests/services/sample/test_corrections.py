"""Rows of submissions over HTTP: what was submitted stays, what counts is corrected."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, row, seen


@pytest.fixture
async def desk(product: Product) -> Desk:
    """A lab of its own for the test."""
    return await opened(product)


async def correct(desk: Desk, submission: Any, row_number: int, **values: Any) -> Any:
    path = f"/api/submissions/{submission['id']}/rows/{row_number}"
    now = checked(await desk.submitter.get(path))
    return checked(await desk.submitter.patch(path, json=values, headers=seen(now)))


async def test_a_correction_counts_and_what_was_submitted_stays_beside_it(product: Product, desk: Desk) -> None:
    member = await product.member("submitter", labs=[desk.lab_id])
    draft = await desk.draft(row("A", volume_ul=2.0))
    path = f"/api/submissions/{draft['id']}/rows/1"
    before = checked(await member.client.get(path))
    asked = {"volume_ul": 25, "reason": "measured again"}
    after = checked(await member.client.patch(path, json=asked, headers=seen(before)))
    assert (after["values"]["volume_ul"], after["submitted"]["volume_ul"]["value"]) == (25, 2.0)
    correction = after["corrections"]["volume_ul"]
    assert (correction["by"], correction["reason"], correction["value"]) == (member.name, "measured again", 25)
    assert after["problems"] == []
    assert (await desk.show(draft))["finding_count"] == 0
    assert (await member.client.patch(path, json=asked, headers=seen(before))).status_code == 412
    assert (await member.client.patch(path, json=asked)).status_code == 428


async def test_correcting_one_of_two_same_names_clears_both(desk: Desk) -> None:
    draft = await desk.draft(row("A"), row("A"), row("C"))
    assert [item["level"] for item in await desk.rows(draft)] == ["error", "error", None]
    await correct(desk, draft, 2, sample_name="B")
    assert [item["level"] for item in await desk.rows(draft)] == [None, None, None]
    assert (await desk.show(draft))["error_count"] == 0
    await correct(desk, draft, 3, sample_name="B")
    assert [item["level"] for item in await desk.rows(draft)] == [None, "error", "error"]


async def test_a_correction_to_the_value_that_counts_already_changes_nothing(desk: Desk) -> None:
    draft = await desk.draft(row("A"))
    after = await correct(desk, draft, 1, volume_ul=50)
    assert after["corrections"] == {}
    assert (await desk.show(draft))["version"] == draft["version"]


async def test_rows_are_added_at_the_end_and_removed(desk: Desk) -> None:
    draft = await desk.draft(row("A"), row("B"))
    path = f"/api/submissions/{draft['id']}/rows"
    added = checked(await desk.submitter.post(path, json={"rows": [row("C"), row("A")]}))
    assert added["row_numbers"] == [3, 4]
    assert [item["level"] for item in await desk.rows(draft)] == ["error", None, None, "error"]
    last = (await desk.rows(draft))[3]
    assert (await desk.submitter.delete(f"{path}/4")).status_code == 428
    gone = await desk.submitter.delete(f"{path}/4", headers=seen(last))
    assert (gone.status_code, gone.content) == (204, b"")
    assert [item["level"] for item in await desk.rows(draft)] == [None, None, None]
    assert (await desk.show(draft))["row_count"] == 3
    assert (await desk.submitter.delete(f"{path}/4", headers=seen(last))).status_code == 404


async def test_rows_are_filtered_by_level_and_kind_of_problem_and_paged(desk: Desk) -> None:
    draft = await desk.draft(*(row(f"S{number}", volume_ul=2.0 if number % 2 else 50.0) for number in range(1, 8)))
    low = await desk.rows(draft, level="finding", code="LOW_VOLUME")
    assert [item["row_number"] for item in low] == [1, 3, 5, 7]
    assert await desk.rows(draft, level="error") == []
    assert [item["row_number"] for item in await desk.rows(draft, q="s3")] == [3]
    path, asked = f"/api/submissions/{draft['id']}/rows", {"limit": 4}
    first = checked(await desk.staff.get(path, params=asked))
    second = checked(await desk.staff.get(path, params={**asked, "after": first["next"]}))
    assert [item["row_number"] for item in first["items"] + second["items"]] == list(range(1, 8))


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"volume_ul": -1}, "volume_ul"),
        ({"volume_ul": "2 mL"}, "volume_ul"),
        ({"kind": "spike"}, "kind"),
        ({"material": "soil"}, "material"),
        ({"a260_a280": 11}, "a260_a280"),
        ({"sample_name": None}, "sample_name"),
        ({"submitted": {}}, "submitted"),
    ],
)
async def test_a_bad_correction_is_refused_with_the_name_of_the_field(desk: Desk, asked: object, wrong: str) -> None:
    draft = await desk.draft(row("A"))
    now = (await desk.rows(draft))[0]
    path = f"/api/submissions/{draft['id']}/rows/1"
    refused = await desk.submitter.patch(path, json=asked, headers=seen(now))
    assert refused.status_code == 422
    assert [error["path"] for error in refused.json()["errors"]] == [wrong]


async def test_a_row_that_is_not_there_is_not_found(desk: Desk) -> None:
    draft = await desk.draft(row("A"))
    for path in (f"/api/submissions/{draft['id']}/rows/2", f"/api/submissions/{uuid4()}/rows/1"):
        assert (await desk.submitter.get(path)).status_code == 404
        answer = await desk.submitter.patch(path, json={"comment": "x"}, headers={"If-Match": '"v1"'})
        assert answer.status_code == 404
    assert (await desk.submitter.get(f"/api/submissions/{draft['id']}/rows/0")).status_code == 422


async def test_the_database_itself_refuses_to_change_what_was_submitted(product: Product, desk: Desk) -> None:
    draft = await desk.draft(row("A"))
    async with product.db("sample") as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="kept as it was submitted"):
            await connection.execute("UPDATE submission_row SET submitted = '{}' WHERE submission_id = $1", draft["id"])


async def test_a_correction_is_announced_with_before_and_after(product: Product, desk: Desk) -> None:
    draft = await desk.draft(row("A", volume_ul=2.0))
    await correct(desk, draft, 1, volume_ul=25, reason="measured again")
    admin = await product.admin()

    async def logged() -> Any:
        asked = {"object_code": draft["code"], "type": "submission.row_corrected"}
        return checked(await admin.get("/api/audit/entries", params=asked))["items"]

    entry = (await product.eventually(logged))[0]
    assert entry["changes"] == [{"field": "volume_ul", "before": 2.0, "after": 25.0}]
    assert (entry["data"]["row"]["row_number"], entry["data"]["reason"]) == (1, "measured again")
