"""Libraries take reactions of the lot of their kit, where it is in the inventory, and give them back."""

from typing import Any

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import seen
from tests.services.sample.pooled import KIT, Pooling, pooling
from tests.services.sample.shelf import day, kit_lot


@pytest.fixture
async def made(product: Product) -> Pooling:
    return await pooling(product)


async def _planned(made: Pooling, lot: str, *barcodes: int, **said: Any) -> Any:
    """Plan a library of as many samples as there are barcodes, with all that its preparation needs but an end."""
    samples = [await made.sample() for _ in barcodes or (1,)]
    asked = {
        "sources": [{"sample": sample["code"]} for sample in samples],
        "kit": KIT if barcodes else "SQK-LSK114",
        "kit_lot": lot,
        "input_ng": 200.0,
        "protocol_version": "RBK_9176_revS",
        "operator": "alice",
        "finished_at": "2026-11-20T10:00:00Z",
        "barcodes": [
            {"barcode": f"barcode{barcode:02d}", "sample": sample["code"]}
            for barcode, sample in zip(barcodes, samples, strict=False)
        ],
        **said,
    }
    return checked(await made.manager.post("/api/libraries", json=asked))


async def _move(made: Pooling, library: Any, to: str, **said: Any) -> Any:
    now = checked(await made.manager.get(f"/api/libraries/{library['code']}"))
    path = f"/api/libraries/{library['code']}/transitions"
    return await made.manager.post(path, json={"to": to, **said}, headers=seen(now))


async def _lot(made: Pooling, lot: Any) -> Any:
    return checked(await made.manager.get(f"/api/inventory/kit-lots/{lot['id']}"))


async def _uses(made: Pooling, lot: Any) -> list[tuple[int, str]]:
    found = checked(await made.manager.get(f"/api/inventory/kit-lots/{lot['id']}/uses", params={"sort": "used"}))
    return [(use["reactions"], use["used_for"]) for use in found["items"]]


async def test_a_prepared_library_takes_one_reaction_for_each_barcode_and_gives_them_back(made: Pooling) -> None:
    lot = await kit_lot(made.manager, kit_code=KIT, reactions_total=6)
    library = await _planned(made, lot["lot"].lower(), 1, 2, 3)
    assert (library["lot_expires_on"], library["lot_reactions"]) == (lot["expires_on"], 0)
    assert (await _lot(made, lot))["reactions_left"] == 6

    prepared = checked(await _move(made, library, "prepared"))
    assert (prepared["lot_reactions"], (await _lot(made, lot))["reactions_left"]) == (3, 3)
    checked(await _move(made, library, "planned", reason="It was another lot."))

    after = await _lot(made, lot)
    assert (after["reactions_left"], after["state"]) == (6, "sealed")
    assert await _uses(made, lot) == [(3, library["code"]), (-3, library["code"])]
    other = await _planned(made, lot["lot"], prepared=True, lot_expires_on="2099-12-31")
    assert other["lot_reactions"] == 0, "its number is of another kit"


async def test_a_library_without_barcodes_takes_one_and_what_failed_is_not_taken_twice(made: Pooling) -> None:
    lot = await kit_lot(made.manager, reactions_total=1)
    library = await _planned(made, lot["lot"], prepared=True)
    assert ((await _lot(made, lot))["state"], library["lot_reactions"]) == ("used_up", 1)
    checked(await _move(made, library, "qc_failed", reason="Too short."))
    checked(await _move(made, library, "prepared", reason="Measured again."))
    assert await _uses(made, lot) == [(1, library["code"])]
    checked(await _move(made, library, "discarded", reason="Spilled."))
    assert (await _lot(made, lot))["reactions_left"] == 0


async def test_a_lot_that_is_used_up_is_passed_over_with_a_reason_only(made: Pooling) -> None:
    lot = await kit_lot(made.manager, kit_code=KIT, reactions_total=2)
    library = await _planned(made, lot["lot"], 1, 2, 3)
    refused = (await _move(made, library, "prepared")).json()
    assert [each["code"] for each in refused["missing"]] == ["lot-reactions"]
    assert (await _move(made, library, "prepared", override=True)).status_code == 422
    checked(await _move(made, library, "prepared", override=True, reason="There was more in the tube."))
    assert await _uses(made, lot) == [(2, library["code"])]


async def test_an_expired_lot_is_refused_whatever_day_was_written(made: Pooling) -> None:
    lot = await kit_lot(made.manager, received_on=day(-50), expires_on=day(-1))
    library = await _planned(made, lot["lot"], lot_expires_on="2099-12-31")
    refused = (await _move(made, library, "prepared")).json()
    assert [each["code"] for each in refused["missing"]] == ["lot-in-date", "lot-not-expired"]
    checked(await _move(made, library, "prepared", override=True, reason="Tested on lambda DNA."))
    (use,) = checked(await made.manager.get(f"/api/inventory/kit-lots/{lot['id']}/uses"))["items"]
    assert (use["reactions"], use["reason"]) == (1, "Tested on lambda DNA.")


async def test_a_discarded_lot_is_used_by_nobody(made: Pooling) -> None:
    lot = await kit_lot(made.manager)
    path = f"/api/inventory/kit-lots/{lot['id']}"
    checked(await made.manager.patch(path, json={"discarded": True}, headers=seen(lot)))
    library = await _planned(made, lot["lot"])
    refused = await _move(made, library, "prepared", override=True, reason="It is still here.")
    assert [each["code"] for each in refused.json()["missing"]] == ["lot-here"]


async def test_a_lot_that_is_only_written_is_asked_for_its_last_day_alone(made: Pooling) -> None:
    library = await _planned(made, "from-the-drawer", lot_expires_on="2099-12-31")
    assert checked(await _move(made, library, "prepared"))["lot_reactions"] == 0
