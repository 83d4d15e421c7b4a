"""Projects in the database."""

from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.projects import model
from nanopore_tracking.services.sample.projects.model import Project

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None


async def list_projects(db: Reads, scope: Scope, **asked: Any) -> Page:
    """Return one page of projects; asked: filters, sort, after, limit."""
    found: Page = await Q.projects.page(db, scope=scope, **asked)
    return found


async def show_project(db: Reads, scope: Scope, project_id: UUID) -> tuple[str, int] | None:
    """Return a project as JSON text and its version, None where there is none in the scope."""
    row = await db.row(Q.show_project, project_id=project_id, scope=scope)
    return (row["item"], row["version"]) if row else None


async def lock_project(tx: Transaction, project_id: UUID) -> Project | None:
    """Return a project in the caller's scope that is about to be changed, locked."""
    row = await tx.row(Q.lock_project, project_id=project_id, scope=tx.call.scope)
    return Project(**row) if row else None


async def hold_project(tx: Transaction, project_id: UUID) -> Project | None:
    """Return a project in the caller's scope; nobody changes it or its lab before the transaction ends."""
    row = await tx.row(Q.hold_project, project_id=project_id, scope=tx.call.scope)
    return Project(**row) if row else None


async def next_code(tx: Transaction) -> str:
    """Return the next free code; numbers that people gave to projects themselves are passed over."""
    while True:
        code = model.numbered(await tx.value(Q.next_number))
        if not await tx.value(Q.code_taken, code=code):
            return code


async def insert_project(tx: Transaction, project_id: UUID, values: dict[str, Any]) -> None:
    """Store a new project; Violation when its code is taken."""
    await tx.execute(Q.insert_project, project_id=project_id, at=tx.call.at, **values)


async def update_project(tx: Transaction, project_id: UUID, values: dict[str, Any]) -> None:
    """Store the changed project."""
    await tx.execute(Q.update_project, project_id=project_id, at=tx.call.at, **values)
