"""A grid of many samples: each cell is checked, what is right is saved, what is wrong says why and stays."""

from typing import Any

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, said, seen


@pytest.fixture(scope="module")
async def desk(product: Product) -> Desk:
    """A lab with a project, its submitter, a technician, and a submitter of another lab."""
    return await opened(product)


async def _registered(desk: Desk, count: int) -> list[Any]:
    asked = {"project_id": desk.project_id, "material": "HMW gDNA", "volume_ul": 10}
    return [
        checked(await desk.staff.post("/api/samples", json={**asked, "name": said(f"edit {n}")})) for n in range(count)
    ]


def _row(sample: Any, **cells: str) -> dict[str, Any]:
    return {"sample": sample["code"], "version": sample["version"], "cells": cells}


async def _save(desk: Desk, *rows: dict[str, Any], **more: Any) -> Any:
    return checked(await desk.staff.post("/api/samples/edits", json={"rows": list(rows), **more}))


async def _check(desk: Desk, *rows: dict[str, Any], **more: Any) -> Any:
    return checked(await desk.staff.post("/api/samples/edits/check", json={"rows": list(rows), **more}))


async def _show(desk: Desk, sample: Any) -> Any:
    return checked(await desk.staff.get(f"/api/samples/{sample['id']}"))


async def test_what_is_right_is_saved_and_what_is_wrong_stays_and_says_why(desk: Desk) -> None:
    good, wrong, same = await _registered(desk, 3)
    rows = [
        _row(good, priority="High", assignee="Bo", qubit_ng_per_ul="41,5", volume_ul="48"),
        _row(wrong, priority="soon", volume_ul="50 µL", assignee="Cy"),
        _row(same, assignee=""),
    ]

    looked_at, answer = await _check(desk, *rows), await _save(desk, *rows)

    assert looked_at["rows"] == [{**row, "version": 1} for row in answer["rows"]]
    assert [row["outcome"] for row in answer["rows"]] == ["saved", "refused", "unchanged"]
    assert [problem["field"] for problem in answer["rows"][1]["problems"]] == ["priority", "volume_ul"]
    now = await _show(desk, good)
    assert (now["priority"], now["assignee"], now["qubit_ng_per_ul"], now["volume_ul"]) == ("high", "Bo", 41.5, 48)
    assert now["version"] == answer["rows"][0]["version"]
    assert set(now["measured"]) == {"qubit_ng_per_ul", "volume_ul"}
    assert (await _show(desk, wrong))["version"] == 1
    results = checked(await desk.staff.get(f"/api/samples/bulk/{answer['bulk_id']}/results"))["items"]
    assert [item["code"] for item in results] == [good["code"]]


async def test_a_measured_cell_is_a_measurement_with_its_method(desk: Desk) -> None:
    (sample,) = await _registered(desk, 1)

    cells = {"qubit_ng_per_ul": "12.25", "nanodrop_ng_per_ul": "40"}
    answer = await _save(desk, _row(sample, **cells), methods={"qubit_ng_per_ul": "qubit_hs"})

    (warning,) = answer["rows"][0]["problems"]
    assert (warning["field"], warning["level"]) == ("nanodrop_ng_per_ul", "warning")
    found = checked(await desk.staff.get(f"/api/samples/{sample['id']}/measurements"))["items"]
    assert {(one["method"], one["value"], one["unit"], one["state"]) for one in found} == {
        ("qubit_hs", 12.25, "ng_per_ul", "accepted"),
        ("nanodrop", 40, "ng_per_ul", "kept"),
    }


async def test_barcodes_are_told_apart_within_the_grid_and_outside_of_it(desk: Desk) -> None:
    first, second, third = await _registered(desk, 3)
    taken = said("tube").replace(" ", "-")
    await _save(desk, _row(first, container_barcode=taken))

    answer = await _save(
        desk, _row(second, container_barcode=taken), _row(third, container_barcode=f"{taken}-2"), _row(third)
    )

    assert [row["outcome"] for row in answer["rows"]] == ["refused"] * 3
    assert first["code"] in answer["rows"][0]["problems"][0]["message"]
    assert answer["bulk_id"] is None


async def test_a_row_that_somebody_else_changed_is_refused(desk: Desk) -> None:
    (sample,) = await _registered(desk, 1)
    checked(await desk.staff.patch(f"/api/samples/{sample['id']}", json={"comment": "First."}, headers=seen(sample)))

    answer = await _save(desk, _row(sample, comment="Second."))

    assert (answer["saved"], answer["refused"]) == (0, 1)
    assert (await _show(desk, sample))["comment"] == "First."


async def test_what_a_grid_saved_is_undone_as_any_job(desk: Desk) -> None:
    (sample,) = await _registered(desk, 1)
    answer = await _save(desk, _row(sample, assignee="Di", priority="low"))
    job = checked(await desk.staff.get(f"/api/samples/bulk/{answer['bulk_id']}"))
    assert (job["state"], job["kind"], job["changed"]) == ("done", "edit", 1)

    path = f"/api/samples/bulk/{job['id']}/undo"
    checked(await desk.staff.post(path, json={"reason": "Wrong list."}, headers=seen(job)))

    async def undone() -> bool:
        now = await _show(desk, sample)
        return (now["assignee"], now["priority"]) == ("", "normal")

    await Product.eventually(undone)


async def test_the_undo_of_a_grid_takes_back_what_it_measured(desk: Desk) -> None:
    plain, renewed = await _registered(desk, 2)
    cells = {"qubit_ng_per_ul": "12.25", "assignee": "Di"}
    saved = await _save(desk, _row(plain, **cells), _row(renewed, **cells))
    (first,) = await _measurements(desk, renewed)
    newer = {**{name: first[name] for name in ("quantity", "method", "unit")}, "value": 13, "replaces": first["id"]}
    checked(await desk.staff.post(f"/api/samples/{renewed['id']}/measurements", json=newer))

    results = await _undone(desk, saved["bulk_id"])

    assert {(item["code"], item["outcome"], item["measurements"]) for item in results} == {
        (plain["code"], "changed", 1),
        (renewed["code"], "refused", 0),
    }
    (taken,) = await _measurements(desk, plain)
    assert (taken["state"], taken["invalid_reason"]) == ("invalid", "Undo: Wrong plate.")
    now, kept = await _show(desk, plain), await _show(desk, renewed)
    assert (now["assignee"], now["measured"]) == ("", [])
    assert (kept["assignee"], kept["qubit_ng_per_ul"]) == ("Di", 13)


async def _measurements(desk: Desk, sample: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = checked(await desk.staff.get(f"/api/samples/{sample['id']}/measurements"))["items"]
    return found


async def _undone(desk: Desk, bulk_id: str) -> list[dict[str, Any]]:
    """Undo what a grid saved; return what became of each sample."""
    job = checked(await desk.staff.get(f"/api/samples/bulk/{bulk_id}"))
    asked = {"reason": "Wrong plate."}
    undo = checked(await desk.staff.post(f"/api/samples/bulk/{bulk_id}/undo", json=asked, headers=seen(job)))

    async def done() -> bool:
        return bool(checked(await desk.staff.get(f"/api/samples/bulk/{undo['id']}"))["state"] == "done")

    await Product.eventually(done)
    found: list[dict[str, Any]] = checked(await desk.staff.get(f"/api/samples/bulk/{undo['id']}/results"))["items"]
    return found


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"sample": "S26-000001", "version": 1, "cells": {"stage": "delivered"}}],
        [{"sample": "S26-000001", "cells": {}}],
        [{"sample": "S26-000001", "version": 1, "cells": {"comment": 7}}],
    ],
)
async def test_what_is_no_grid_is_refused(desk: Desk, rows: Any) -> None:
    assert (await desk.staff.post("/api/samples/edits", json={"rows": rows})).status_code == 422


async def test_only_the_laboratory_edits_and_only_what_it_may_see(desk: Desk) -> None:
    (sample,) = await _registered(desk, 1)

    asked = {"rows": [_row(sample, comment="Mine.")]}
    assert (await desk.submitter.post("/api/samples/edits", json=asked)).status_code == 403
    assert (await desk.submitter.get("/api/samples/edits", params={"codes": sample["code"]})).status_code == 403
    shown = checked(await desk.staff.get("/api/samples/edits", params={"codes": f"{sample['code']},S00-000000"}))
    assert [item["code"] for item in shown["items"]] == [sample["code"]]
    missing = await _save(desk, _row({"code": "S00-000000", "version": 1}, comment="Nobody's."))
    assert missing["rows"][0]["problems"][0]["field"] == "sample"
