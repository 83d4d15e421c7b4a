"""Flow cells: what is there, what is due, and of one of them everything that ever happened to it."""

from typing import Any

from nanopore_tracking.contracts.api.sample.flow_cells import (
    ClaimReport,
    FlowCellReceipt,
    FlowCellStep,
    NewCheck,
    NewFlowCell,
)
from nanopore_tracking.contracts.api.sample.loads import NewLoad
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms, words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.config import Config
from nanopore_tracking.web.clients.inventory import Inventory
from nanopore_tracking.web.clients.runs import Runs
from nanopore_tracking.web.pages.overrides import waiting
from nanopore_tracking.web.pages.pore_history import pore_history
from nanopore_tracking.web.visit import Shown, Visit, action, page

FILTERS = ("q", "state", "product_code", "check_due_by", "expires_by")
STATES = (
    "ordered", "received", "checked_ok", "check_failed", "in_use", "washed", "spent", "returned", "discarded",
    "expired",
)  # fmt: skip
#: What can be done with one flow cell by a form: its struct, and whether the version that was seen must be sent.
DEEDS: dict[str, tuple[type, bool]] = {
    "receipt": (FlowCellReceipt, True),
    "checks": (NewCheck, False),
    "steps": (FlowCellStep, True),
    "loads": (NewLoad, False),
}
_SKIP = ("pores_by_mux", "lots")
ENDINGS = {"spend": "Spent", "return": "Returned", "discard": "Thrown away", "expire": "Past its shelf life"}


@page("/flow-cells", needs="inventory.read")
async def flow_cells(visit: Visit) -> Shown:
    """Show the stock, the claims that are due, and one page of flow cells."""
    return await _listed(visit)


async def _listed(visit: Visit, *, status: int = 200, form: forms.Form | None = None, problem: Any = None) -> Shown:
    address = Address.of(visit.request, FILTERS, default_sort="-updated")
    inventory = visit.api(Inventory)
    found = await inventory.cells(**address.query(*FILTERS), sort=address.sort, after=address["after"])
    claims = (await inventory.claims(open=True)).items
    return visit.page(
        "pages/flow_cells.html",
        title="Flow cells",
        status=status,
        topics="sample",
        address=address,
        found=found,
        stock=await inventory.stock(),
        claims=claims,
        claim_forms={str(claim.id): forms.of(ClaimReport) for claim in claims},
        states=[(code, words.words(code)) for code in STATES],
        form=form or await _new_form(visit),
        problem=problem,
    )


async def _new_form(visit: Visit) -> forms.Form:
    try:
        entries = (await visit.api(Config).catalogue("flow_cells")).entries
        products = [(e["code"], f"{e['code']} {e['name']}") for e in entries if not e.get("deprecated")]
    except errors.Unavailable:
        products = []
    return forms.of(NewFlowCell, options={"product_code": products} if products else None)


@action("/flow-cells", needs="inventory.write")
async def register(visit: Visit) -> Shown:
    """Put a flow cell into the ledger."""
    form = await _new_form(visit)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Inventory).register_cell(values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _listed(visit, status=422, form=form.refused(problem, visit.form))
    return visit.go(f"/flow-cells/{made.flow_cell_id or made.id}", f"{made.flow_cell_id or made.product_code} is kept")


@action("/flow-cells/claims/{claim_id:str}", needs="inventory.write")
async def report(visit: Visit, claim_id: str) -> Shown:
    """Say that a failing check was reported."""
    values = {name: value for name, value in forms.of(ClaimReport).read(visit.form).items() if value is not None}
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Inventory).report_claim(claim_id, values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _listed(visit, status=422, problem=problem)
    return visit.go("/flow-cells", "The claim is reported")


@page("/flow-cells/{said:str}", needs="inventory.read")
async def flow_cell(visit: Visit, said: str) -> Shown:
    """Show one flow cell."""
    return await _shown(visit, said)


async def _shown(visit: Visit, said: str, *, status: int = 200, **given: Any) -> Shown:
    inventory = visit.api(Inventory)
    cell = await inventory.cell(said)
    checks = (await inventory.checks(said)).items
    shown: dict[str, Any] = {
        "cell": cell,
        "checks": checks,
        "loads": (await visit.api(Runs).loads(said)).items,
        "ledger": (await inventory.ledger(said)).items,
        "plot": pore_history(checks, cell.warranty_pores),
        "forms": _forms(cell),
        "overrides": await waiting(visit, cell.id),
        "problem": None,
        "opened": "",
    }
    title = cell.flow_cell_id or cell.product_code
    return visit.page("pages/flow_cell.html", title=title, status=status, topics="sample", **(shown | given))


def _forms(cell: Any) -> dict[str, forms.Form]:
    kinds = [(kind, words.words(kind)) for kind in ("load", "reload", "wash", "flush") if kind in cell.actions]
    endings = [(code, word) for code, word in ENDINGS.items() if code in cell.actions]
    options: dict[str, Any] = {"steps": {"action": endings}, "loads": {"kind": kinds}}
    return {name: forms.of(struct, skip=_SKIP, options=options.get(name)) for name, (struct, _) in DEEDS.items()}


@action("/flow-cells/{said:str}/{deed:str}", needs="inventory.write")
async def change(visit: Visit, said: str, deed: str) -> Shown:
    """Receive a flow cell, record a check, or say what became of it."""
    if deed not in DEEDS:
        raise errors.NotFound("There is nothing at this address.")
    inventory = visit.api(Inventory)
    form = _forms(await inventory.cell(said))[deed]
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    match = int(visit.form.get("version") or 0) if DEEDS[deed][1] else None
    try:
        if deed == "loads":
            if not await visit.api(Runs).record_load(said, values, visit.key):
                return visit.go(f"/flow-cells/{said}", "It waits for a second person; nothing was recorded yet")
            done = await inventory.cell(said)
        else:
            done = await inventory.change_cell(said, deed, values, match=match, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        given = _forms(await inventory.cell(said)) | {deed: form.refused(problem, visit.form)}
        status = problem.status if problem.status in (409, 412, 422) else 422
        return await _shown(visit, said, status=status, forms=given, opened=deed)
    return visit.go(f"/flow-cells/{done.flow_cell_id or done.id}", f"It is {words.words(done.state).lower()}")


ROUTES = [flow_cells, register, report, flow_cell, change]
