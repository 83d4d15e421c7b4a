"""The ai service's own copy of projects in the database."""

from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.projects.model import Project

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def keep_project(tx: Transaction, project: Project) -> None:
    """Keep a project as it is now."""
    await tx.execute(
        Q.keep_project,
        project_id=project.id,
        lab_id=project.lab_id,
        code=project.code,
        title=project.title,
        status=project.status,
        remote_models=project.remote_models,
        remote_models_by=project.remote_models_by,
        remote_models_at=project.remote_models_at,
    )


async def find_project(db: Reads, project_id: UUID, scope: list[UUID] | None) -> Project | None:
    """Return a project, None where there is none in the scope."""
    row = await db.row(Q.find_project, project_id=project_id, scope=scope)
    return Project(**row) if row else None
