"""Charge codes in the database."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.submissions import SubmissionProblem
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.charges import model
from nanopore_tracking.services.sample.charges.model import Charge, ChargeCode

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None
MISSING = "There is no such charge code of this lab. Nothing was changed."


async def list_charge_codes(db: Reads, scope: Scope, lab_id: UUID, *, day: date, **asked: Any) -> Page:
    """Return one page of the charge codes of a lab; asked: filters, sort, after, limit."""
    found: Page = await Q.charge_codes.page(db, scope=scope, lab_id=lab_id, day=day, **asked)
    return found


async def list_project_charges(db: Reads, scope: Scope, project_id: UUID, **asked: Any) -> Page:
    """Return one page of the charge codes of a project; asked: filters, sort, after, limit."""
    found: Page = await Q.project_charges.page(db, scope=scope, project_id=project_id, **asked)
    return found


async def show_charge_code(db: Reads, code_id: UUID, day: date) -> tuple[str, int]:
    """Return a charge code as JSON text and its version; NotFound."""
    row = await db.row(Q.show_charge_code, code_id=code_id, day=day)
    if row is None:
        raise errors.NotFound(MISSING)
    return row["item"], row["version"]


async def lock_charge_code(tx: Transaction, lab_id: UUID, code_id: UUID) -> ChargeCode:
    """Return a charge code of a lab, locked; NotFound."""
    row = await tx.row(Q.lock_charge_code, lab_id=lab_id, code_id=code_id)
    if row is None:
        raise errors.NotFound(MISSING)
    return ChargeCode(**row)


async def insert_charge_code(tx: Transaction, code_id: UUID, *, lab_id: UUID, values: dict[str, Any]) -> None:
    """Store a charge code; Violation where the lab has it."""
    await tx.execute(Q.insert_charge_code, code_id=code_id, lab_id=lab_id, by=tx.call.by, at=tx.call.at, **values)


async def update_charge_code(tx: Transaction, code_id: UUID, *, valid_to: date | None, note: str) -> None:
    """Store the end of a charge code and its note."""
    await tx.execute(Q.update_charge_code, code_id=code_id, valid_to=valid_to, note=note, at=tx.call.at)


async def charge_of(tx: Transaction, project_id: UUID, lab_id: UUID, *, said: str) -> Charge:
    """Return what work of a project is charged to; said: the code that its submission names, blank for none."""
    row = await tx.row(Q.charge_of, project_id=project_id, lab_id=lab_id, said=said, at=tx.call.at)
    return Charge(**row) if row else Charge()


async def charges_of_samples(db: Reads, sample_ids: Sequence[UUID], at: Any) -> dict[UUID, Charge]:
    """Return what the work on each of these samples is charged to at a moment."""
    found = dict.fromkeys(sample_ids, Charge())
    for row in await db.rows(Q.charges_of_samples, sample_ids=list(sample_ids), at=at):
        values = dict(row)
        sample_id = values.pop("sample_id")
        found[sample_id] = Charge(**values)
    return found


async def problems(tx: Transaction, project_id: UUID, lab_id: UUID, *, said: str) -> list[SubmissionProblem]:
    """Return the finding of a submission whose work cannot be charged today (UTC); none where it can."""
    charge = await charge_of(tx, project_id, lab_id, said=said)
    return list(model.problems(charge, tx.call.at.date()))


async def insert_project_charge(tx: Transaction, project_id: UUID, charge_code: str) -> UUID:
    """Store which code the work of a project goes to from now on."""
    charge_id = uuid7()
    await tx.execute(
        Q.insert_project_charge,
        id=charge_id,
        project_id=project_id,
        charge_code=charge_code,
        by=tx.call.by,
        at=tx.call.at,
    )
    return charge_id
