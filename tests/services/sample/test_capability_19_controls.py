"""Capability 19: controls are typed end to end, from what the customer wrote to the sheet and to what the data mean."""

from typing import Any

import pytest

from nanopore_tracking.services.sample.sheet_profiles import model as profiles
from nanopore_tracking.services.sample.sheet_profiles.model import Member, Plan
from nanopore_tracking.services.sample.sheet_tables import model as tables
from tests.harness.product import Product, checked
from tests.services.sample.planning import RUNS, planned
from tests.services.sample.pooled import pooling

KINDS = ("test_sample", "positive_control", "negative_control", "no_template_control")


@pytest.mark.parametrize("kind", KINDS)
def test_capability_19_a_control_is_of_its_type_in_every_sheet(kind: Any) -> None:
    member = Member(barcode="barcode03", alias="CTRL", kind=kind)
    plan = Plan(
        experiment_id="E",
        sample_id="P",
        flow_cell_id="FAX12345",
        position_id="X1",
        product_code="FLO-MIN114",
        kits=["SQK-RBK114-24"],
        members=[member],
    )

    for profile in profiles.PROFILES:
        table = tables.quoted_table(profiles.write(profile, plan))
        (row,) = [row.named(table.columns) for row in table.rows]
        assert (row["type"], row["alias"], row["barcode"]) == (kind, "CTRL", "barcode03")


@pytest.mark.parametrize("kind", ["positive_control", "negative_control", "no_template_control"])
async def test_capability_19_a_control_is_typed_from_its_registration_to_every_sheet(
    product: Product, kind: str
) -> None:
    made = await pooling(product)
    control = await made.library(await made.sample(kind=kind), 16)
    pool = await made.pool(await made.library(await made.sample(), 15), control)

    sheets = checked(await made.manager.get(f"{RUNS}/{(await planned(made, pool))['code']}/sheets"))["sheets"]

    assert len(sheets) == 4
    for sheet in sheets:
        lines = sheet["text"].splitlines()
        at = lines[0].split(",").index("type")
        assert sorted(line.split(",")[at] for line in lines[1:]) == sorted(["test_sample", kind])
