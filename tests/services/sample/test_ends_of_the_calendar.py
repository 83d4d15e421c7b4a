"""The first and the last day that a program knows are refused as any other impossible day, and nothing fails."""

from typing import Any

import pytest

from tests.harness.product import Product
from tests.services.sample.desk import opened


def _refused(answer: Any, field: str) -> str:
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["path"] == field
    return str(error["message"])


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-29", "9999-12-31"])
async def test_a_report_of_no_possible_day_is_refused(product: Product, day: str) -> None:
    client = await product.client("viewer")
    answer = await client.get("/api/samples/turnaround", params={"last_day": day})
    assert _refused(answer, "last_day") == "Nothing was done on this day, or will be."


async def test_the_days_next_to_them_are_told(product: Product) -> None:
    client = await product.client("viewer")
    for day in ("0001-01-30", "9999-12-30"):
        assert (await client.get("/api/samples/turnaround", params={"last_day": day})).json()["stages"] == []


async def test_a_flow_cell_was_not_bought_on_the_last_day_of_all(product: Product) -> None:
    # As soon as the copies of the catalogues are there.
    await opened(product)
    client = await product.client("technician")
    for day in ("9999-12-31", "9999-01-01"):
        asked = {"product_code": "FLO-MIN114", "purchased_on": day}
        assert _refused(await client.post("/api/flow-cells", json=asked), "purchased_on") == "This is in the future."
