"""Instruments and positions are data: what the vendor sells is shipped, a facility adds its own."""

import secrets

from tests.harness.product import Product, checked
from tests.services.sample.desk import seen
from tests.services.sample.shelf import instrument

INSTRUMENTS = "/api/inventory/instruments"
KINDS = "/api/inventory/instrument-kinds"


async def test_what_the_vendor_sells_is_shipped_with_its_positions(product: Product) -> None:
    staff = await product.client("technician")

    kinds = {kind["code"]: kind for kind in checked(await staff.get(KINDS, params={"limit": 200}))["items"]}

    assert kinds["gridion"]["positions"] == ["X1", "X2", "X3", "X4", "X5"]
    tower = kinds["promethion_24"]["positions"]
    assert (len(tower), tower[0], tower[-1]) == (24, "1A", "3H")
    assert len(kinds["promethion_48"]["positions"]) == 48
    assert kinds["minion_mk1b"]["takes"] == ["MinION", "Flongle"]
    assert kinds["p2_solo"]["takes"] == ["PromethION"]
    assert {"minion_mk1d", "flongle_adapter"} <= kinds.keys()


async def test_positions_are_named_as_minknow_names_them(product: Product) -> None:
    staff = await product.client("technician")

    solo = await instrument(staff, kind="p2_solo", serial="P2S-01171")
    small = await instrument(staff, kind="minion_mk1b", serial="MN12345")
    nameless = {"name": secrets.token_hex(4), "kind": "minion_mk1b"}

    assert [position["name"] for position in solo["positions"]] == ["P2S-01171-A", "P2S-01171-B"]
    assert [position["name"] for position in small["positions"]] == ["MN12345"]
    assert (await staff.post(INSTRUMENTS, json=nameless)).status_code == 422


async def test_a_facility_adds_a_kind_of_its_own(product: Product) -> None:
    staff, code = await product.client("technician"), f"own_{secrets.token_hex(3)}"
    asked = {"code": code, "name": "Field box", "positions": ["F1", "F2"], "takes": ["Flongle"]}

    assert checked(await staff.post(KINDS, json=asked))["shipped"] is False
    assert (await staff.post(KINDS, json=asked)).status_code == 409
    made = await instrument(staff, kind=code)

    assert [position["name"] for position in made["positions"]] == ["F1", "F2"]


async def test_an_instrument_and_a_position_can_be_out_of_use(product: Product) -> None:
    staff = await product.client("technician")
    made = await instrument(staff)
    path = f"{INSTRUMENTS}/{made['id']}"

    position = f"{path}/positions/{made['positions'][2]['id']}"
    broken = checked(await staff.patch(position, json={"state": "out_of_order", "note": "Fan"}, headers=seen(made)))
    assert [each["state"] for each in broken["positions"]].count("out_of_order") == 1
    assert (await staff.patch(path, json={"state": "retired"}, headers=seen(made))).status_code == 412
    gone = checked(await staff.patch(path, json={"state": "retired"}, headers=seen(broken)))

    assert (gone["state"], gone["positions"][2]["note"]) == ("retired", "Fan")
