"""A form that is read once more: what was decided holds where the same is read, and is asked again where it is not."""

from typing import Any
from uuid import UUID

from nanopore_tracking.kernel.query import Query
from tests.harness.printed import FIELDS, form, rows
from tests.harness.product import Product, checked
from tests.services.ai.conftest import Bench
from tests.services.ai.test_reviews import decide, end, read, review_of, said, submission_of, value, values

OLDER = Query(
    "test.older",
    "UPDATE form_value SET raw = :raw WHERE extraction_id = :extraction_id AND field = :field "
    "AND row_number IS NOT DISTINCT FROM :row_number;",
)


async def drop(bench: Bench, review: Any, row: int, *, dropped: bool = True) -> None:
    """Leave a row out."""
    asked = {"dropped": dropped, "version": review["rows"][row - 1]["version"]}
    checked(await bench.alice.post(f"/api/extractions/{review['extraction_id']}/rows/{row}", json=asked))


async def again(bench: Bench, review: Any) -> Any:
    """Read a form once more and return its new review."""
    review = await review_of(bench, review["extraction_id"])
    path, headers = f"/api/extractions/{review['extraction_id']}/rereading", {"If-Match": f'"v{review["version"]}"'}
    begun = checked(await bench.alice.post(path, headers=headers))
    assert (await bench.ended(begun["extraction_id"]))["state"] == "needs_review"
    assert (await bench.ended(review["extraction_id"]))["state"] == "cancelled"
    return await review_of(bench, begun["extraction_id"])


async def as_before(bench: Bench, review: Any, said: dict[tuple[int | None, str], str]) -> None:
    """Let a reading say what an older version of the reader would have read."""
    db = bench.product.runtimes["ai"].db
    for (row, field), raw in said.items():
        values = {"extraction_id": UUID(review["extraction_id"]), "field": field, "row_number": row, "raw": raw}
        await db.execute(OLDER, **values)


async def test_rows_and_cells_that_were_decided_hold_when_the_same_is_read(bench: Bench) -> None:
    review = await read(bench, form([*rows(3), ("QX_04", "2O", "44.5", "1.81")]))
    decided = (
        said(value(review, "volume_ul", 4), "correct", "20"),
        said(value(review, "qubit_ng_per_ul", 1), "confirm"),
        said(value(review, "organism"), "correct", "Exampella altera"),
    )
    checked(await decide(bench.alice, review, *decided))
    await drop(bench, review, 2)
    review = await again(bench, review)

    assert [row["dropped"] for row in review["rows"]] == [False, True, False, False]
    volume = value(review, "volume_ul", 4)
    assert (volume["state"], volume["raw"], volume["was"], volume["value"]) == ("corrected", "20", "2O", 20.0)
    assert value(review, "qubit_ng_per_ul", 1)["state"] == "confirmed"
    assert value(review, "organism")["raw"] == "Exampella altera"
    assert (review["precedents"], review["to_check"]) == ([], 0)
    assert volume["decided_by"] == (await again(bench, review))["rows"][3]["values"][1]["decided_by"]


async def test_what_says_something_else_now_is_asked_again_and_blocks_until_then(bench: Bench) -> None:
    review = await read(bench, form(rows(3)))
    before = {(1, "volume_ul"): "2O", (None, "organism"): "Exampella", (3, "sample_name"): "QX_O3"}
    await as_before(bench, review, before)
    review = await review_of(bench, review["extraction_id"])
    decided = (
        said(value(review, "volume_ul", 1), "correct", "25"),
        said(value(review, "organism"), "confirm"),
    )
    checked(await decide(bench.alice, review, *decided))
    await drop(bench, review, 3)
    review = await again(bench, review)

    volume, organism = value(review, "volume_ul", 1), value(review, "organism")
    assert (volume["state"], volume["raw"]) == ("needs_review", "20"), "nothing is applied to a changed value"
    assert "which said “2O”" in volume["doubt"]
    assert "wrote “25”" in volume["doubt"]
    assert (organism["state"], organism["raw"]) == ("needs_review", "Exampella testii")
    assert [row["dropped"] for row in review["rows"]] == [False, False, False]
    told = {(each["field"], each["row_number"], each["action"]): each for each in review["precedents"]}
    assert set(told) == {("volume_ul", 1, "correct"), ("organism", None, "confirm"), ("", 3, "drop")}
    assert told["volume_ul", 1, "correct"]["value_id"] == volume["id"]

    checked(await decide(bench.alice, review, said(volume, "confirm"), said(organism, "confirm")))
    review = await review_of(bench, review["extraction_id"])
    (left,) = review["precedents"]
    refused = await end(bench.alice, review, "acceptance")
    assert (refused.status_code, "made on an earlier reading" in refused.json()["detail"]) == (409, True)
    path = f"/api/extractions/{review['extraction_id']}/precedents"
    review = checked(await bench.alice.post(f"{path}/{left['id']}", json={"take": True}))
    assert ([row["dropped"] for row in review["rows"]], review["precedents"]) == ([False, False, True], [])
    assert (await bench.alice.post(f"{path}/{left['id']}", json={})).status_code == 404
    assert (await bench.robin.post(f"{path}/{left['id']}", json={})).status_code == 403
    checked(await end(bench.alice, review, "acceptance"))
    assert (await submission_of(bench, review))["row_count"] == 2


async def test_what_nobody_settled_goes_on_to_the_next_reading(bench: Bench) -> None:
    review = await read(bench, form(rows(2)))
    await as_before(bench, review, {(1, "volume_ul"): "2O"})
    review = await review_of(bench, review["extraction_id"])
    checked(await decide(bench.alice, review, said(value(review, "volume_ul", 1), "correct", "25")))
    for _ in range(2):
        review = await again(bench, review)
        assert [(each["field"], each["became_raw"]) for each in review["precedents"]] == [("volume_ul", "25")]
    checked(await decide(bench.alice, review, said(value(review, "volume_ul", 1), "correct", "25")))
    taken_back = await review_of(bench, review["extraction_id"])
    assert taken_back["precedents"] == []
    review = await again(bench, review)
    assert (value(review, "volume_ul", 1)["state"], review["precedents"]) == ("corrected", [])


async def test_another_reading_of_the_document_by_the_interface_holds_too(bench: Bench, product: Product) -> None:
    review = await read(bench, form(rows(2), fields=FIELDS))
    checked(await decide(bench.alice, review, said(value(review, "organism"), "correct", "Exampella altera")))
    asked = {"document_id": review["document_id"]}
    begun = checked(await bench.alice.post("/api/extractions", json=asked))
    await bench.ended(begun["id"])
    found = await review_of(bench, begun["id"])
    assert value(found, "organism")["raw"] == "Exampella altera"
    assert (await review_of(bench, review["extraction_id"]))["state"] == "needs_review"
    assert sum(each["state"] == "corrected" for each in values(found)) == 1
    manager = await product.client("facility_manager")
    kept = checked(await manager.get("/api/documents/corrections", params={"extraction_id": begun["id"]}))["items"]
    assert [(each["field"], each["after"]) for each in kept] == [("organism", "Exampella altera")]
