"""What happens to the ai service's copy of projects."""

from nanopore_tracking.contracts.events.sample import ProjectChanged
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.projects import store
from nanopore_tracking.services.ai.projects.model import Project


async def keep(tx: Transaction, changed: ProjectChanged) -> None:
    """Keep a project as the sample service announced it."""
    project = Project(
        id=changed.project_id,
        lab_id=changed.lab_id,
        code=changed.code,
        title=changed.title,
        status=changed.status,
        remote_models=changed.remote_models,
        remote_models_by=changed.remote_models_by,
        remote_models_at=changed.remote_models_at,
    )
    await store.keep_project(tx, project)
