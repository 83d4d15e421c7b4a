"""Sample sheets: four tools, four sets of rules; each sheet is written for one and taken by it."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nanopore_tracking.contracts.api.sample.sheets import Profile
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.sheet_profiles import model as profiles
from nanopore_tracking.services.sample.sheet_profiles.model import Member, Plan
from nanopore_tracking.services.sample.sheet_rules import model as rules
from nanopore_tracking.services.sample.sheet_rules.model import Known
from nanopore_tracking.services.sample.sheet_tables import model as tables
from tests.harness.product import Product, checked
from tests.services.sample.sheet_vectors import COMMON, TOOLS, VECTORS, Vector

#: Official sheets lie beside the checkout, or where the variable says; none of them is part of it.
SHARED = Path(os.environ.get("SHARED_DATA_DIR") or Path(__file__).parents[4] / "shared" / "data")
OFFICIAL = SHARED / "ont" / "minknow_api_sample_sheets"
SHEETS = sorted(OFFICIAL.glob("*/*.csv"))
KNOWN = Known(capacities={"SQK-RBK114-24": 24, "SQK-NBD114-96": 96})
#: What the kinds of samples are in the sheet.
KINDS = ("test_sample", "positive_control", "negative_control", "no_template_control")

#: The first texts of a pattern take a busy machine a second.
_slowly = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
_words = st.from_regex(r"[A-Za-z0-9_-]{1,36}", fullmatch=True)


@st.composite
def plans(draw: Any) -> Plan:
    """A plan of a run as the product makes them: safe names, one kit, barcodes of that kit."""
    numbers = draw(st.lists(st.integers(1, 24), unique=True, max_size=24))
    members = [
        Member(barcode=f"barcode{n:02d}", alias=f"S{n}_{draw(_words)}"[:40], kind=draw(st.sampled_from(KINDS)))
        for n in numbers
    ]
    return Plan(
        experiment_id=draw(_words),
        sample_id=draw(_words),
        flow_cell_id=draw(st.from_regex(r"[A-Z]{3}[0-9]{5}", fullmatch=True)),
        position_id=draw(st.sampled_from(["X1", "1A", "P2S-01171-A", "MN12345"])),
        product_code="FLO-MIN114",
        kits=draw(st.sampled_from([["SQK-RBK114.24"], ["SQK-RBK114-24"], ["SQK-LSK114", "EXP-PBC096"]])),
        members=members,
    )


@_slowly
@given(plans())
def test_capability_06_every_generated_sheet_is_taken_by_the_tool_it_is_for(plan: Plan) -> None:
    for profile in profiles.profiles_of(plan):
        text, findings = profiles.checked(profile, plan, KNOWN)
        assert findings == []
        assert tables.cleaned(text) == text
        assert '"' not in text
        assert "\r" not in text


@_slowly
@given(plans().filter(lambda plan: bool(plan.members)))
def test_capability_06_the_sheet_of_minknow_api_is_taken_by_all_four(plan: Plan) -> None:
    text = profiles.write("minknow_api", plan)
    for profile in profiles.PROFILES:
        assert rules.check(profile, text, KNOWN) == []


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_capability_06_the_tools_disagree_as_they_really_do(vector: Vector) -> None:
    found = {}
    for tool in TOOLS:
        broken = rules.check(tool, vector.text, KNOWN)  # type: ignore[arg-type]
        if not rules.accepted(broken):
            found[tool] = broken[0].rule

    assert found == vector.refused_by


@pytest.mark.skipif(not SHEETS, reason="The official sheets are not beside the checkout; SHARED_DATA_DIR names them.")
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.parent.name}/{sheet.name}")
def test_capability_06_the_official_sheets_of_minknow_api_are_judged_as_it_judges_them(sheet: Path) -> None:
    findings = rules.check("minknow_api", sheet.read_text("utf-8"))

    assert rules.accepted(findings) is (sheet.parent.name == "good"), findings


def test_capability_06_a_kit_is_written_as_the_software_wants_it() -> None:
    plan = Plan(
        experiment_id="E",
        sample_id="P26-000001",
        flow_cell_id="FAX12345",
        position_id="X1",
        product_code="FLO-MIN114",
        kits=["SQK-RBK114.24"],
        members=[Member(barcode="barcode01", alias="S1", kind="test_sample")],
    )

    assert "SQK-RBK114-24" in profiles.write("dorado", plan)


def test_a_plan_without_barcodes_has_no_sheet_for_epi2me() -> None:
    plan = Plan(
        experiment_id="E",
        sample_id="L",
        flow_cell_id="FAX12345",
        position_id="X1",
        product_code="FLO-MIN114",
        kits=["SQK-LSK114"],
    )

    assert profiles.profiles_of(plan) == ["minknow_ui", "minknow_api", "dorado"]
    with pytest.raises(errors.Invalid):
        profiles.write("epi2me", plan)


def test_the_hash_changes_with_whatever_a_sheet_says() -> None:
    said: dict[str, Any] = {"experiment_id": "E", "sample_id": "P", "flow_cell_id": "FAX12345", "position_id": "X1"}
    one = Member(barcode="barcode01", alias="S1", kind="test_sample")
    plan = Plan(**said, product_code="FLO-MIN114", kits=["SQK-RBK114.24"], members=[one])
    same = Plan(**said, product_code="FLO-MIN114", kits=["SQK-RBK114-24"], members=[one])
    others = [
        Plan(**said | {"position_id": "X2"}, product_code="FLO-MIN114", kits=["SQK-RBK114.24"], members=[one]),
        Plan(
            **said,
            product_code="FLO-MIN114",
            kits=["SQK-RBK114.24"],
            members=[Member(barcode="barcode01", alias="S1", kind="negative_control")],
        ),
        Plan(**said, product_code="FLO-MIN114", kits=["SQK-RBK114.24"], members=[]),
    ]

    assert profiles.content_hash(same) == profiles.content_hash(plan)
    assert len({profiles.content_hash(other) for other in [plan, *others]}) == 4


@pytest.mark.parametrize("profile", TOOLS)
async def test_capability_06_a_sheet_that_somebody_brings_is_checked_and_the_rule_and_row_are_named(
    product: Product, profile: Profile
) -> None:
    staff = await product.client("technician")
    asked = {"profile": profile, "text": COMMON.replace("NTC", "S\u200b1")}

    verdict = checked(await staff.post("/api/runs/sheet-checks", json=asked))

    assert verdict["accepted"] is False
    assert {(each["rule"], each["line"]) for each in verdict["findings"]} >= {("hidden-character", 3)}
    again = checked(await staff.post("/api/runs/sheet-checks", json={"profile": profile, "text": COMMON}))
    assert (again["accepted"], again["cleaned"], again["row_count"]) == (True, None, 2)
    assert (await (await product.client("submitter")).post("/api/runs/sheet-checks", json=asked)).status_code == 403
