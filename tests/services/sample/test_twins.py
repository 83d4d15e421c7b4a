"""What was probably submitted before is asked about at intake, within the lab, from indexes, and never merged."""

from typing import Any
from uuid import UUID

import pytest

from nanopore_tracking.services.sample.rows.model import Row
from nanopore_tracking.services.sample.twins import model, store
from tests.harness.laboratory import Laboratory
from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, new_lab, opened, row, seen

CODE = "POSSIBLE_DUPLICATE"


@pytest.fixture(scope="module")
async def desk(product: Product) -> Desk:
    """A lab with a project, its submitter and a technician."""
    return await opened(product)


async def _codes(desk: Desk, submission: Any) -> dict[str, Any]:
    found = checked(await desk.staff.get(f"/api/submissions/{submission['id']}/findings"))
    return {item["code"]: item for item in found["items"]}


async def _accepted(desk: Desk, *rows: dict[str, Any]) -> Any:
    submission = await desk.under_review(*rows)
    path = f"/api/submissions/{submission['id']}/acceptance"
    return checked(await desk.staff.post(path, json={"reason": "All of it is new."}, headers=seen(submission)))


async def test_a_name_that_the_lab_has_already_is_a_question_that_is_answered_with_a_reason(desk: Desk) -> None:
    await _accepted(desk, row("Gorilla-17 liver", qubit_ng_per_ul=501.0))
    again = await desk.under_review(row("gorilla 17, LIVER", qubit_ng_per_ul=44.0, nanodrop_ng_per_ul=45.0))
    (finding,) = [item for code, item in (await _codes(desk, again)).items() if code == CODE]
    assert "of the same lab has the same name. Is it the same sample, sent again?" in finding["message"]
    assert (finding["state"], finding["row_count"]) == ("open", 1)

    settled = await desk.staff.post(
        f"/api/submissions/{again['id']}/findings/{finding['id']}/acceptance",
        json={"reason": "A second piece of the same liver."},
        headers=seen(finding),
    )
    assert settled.status_code in (200, 201), settled.text
    listed = checked(await desk.staff.get("/api/samples", params={"q": "gorilla", "limit": 50}))["items"]
    assert len(listed) == 1, "nothing is merged, and nothing is made before it is accepted"


async def test_a_name_like_it_with_all_values_alike_is_a_question_and_without_them_it_is_none(desk: Desk) -> None:
    values = {"qubit_ng_per_ul": 123.4, "nanodrop_ng_per_ul": 130.1, "a260_a280": 1.83, "a260_a230": 2.07}
    await _accepted(desk, row("Baboon kidney 4", **values))
    alike = await desk.draft(row("Baboon kidney IV", **values))
    assert "a name like it and the same measured values" in (await _codes(desk, alike))[CODE]["message"]
    for other in (row("Baboon kidney IV", **{**values, "a260_a230": 2.08}), row("Zebra X", **values)):
        assert CODE not in await _codes(desk, await desk.draft(other))


async def test_controls_running_numbers_and_other_labs_are_no_question(desk: Desk, product: Product) -> None:
    rows = [row("Blank", kind="negative_control"), row("12", qubit_ng_per_ul=71.0), row("Okapi heart 1")]
    await _accepted(desk, *rows)
    again = await desk.draft(row("Blank", kind="negative_control", volume_ul=31.0), row("12", qubit_ng_per_ul=9.0))
    assert CODE not in await _codes(desk, again)
    lab = await new_lab(product)
    project = checked(await desk.staff.post("/api/projects", json={"lab_id": lab["id"], "title": "Elsewhere"}))
    asked = {"project_id": project["id"], "rows": [row("Okapi heart 1")]}
    elsewhere = checked(await desk.staff.post("/api/submissions", json=asked))
    assert CODE not in await _codes(desk, elsewhere)
    assert CODE in await _codes(desk, await desk.draft(row("okapi heart 1", qubit_ng_per_ul=2.0)))


async def test_a_table_that_comes_again_is_asked_about_once_it_is_whole(desk: Desk) -> None:
    table = [row(f"Lemur {n}", qubit_ng_per_ul=300.0 + n) for n in range(1, 4)]
    first = await desk.draft(*table)
    second = await desk.draft(*table)
    assert first["code"] in (await _codes(desk, second))["TABLE_SUBMITTED_BEFORE"]["message"]
    assert "TABLE_SUBMITTED_BEFORE" not in await _codes(desk, await desk.draft(*table[:2]))
    path = f"/api/submissions/{second['id']}/rows/2"
    now = checked(await desk.staff.get(path))
    checked(await desk.staff.patch(path, json={"qubit_ng_per_ul": 9.5}, headers=seen(now)))
    assert "TABLE_SUBMITTED_BEFORE" not in await _codes(desk, second)


def test_what_a_question_says_does_not_change_with_the_sample() -> None:
    rows = [Row(row_number=3, values={"sample_name": "Okapi 1"})]
    twins = [
        model.Twin(row_number=3, code=f"S26-{n:06}", name=name, same_name=name == "okapi-1")
        for n, name in enumerate(("okapi-1", "okapi-1", "okapi-1", "okapi-1", "Okapi 9"), 1)
    ]
    message = model.problems(rows, twins)[3].message
    assert message.startswith("S26-000001 (okapi-1), S26-000002 (okapi-1), S26-000003 (okapi-1) and 1 more of the same")
    assert model.problems(rows, []) == {}


async def test_twins_are_looked_up_by_indexes(laboratory: Laboratory) -> None:
    rows = [Row(row_number=1, values={"sample_name": "Okapi 1", "qubit_ng_per_ul": 1.0, "a260_a280": 1.8})]
    wanted = model.wanted(rows)
    values = {"row_numbers": wanted.row_numbers, "names": wanted.names, **wanted.values, "lab_id": UUID(int=7)}
    async with laboratory.owner() as owner:
        await owner.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
        plan = "\n".join(
            line[0] for line in await owner.fetch(f"EXPLAIN {store.Q.twins.text}", *store.Q.twins.arguments(values))
        )
        await owner.execute("RESET enable_seqscan; RESET enable_bitmapscan")
    assert "sample_name_key" in plan
    assert "sample_qc_key" in plan
    assert "Seq Scan on sample" not in plan
