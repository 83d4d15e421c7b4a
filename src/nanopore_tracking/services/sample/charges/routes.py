"""Charge codes of labs and projects over HTTP."""

from typing import Literal
from uuid import UUID

from litestar import Response, get, patch, post

from nanopore_tracking.contracts.api.sample.charges import (
    ChargeCode,
    ChargeCodePatch,
    NewChargeCode,
    NewProjectCharge,
    ProjectCharge,
)
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    call_of,
    match_of,
    may,
    page,
    runtime_of,
    write,
)
from nanopore_tracking.services.sample.charges import commands, store


def _scope(request: Ask) -> store.Scope:
    return None if may(request, "charges.write") else call_of(request).scope


@get("/api/labs/{lab_id:uuid}/charge-codes", policy="charges.read")
async def list_charge_codes(
    request: Ask, lab_id: UUID, sort: Literal["code", "-code"] = "code", after: After | None = None, limit: Limit = 50
) -> Response[Paged[ChargeCode]]:
    """List the charge codes of a lab."""
    return page(
        await store.list_charge_codes(
            runtime_of(request).db,
            _scope(request),
            lab_id,
            day=call_of(request).at.date(),
            filters={},
            sort=sort,
            after=after,
            limit=limit,
        )
    )


@post("/api/labs/{lab_id:uuid}/charge-codes", policy="charges.write", status_code=201)
async def enter_code(request: Ask, lab_id: UUID, data: NewChargeCode) -> Response[ChargeCode]:
    """Enter a charge code as the lab's institution gave it."""
    scope = _scope(request)
    return await write(request, lambda tx: commands.enter_code(tx, lab_id, data, scope=scope))


@patch("/api/labs/{lab_id:uuid}/charge-codes/{code_id:uuid}", policy="charges.write", match=True)
async def change_code(request: Ask, lab_id: UUID, code_id: UUID, data: ChargeCodePatch) -> Response[ChargeCode]:
    """Change the last day of a charge code, or its note."""
    seen, scope = match_of(request), _scope(request)
    return await write(
        request, lambda tx: commands.change_code(tx, lab_id, code_id, asked=data, seen=seen, scope=scope)
    )


@get("/api/projects/{project_id:uuid}/charge-codes", policy="projects.read")
async def list_project_charges(
    request: Ask,
    project_id: UUID,
    sort: Literal["set", "-set"] = "-set",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[ProjectCharge]]:
    """List the charge codes that the work of a project went to; the first one counts now."""
    return page(
        await store.list_project_charges(
            runtime_of(request).db,
            call_of(request).scope,
            project_id,
            filters={},
            sort=sort,
            after=after,
            limit=limit,
        )
    )


@post("/api/projects/{project_id:uuid}/charge-codes", policy="projects.write", status_code=201)
async def charge_project(request: Ask, project_id: UUID, data: NewProjectCharge) -> Response[ProjectCharge]:
    """Let the work of a project go to a valid charge code of its lab from now on."""
    return await write(request, lambda tx: commands.charge_project(tx, project_id, data))


ROUTES = [list_charge_codes, enter_code, change_code, list_project_charges, charge_project]
