"""Charge codes, what is charged for which fact, and the monthly statement, over HTTP."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.services.sample.billing import model
from nanopore_tracking.services.sample.catalogue.model import Catalogue, PriceItem
from nanopore_tracking.services.sample.charges.model import Charge
from tests.harness.going_out import plan_by_api
from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, charged, new_lab, opened, row, said, seen
from tests.services.sample.test_capability_02_findings import decide, findings
from tests.services.sample.worked import worked_on


@pytest.fixture
async def desk(product: Product) -> Desk:
    """A lab of its own for the test."""
    return await opened(product)


async def uncharged(product: Product, desk: Desk) -> Any:
    """Return a project of another lab without any charge code."""
    lab = await new_lab(product)
    return checked(await desk.staff.post("/api/projects", json={"lab_id": lab["id"], "title": said("Free")}))


async def statement(product: Product, lab_id: str) -> Any:
    manager = await product.client("facility_manager")
    month = datetime.now(UTC).strftime("%Y-%m")
    return checked(await manager.get(f"/api/labs/{lab_id}/statements/{month}"))


async def test_capability_16_a_missing_or_invalid_code_is_a_finding(product: Product, desk: Desk) -> None:
    project = await uncharged(product, desk)
    missing = await _under_review(desk, project_id=project["id"])
    assert set(await findings(desk, missing)) == {"CHARGE_CODE_MISSING"}
    invented = await _under_review(desk, project_id=project["id"], charge_code="QX-0000")
    assert set(await findings(desk, invented)) == {"CHARGE_CODE_INVALID"}
    await charged(product, project, valid_to="2099-12-31")
    good = await _under_review(desk, project_id=project["id"])
    assert await findings(desk, good) == {}
    checked(await decide(desk, good))


async def _under_review(desk: Desk, **header: Any) -> Any:
    asked = {**HEADER, **header, "rows": [row("A")]}
    draft = checked(await desk.staff.post("/api/submissions", json=asked))
    path = f"/api/submissions/{draft['id']}/review"
    return checked(await desk.staff.post(path, json={}, headers=seen(draft)))


HEADER = {
    "kit_requested": "SQK-LSK114",
    "flow_cell_requested": "FLO-MIN114",
    "service_type": "ont-dna",
    "contains_human_dna": "no",
    "organism": "Escherichia coli",
}


async def test_capability_16_nothing_is_sequenced_or_released_without_a_valid_code(
    product: Product, desk: Desk
) -> None:
    project = await uncharged(product, desk)
    sample = await worked_on(product, desk, project["id"], until="sequencing_setup")
    await plan_by_api(desk.staff, sample["code"])
    assert await _missing(desk, sample, "sequencing_run") == ["charge-code"]
    code = await charged(product, project)
    sample = await worked_on(product, desk, project["id"], sample=sample, until="data_delivery")
    manager = await product.client("facility_manager")
    path = f"/api/labs/{project['lab_id']}/charge-codes/{code['id']}"
    ended = checked(await manager.patch(path, json={"valid_to": "2026-01-02"}, headers=seen(code)))
    assert "charge-code" in await _missing(desk, sample, "delivered")
    checked(await manager.patch(path, json={"valid_to": "2099-12-31"}, headers=seen(ended)))
    assert (await worked_on(product, desk, project["id"], sample=sample))["stage"] == "delivered"
    found = await statement(product, project["lab_id"])
    assert found["rebuilt"]
    assert (found["without_code"], found["event_count"]) == (1, 3)


async def _missing(desk: Desk, sample: Any, to: str) -> list[str]:
    return [each["code"] for each in (await _move(desk, sample, to)).json()["missing"]]


async def _move(desk: Desk, sample: Any, to: str) -> Any:
    now = checked(await desk.staff.get(f"/api/samples/{sample['id']}"))
    return await desk.staff.post(f"/api/samples/{sample['id']}/transitions", json={"to": to}, headers=seen(now))


async def test_capability_16_the_statement_comes_from_facts_and_can_be_made_again(product: Product, desk: Desk) -> None:
    submission = await desk.under_review(row("A"), row("B"))
    checked(await decide(desk, submission))
    (first, _) = checked(await desk.staff.get("/api/samples", params={"submission_id": submission["id"]}))["items"]
    await worked_on(product, desk, desk.project_id, sample=first)
    found = await statement(product, desk.lab_id)
    lines = {(each["item"], each["quantity"], each["amount_cents"]) for each in found["lines"]}
    assert lines == {
        ("sample-intake", 2, 1000),
        ("library-prep", 1, 9500),
        ("sequencing-run", 1, 12000),
        ("sup-basecalling", 1, 2500),
    }
    assert {each["charge_code"] for each in found["lines"]} == {"QX-4711"}
    assert (found["total_cents"], found["without_code"], found["without_price"]) == ({"EUR": 25000}, 0, 0)
    assert found["rebuilt"]
    async with product.db("sample") as db:
        await db.execute("ALTER TABLE billing_event DISABLE TRIGGER billing_event_never_changes")
        await db.execute("UPDATE billing_event SET quantity = 3 WHERE fact_id::text = $1", submission["id"])
        await db.execute("ALTER TABLE billing_event ENABLE TRIGGER billing_event_never_changes")
    assert not (await statement(product, desk.lab_id))["rebuilt"]


async def test_codes_are_entered_with_who_authorised_them_and_only_their_end_changes(
    product: Product, desk: Desk
) -> None:
    manager = await product.client("facility_manager")
    path = f"/api/labs/{desk.lab_id}/charge-codes"
    asked = {"code": "QX-9", "valid_from": "2026-01-01", "valid_to": "2026-02-01", "authorised_by": "Dr Okafor"}
    made = checked(await manager.post(path, json=asked))
    assert (made["valid"], made["authorised_by"]) == (False, "Dr Okafor")
    assert (await manager.post(path, json=asked)).json()["type"] == "already-exists"
    assert (await manager.post(path, json={**asked, "code": "Q 9"})).status_code == 422
    assert (await manager.post(path, json={**asked, "code": "QX-8", "valid_to": "2025-01-01"})).status_code == 422
    assert (await desk.staff.post(path, json=asked)).status_code == 403
    later = {"valid_to": "2099-12-31"}
    changed = checked(await manager.patch(f"{path}/{made['id']}", json=later, headers=seen(made)))
    assert (changed["valid"], changed["version"]) == (True, 2)
    assert (await manager.patch(f"{path}/{made['id']}", json=later, headers=seen(made))).status_code == 412
    codes = [each["code"] for each in checked(await desk.submitter.get(path))["items"]]
    assert codes == ["QX-4711", "QX-9"]
    assert checked(await desk.stranger.get(path))["items"] == []
    foreign = {"charge_code": "QX-0000"}
    assert (await desk.staff.post(f"/api/projects/{desk.project_id}/charge-codes", json=foreign)).status_code == 422


async def test_a_statement_is_seen_by_its_lab_only(desk: Desk) -> None:
    path = f"/api/labs/{desk.lab_id}/statements/2026-11"
    assert checked(await desk.submitter.get(path))["lines"] == []
    assert (await desk.stranger.get(path)).status_code == 404
    assert (await desk.staff.get(f"/api/labs/{desk.lab_id}/statements/2026-13")).status_code == 422
    events = f"/api/labs/{desk.lab_id}/billing-events"
    assert checked(await desk.submitter.get(events, params={"month": "2026-11"}))["items"] == []


def test_billing_events_follow_from_the_fact_alone() -> None:
    prices = Catalogue(
        versions={"price_items": 4}, price_items=[PriceItem(code="flow-cell", unit_price_cents=75_000, currency="EUR")]
    )
    fact = model.Fact(
        id=uuid7(),
        kind="flow_cell.used",
        lab_id=uuid7(),
        project_id=uuid7(),
        charge_code="QX-1",
        subject_code="FAX1",
        happened_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    (billed,) = model.billed(fact, prices)
    assert (billed.item, billed.unit_price_cents, billed.price_version) == ("flow-cell", 75_000, 4)
    assert model.billed(fact, prices) == [billed]
    (unpriced,) = model.billed(fact, Catalogue())
    assert (unpriced.unit_price_cents, unpriced.price_version) == (None, None)


@pytest.mark.parametrize(
    ("charge", "fault"),
    [
        (Charge(), "no charge code"),
        (Charge(code="QX-1"), "has no charge code QX-1"),
        (Charge(code="QX-1", known=True, valid_from=date(2027, 1, 1)), "only from 2027-01-01"),
        (Charge(code="QX-1", known=True, valid_from=date(2026, 1, 1), valid_to=date(2026, 2, 1)), "until 2026-02-01"),
        (Charge(code="QX-1", known=True, valid_from=date(2026, 1, 1)), ""),
    ],
)
def test_why_a_code_may_not_be_charged_is_said(charge: Charge, fault: str) -> None:
    assert fault in charge.fault(date(2026, 11, 1))
    assert charge.valid(date(2026, 11, 1)) == (not fault)


async def test_an_estimate_counts_what_is_foreseen_and_says_what_cannot_be_known(product: Product) -> None:
    desk = await opened(product)
    draft = await desk.draft(row("ONE"), row("TWO"), row("THREE"))

    found = checked(await desk.submitter.get(f"/api/submissions/{draft['code']}/estimate"))

    lines = {line["item"]: line for line in found["lines"]}
    for item in ("sample-intake", "library-prep", "sequencing-run"):
        assert lines[item]["quantity"] == 3
        assert lines[item]["amount_cents"] == 3 * lines[item]["unit_price_cents"]
    for item in ("flow-cell", "sup-basecalling"):
        assert (lines[item]["quantity"], lines[item]["amount_cents"]) == (None, None)
        assert lines[item]["unit_price_cents"] > 0
    counted = sum(line["amount_cents"] or 0 for line in found["lines"])
    assert found["total_cents"] == {lines["flow-cell"]["currency"]: counted}
    assert (await desk.stranger.get(f"/api/submissions/{draft['code']}/estimate")).status_code == 404
