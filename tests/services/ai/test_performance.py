"""How well forms are read, through the public API: what people corrected is counted, kept and told."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from nanopore_tracking.services.ai.acceptances import model as acceptances
from nanopore_tracking.services.ai.calibrations import model as calibrations
from tests.harness.printed import form, rows
from tests.harness.product import Product, checked
from tests.services.ai.conftest import Bench
from tests.services.ai.test_reviews import decide, end, read, said, value, values


async def _accepted(bench: Bench, *, corrected: bool = True) -> Any:
    """Let a form be accepted; corrected: a field and a cell are corrected, and one that was missed is typed in."""
    review = await read(bench, form(rows(2)))
    changes = corrected * [
        said(value(review, "organism"), "correct", "Exampella altera"),
        said(value(review, "comments"), "correct", "In a hurry"),
        said(value(review, "qubit_ng_per_ul", 1), "correct", "41.7"),
    ]
    doubts = [said(each, "confirm") for each in values(review) if each["state"] == "needs_review"]
    if changes or doubts:
        review |= {"version": checked(await decide(bench.alice, review, *changes, *doubts))["version"]}
    checked(await end(bench.alice, review, "acceptance"))
    return review


async def test_corrections_are_kept_and_counted(bench: Bench, product: Product) -> None:
    manager = await product.client("facility_manager")
    before = await _numbers(manager)
    review = await _accepted(bench)

    asked = {"extraction_id": review["extraction_id"], "action": "correct"}
    kept = checked(await bench.alice.get("/api/documents/corrections", params=asked))["items"]
    organism = next(each for each in kept if each["field"] == "organism")
    assert (organism["read"], organism["before"], organism["after"]) == (
        "Exampella testii",
        "Exampella testii",
        "Exampella altera",
    )
    assert (organism["method"], organism["reader"], organism["template"]) == ("label", "pattern", None)
    assert 0 < organism["confidence"] < 1
    assert len(kept) == 3

    after = await _numbers(manager)
    grown = {key: [now - was for now, was in zip(after[key], before.get(key, [0] * 4), strict=True)] for key in after}
    assert grown["field", "organism"] == [0, 1, 0, 0]
    assert grown["field", "comments"] == [0, 0, 0, 1]
    assert grown["field", "quote_id"] == [1, 0, 0, 0]
    assert grown["column", "qubit_ng_per_ul"] == [1, 1, 0, 0]
    assert (await bench.robin.get("/api/documents/corrections")).status_code == 403
    async with product.db("ai") as db:
        with pytest.raises(Exception, match="what was decided is kept"):
            await db.execute("UPDATE form_outcome SET wrong_count = 0")


async def _numbers(manager: Any) -> dict[tuple[str, str], list[int]]:
    found = checked(await manager.get("/api/documents/performance", params={"by": ["field"]}))
    assert "Precision" in found["definition"]
    names = ("right", "wrong", "extra", "missing")
    return {(each["unit"], each["field"]): [each[name] for name in names] for each in found["items"]}


async def _looked_at(product: Product, extraction_id: str) -> None:
    """Let a form count as if it had forty fields more, all of them right."""
    async with product.db("ai") as db:
        await db.execute(
            """INSERT INTO form_outcome SELECT gen_random_uuid(), extraction_id, 'field', 'more ' || n, method, reader,
                   reader_version, template, confidence, false, false, 1, 0, 0, 0, accepted_at
               FROM form_outcome, generate_series(1, 40) n
               WHERE extraction_id = $1 AND unit = 'field' AND field = 'organism'""",
            UUID(extraction_id),
        )


async def _most(product: Product) -> int:
    """Return how many readings of one unit there are; those of the other unit show nothing about it."""
    async with product.db("ai") as db:
        units = await db.fetch("SELECT unit FROM form_outcome WHERE confidence IS NOT NULL AND NOT automatic")
    return max(Counter(each["unit"] for each in units).values(), default=0)


async def _allow(manager: Any, error_rate: float | None) -> Any:
    now = checked(await manager.get("/api/documents/calibration"))
    headers = {"If-Match": f'"v{now["acceptance"]["version"]}"'}
    return await manager.put("/api/documents/acceptance", json={"error_rate": error_rate}, headers=headers)


async def test_a_manager_lets_sure_values_be_accepted_unseen(
    bench: Bench, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = await product.client("facility_manager")
    asked = {"error_rate": 0.1}
    denied = await bench.alice.put("/api/documents/acceptance", json=asked, headers={"If-Match": '"v1"'})
    assert denied.status_code == 403
    for _ in range(4):
        await _looked_at(product, (await _accepted(bench, corrected=False))["extraction_id"])
    refused = await _allow(manager, 0.001)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "too-few-readings")
    assert refused.json()["lacking"] == calibrations.needed(0.001) - await _most(product)
    checked(await _allow(manager, 0.1))

    async def made() -> Any:
        found = checked(await manager.get("/api/documents/calibration"))
        fit = next((each for each in found["units"] if each["unit"] == "field"), None)
        return fit if fit and fit["threshold"] and fit["threshold"]["least"] else None

    try:
        fit = await product.eventually(made)
        assert fit["threshold"]["count"] >= 29
        assert fit["threshold"]["bound"] <= 0.1
        monkeypatch.setattr(acceptances, "AUDITED", 0.0)
        await _accepts(bench)
        monkeypatch.setattr(acceptances, "AUDITED", 1.0)
        await _draws(bench, product)
    finally:
        checked(await _allow(manager, None))
    quiet = await read(bench, form(rows(2)))
    assert {each["automatic"] for each in values(quiet)} == {""}
    assert value(quiet, "library_kit")["state"] == "blank"


async def _accepts(bench: Bench) -> None:
    """Read a form: sure fields are accepted and say why, a blank that is required is not; all can be corrected."""
    review = await read(bench, form(rows(2)))
    taken = [each for each in review["fields"] if each["automatic"]]
    assert taken
    assert {each["state"] for each in taken} == {"read"}
    assert taken[0]["calibrated"] > 0.9
    assert "readings were wrong" in taken[0]["automatic"]
    assert value(review, "library_kit")["doubt"] == "This is blank, and forms require it."
    progress = checked(await decide(bench.alice, review, said(taken[0], "correct", "Something else")))
    assert progress["values"][0]["was"] == taken[0]["raw"]


async def _draws(bench: Bench, product: Product) -> None:
    """Read a form of which all that is sure is drawn by lot: it is listed until somebody looked at that."""
    review = await read(bench, form(rows(2)))
    asked = {"project_id": bench.project_id}
    (lot,) = checked(await bench.alice.get("/api/documents/lots", params=asked))["items"]
    drawn = {each["id"] for each in review["fields"] if "drawn by lot" in each["doubt"]}
    assert drawn
    assert drawn <= {each["value_id"] for each in lot["drawn"]}
    assert (lot["extraction_id"], lot["filename"], lot["reviewer"]) == (review["extraction_id"], "form.pdf", None)
    assert lot["to_check"] == review["to_check"]
    assert (await bench.robin.get("/api/documents/lots")).status_code == 403

    doubts = [said(each, "confirm") for each in values(review) if each["state"] == "needs_review"]
    checked(await decide(bench.alice, review, *doubts[:1]))
    (held,) = checked(await bench.alice.get("/api/documents/lots", params=asked))["items"]
    assert held["reviewer"]
    assert len(held["drawn"]) < len(lot["drawn"])
    checked(await decide(bench.alice, review, *doubts[1:]))
    assert checked(await bench.alice.get("/api/documents/lots", params=asked))["items"] == []
