"""What can be done with charge codes: enter one, end one, say which one a project's work goes to."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample.charges import (
    ChargeCodePatch,
    NewChargeCode,
    NewProjectCharge,
    ProjectCharge,
)
from nanopore_tracking.contracts.events.sample.charges import ChargeCodeChanged, ProjectChargeSet
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.charges import model, store
from nanopore_tracking.services.sample.charges.model import ChargeCode
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.labs import store as lab_store
from nanopore_tracking.services.sample.projects import store as project_store


async def enter_code(tx: Transaction, lab_id: UUID, asked: NewChargeCode, *, scope: lab_store.Scope) -> Written:
    """Enter a charge code of a lab; NotFound, Invalid, or Conflict where the lab has it already."""
    await _lab(tx, lab_id, scope)
    values = labs.asked(asked)
    labs.require(values, "authorised_by")
    model.period(asked.valid_from, asked.valid_to)
    code_id = uuid7()
    try:
        await store.insert_charge_code(tx, code_id, lab_id=lab_id, values=values)
    except postgres.Violation as violation:
        if violation.constraint != "charge_code_of_lab":
            raise
        raise errors.Conflict(
            f"The lab has the charge code {asked.code} already. Nothing was changed.",
            type="already-exists",
            fields=[errors.FieldError("code", "The lab has this code already.")],
        ) from None
    return await _announced(tx, ChargeCode(id=code_id, lab_id=lab_id, version=1, **values), before={})


async def change_code(
    tx: Transaction, lab_id: UUID, code_id: UUID, *, asked: ChargeCodePatch, seen: int, scope: lab_store.Scope
) -> Written:
    """Change the end of a charge code or its note; NotFound, Invalid or Stale."""
    await _lab(tx, lab_id, scope)
    stored = await store.lock_charge_code(tx, lab_id, code_id)
    labs.match(stored.version, seen, "charge code")
    before = {"valid_to": stored.valid_to, "note": stored.note}
    after = before | labs.asked(asked)
    model.period(stored.valid_from, after["valid_to"])
    if after == before:
        item, version = await store.show_charge_code(tx, code_id, tx.call.at.date())
        return Written(item=item, version=version)
    await store.update_charge_code(tx, code_id, **after)
    fixed = {name: getattr(stored, name) for name in ("code", "valid_from", "authorised_by")}
    return await _announced(
        tx, ChargeCode(id=code_id, lab_id=lab_id, version=seen + 1, **fixed, **after), before=fixed | before
    )


async def charge_project(tx: Transaction, project_id: UUID, asked: NewProjectCharge) -> Written:
    """Let the work of a project go to a charge code of its lab from now on; NotFound, or Invalid for another code."""
    project = await project_store.lock_project(tx, project_id)
    if project is None:
        raise errors.NotFound("There is no such project, or none that you may see. Nothing was changed.")
    charge = await store.charge_of(tx, project_id, project.lab_id, said=asked.charge_code)
    fault = charge.fault(tx.call.at.date())
    if fault:
        raise errors.Invalid(f"{fault} Nothing was changed.", fields=[errors.FieldError("charge_code", fault)])
    before = await store.charge_of(tx, project_id, project.lab_id, said="")
    charge_id = await store.insert_project_charge(tx, project_id, charge.code)
    event = ProjectChargeSet(project_id=project_id, lab_id=project.lab_id, charge_code=charge.code)
    changes = [Change("charge_code", before.code, charge.code)]
    subject = Subject("project", str(project_id), project.code)
    tx.announce(event, subject=subject, tenant_id=project.lab_id, changes=changes)
    now = ProjectCharge(
        id=charge_id, project_id=project_id, charge_code=charge.code, set_by=tx.call.by, set_at=tx.call.at
    )
    return Written(item=now, version=1)


async def _lab(tx: Transaction, lab_id: UUID, scope: lab_store.Scope) -> None:
    if await lab_store.lock_lab(tx, lab_id, scope=scope) is None:
        raise errors.NotFound("There is no such lab, or none that you may see. Nothing was changed.")


async def _announced(tx: Transaction, code: ChargeCode, before: dict[str, object]) -> Written:
    after = {name: getattr(code, name) for name in ("code", "valid_from", "valid_to", "authorised_by", "note")}
    event = ChargeCodeChanged(charge_code_id=code.id, lab_id=code.lab_id, **after)
    subject = Subject("charge_code", str(code.id), code.code)
    tx.announce(event, subject=subject, tenant_id=code.lab_id, changes=labs.changes(before, after))
    item, version = await store.show_charge_code(tx, code.id, tx.call.at.date())
    return Written(item=item, version=version)
