"""Charges: the charge codes of a lab, which one its projects go to, and its monthly statement."""

import csv
import io
from datetime import datetime
from typing import Any

from nanopore_tracking.contracts.api.sample.charges import (
    ChargeCodePatch,
    CreditLine,
    NewChargeCode,
    Statement,
    StatementLine,
)
from nanopore_tracking.kernel import errors, sheets
from nanopore_tracking.web import forms, words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.charges import Charges
from nanopore_tracking.web.clients.sample import Intake
from nanopore_tracking.web.visit import Shown, Visit, action, page

TEMPLATE = "pages/charges.html"
HEADINGS = (
    "lab", "month", "charge_code", "item", "quantity", "unit_price", "amount", "currency", "kind", "subject", "reason",
)  # fmt: skip


@page("/charges", needs="charges.read")
async def charges(visit: Visit) -> Shown:
    """Show the labs, or the only one that the person sees."""
    address = Address.of(visit.request, ("q",))
    found = await visit.api(Intake).labs(**address.query("q"), after=address["after"])
    if len(found.items) == 1 and not address.filtered:
        return visit.go(f"/charges/{found.items[0].id}")
    return visit.page("pages/charges_labs.html", title="Charges", address=address, found=found)


@page("/charges/{lab_id:str}", needs="charges.read")
async def lab(visit: Visit, lab_id: str) -> Shown:
    """Show the statement of a lab for a month, its charge codes and where its projects go."""
    return await _show(visit, lab_id)


async def _show(visit: Visit, lab_id: str, *, status: int = 200, **given: Any) -> Shown:
    asked = visit.request.query_params.get("month", "")
    now = datetime.now(words.zone.get()).strftime("%Y-%m")
    api = visit.api(Charges)
    problem = None
    try:
        statement = await api.statement(lab_id, asked or now)
    except errors.Invalid as refused:
        statement, problem = await api.statement(lab_id, now), refused
    projects = []
    if visit.can("projects.read"):
        listed = (await visit.api(Intake).projects(lab_id=lab_id, status="active", limit=50)).items
        projects = [(each, await api.of_project(each.id)) for each in listed]
    shown: dict[str, Any] = {
        "statement": statement,
        "codes": await api.codes(lab_id),
        "projects": projects,
        "form": forms.of(NewChargeCode),
        "end_form": forms.of(ChargeCodePatch),
        "money": money,
        "problem": problem,
        "opened": "",
    }
    return visit.page(TEMPLATE, title=f"Charges {statement.lab_name}", status=status, **(shown | given))


@action("/charges/{lab_id:str}/codes", needs="charges.write")
async def enter(visit: Visit, lab_id: str) -> Shown:
    """Enter a charge code."""
    form = forms.of(NewChargeCode)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Charges).enter(lab_id, values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _show(visit, lab_id, status=422, form=form.refused(problem, visit.form), opened="code")
    return visit.go(f"/charges/{lab_id}", f"{made.code} entered")


@action("/charges/{lab_id:str}/codes/{code_id:str}", needs="charges.write")
async def end(visit: Visit, lab_id: str, code_id: str) -> Shown:
    """Say until when a charge code is valid."""
    changes = {"valid_to": visit.form.get("valid_to") or None}
    seen = int(visit.form.get("version") or 0)
    try:
        changed = await visit.api(Charges).change(lab_id, code_id, changes, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale) as problem:
        return await _show(visit, lab_id, status=422, problem=problem)
    return visit.go(f"/charges/{lab_id}", f"{changed.code} changed")


@action("/charges/{lab_id:str}/projects/{project_id:str}", needs="projects.write")
async def charge_project(visit: Visit, lab_id: str, project_id: str) -> Shown:
    """Let the work of a project go to a charge code."""
    try:
        await visit.api(Charges).charge_project(project_id, visit.form.get("charge_code", ""), visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _show(visit, lab_id, status=422, problem=problem)
    return visit.go(f"/charges/{lab_id}", "The project's work goes to that code from now on")


@page("/charges/{lab_id:str}/{month:str}/csv", needs="charges.read")
async def statement_csv(visit: Visit, lab_id: str, month: str) -> Shown:
    """Hand the statement out."""
    statement = await visit.api(Charges).statement(lab_id, month)
    return visit.file(_csv(statement), "text/csv", f"statement-{statement.month}.csv")


def _csv(statement: Statement) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    lines: list[StatementLine | CreditLine] = [*statement.lines, *statement.credits]
    for line in lines:
        prices = [money(value) for value in (line.unit_price_cents, line.amount_cents)]
        said = [line.charge_code, line.item, line.quantity, *prices, line.currency]
        credit = [line.subject_code, line.reason] if isinstance(line, CreditLine) else ["", ""]
        kind = "credit" if isinstance(line, CreditLine) else "charge"
        writer.writerow([sheets.plain(statement.lab_name), statement.month, *said, kind, *map(sheets.plain, credit)])
    return out.getvalue().encode()


def money(cents: int | None) -> str:
    """Return an amount as it is written, blank for none."""
    return "" if cents is None else f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


ROUTES = [charges, lab, enter, end, charge_project, statement_csv]
