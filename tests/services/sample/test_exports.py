"""Exports: what is selected, all of it and nothing else, and no text that a spreadsheet would run."""

import csv
import io
from typing import Any

import openpyxl
import pytest

from nanopore_tracking.kernel import sheets
from nanopore_tracking.services.sample.exports import model
from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, said

_FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', 'plain, with "quotes"']


@pytest.fixture(scope="module")
async def desk(product: Product) -> Desk:
    """A lab with samples whose names look like formulas."""
    desk = await opened(product)
    for name in _FORMULAS:
        asked = {"project_id": desk.project_id, "name": name, "volume_ul": 50.5, "material": "HMW gDNA"}
        checked(await desk.staff.post("/api/samples", json=asked))
    return desk


async def _export(client: Any, **asked: Any) -> Any:
    answer = await client.post("/api/samples/exports", json=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith('attachment; filename="samples-')
    return answer.content


async def test_an_export_equals_the_selection(desk: Desk) -> None:
    filters = {"project_id": desk.project_id}
    listed = checked(await desk.staff.get("/api/samples", params={**filters, "sort": "code", "limit": 200}))["items"]

    rows = list(csv.DictReader(io.StringIO((await _export(desk.staff, selection={"filters": filters})).decode())))

    assert list(rows[0]) == list(model.COLUMNS)
    assert [row["code"] for row in rows] == [sample["code"] for sample in listed]
    assert [row["name"].removeprefix("'") for row in rows] == _FORMULAS
    assert {(row["volume_ul"], row["stage"], row["lab"]) for row in rows} == {
        ("50.5", "expected", listed[0]["lab_name"])
    }
    some = [listed[3]["id"], listed[1]["id"]]
    chosen = list(csv.DictReader(io.StringIO((await _export(desk.staff, selection={"ids": some})).decode())))
    assert [row["code"] for row in chosen] == [listed[1]["code"], listed[3]["code"]]


async def test_no_text_of_a_file_is_a_formula(desk: Desk) -> None:
    selection = {"filters": {"project_id": desk.project_id}}

    for row in csv.DictReader(io.StringIO((await _export(desk.staff, selection=selection)).decode())):
        assert not any(str(value).startswith(("=", "+", "-", "@", "\t", "\r")) for value in row.values())
    book = openpyxl.load_workbook(io.BytesIO(await _export(desk.staff, selection=selection, format="xlsx")))
    cells = [cell for row in book["Samples"].iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [cell.value for cell in book["Samples"]["B"][1:]] == _FORMULAS
    assert all(cell.quotePrefix for cell in book["Samples"]["B"][1:6])


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\tx", "\rx", "\nx"])
def test_a_text_that_would_be_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert sheets.plain(text) == f"'{text}"
    assert (sheets.plain(-1.5), sheets.plain(None), sheets.plain("a=b")) == (-1.5, "", "a=b")


async def test_an_export_is_recorded_with_its_selection(desk: Desk, product: Product) -> None:
    await _export(desk.staff, selection={"filters": {"project_id": desk.project_id}}, format="xlsx")
    auditor = await product.client("auditor")

    async def told() -> Any:
        entries = checked(await auditor.get("/api/audit/entries", params={"type": "export.made"}))["items"]
        return [entry for entry in entries if entry["data"]["format"] == "xlsx"]

    found = (await product.eventually(told))[0]
    assert found["data"]["samples"] == len(_FORMULAS)
    assert found["data"]["selection"] == {"project_id": desk.project_id}


async def test_nobody_takes_out_what_they_may_not_see(desk: Desk) -> None:
    selection = {"filters": {"project_id": desk.project_id}}

    assert (await desk.stranger.post("/api/samples/exports", json={"selection": selection})).status_code == 404
    assert len((await _export(desk.submitter, selection=selection)).splitlines()) == len(_FORMULAS) + 1
    wrong = {"selection": selection, "format": said("pdf")}
    assert (await desk.staff.post("/api/samples/exports", json=wrong)).status_code == 422
