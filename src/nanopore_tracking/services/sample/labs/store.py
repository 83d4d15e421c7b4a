"""Labs in the database."""

from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.labs.model import Lab

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_labs(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of labs; asked: filters, sort, after, limit."""
    found: Page = await Q.labs.page(db, scope=scope, **asked)
    return found


async def show_lab(db: Reads, scope: Scope, lab_id: UUID) -> tuple[str, int] | None:
    """Return a lab as JSON text and its version, None where there is none in the scope."""
    row = await db.row(Q.show_lab, lab_id=lab_id, scope=scope)
    return (row["item"], row["version"]) if row else None


async def named(db: Reads, scope: Scope, lab_id: UUID) -> str:
    """Return the name of a lab in a scope; NotFound."""
    found: str | None = await db.value(Q.name_of_lab, lab_id=lab_id, scope=scope)
    if found is None:
        raise errors.NotFound("There is no such lab, or none that you may see.")
    return found


async def lock_lab(tx: Transaction, lab_id: UUID, *, scope: Scope) -> Lab | None:
    """Return a lab that is about to be changed, locked."""
    row = await tx.row(Q.lock_lab, lab_id=lab_id, scope=scope)
    return Lab(**row) if row else None


async def hold_lab(tx: Transaction, lab_id: UUID) -> Lab | None:
    """Return a lab in the caller's scope; nobody changes it before the transaction ends."""
    row = await tx.row(Q.hold_lab, lab_id=lab_id, scope=tx.call.scope)
    return Lab(**row) if row else None


async def insert_lab(tx: Transaction, lab_id: UUID, values: dict[str, Any]) -> None:
    """Store a new lab; Violation when its name is taken."""
    await tx.execute(Q.insert_lab, lab_id=lab_id, at=tx.call.at, **values)


async def update_lab(tx: Transaction, lab_id: UUID, values: dict[str, Any]) -> None:
    """Store the changed lab; Violation when its name is taken."""
    await tx.execute(Q.update_lab, lab_id=lab_id, at=tx.call.at, **values)
