"""What can be done with projects: create one, change one."""

from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.projects import NewProject, ProjectPatch
from nanopore_tracking.contracts.events.sample import ProjectChanged
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.labs import store as lab_store
from nanopore_tracking.services.sample.projects import store

CHANGEABLE = ("title", "status", "data_classification", "remote_models")
_SAID = ("remote_models_by", "remote_models_at")


async def create_project(tx: Transaction, asked: NewProject) -> Written:
    """Create a project of a lab in the caller's scope; NotFound, or Conflict when the code is taken."""
    project_id, values = uuid7(), labs.asked(asked)
    labs.require(values, "title")
    await _lab_open(tx, asked.lab_id)
    values["code"] = values["code"] or await store.next_code(tx)
    try:
        await store.insert_project(tx, project_id, values)
    except postgres.Violation as violation:
        if violation.constraint != "project_code":
            raise
        raise errors.Conflict(
            f"There is a project {values['code']} already. Nothing was changed; choose another code or leave it blank.",
            type="already-exists",
            fields=[errors.FieldError("code", "Another project has this code.")],
        ) from None
    _announce(tx, project_id, before={}, after=values | {"status": "active"})
    return await _written(tx, project_id)


async def change_project(tx: Transaction, project_id: UUID, asked: ProjectPatch, *, seen: int) -> Written:
    """Change a project; NotFound or Stale."""
    project = await store.lock_project(tx, project_id)
    if project is None:
        raise errors.NotFound("There is no such project, or none that you may see.")
    labs.match(project.version, seen, "project")
    before = {name: getattr(project, name) for name in (*CHANGEABLE, *_SAID)}
    after = before | labs.asked(asked)
    labs.require(after, "title")
    if after["remote_models"] != before["remote_models"]:
        after |= dict(zip(_SAID, (tx.call.by, tx.call.at), strict=True))
    if after != before:
        await store.update_project(tx, project_id, after)
        fixed = {"code": project.code, "lab_id": project.lab_id}
        _announce(tx, project_id, before=fixed | before, after=fixed | after)
    return await _written(tx, project_id)


async def _lab_open(tx: Transaction, lab_id: UUID) -> None:
    lab = await lab_store.hold_lab(tx, lab_id)
    if lab is None:
        message = "There is no such lab, or none that you may see."
        raise errors.NotFound(f"{message} Nothing was changed.", fields=[errors.FieldError("lab_id", message)])
    if not lab.active:
        raise errors.Conflict(
            f"The lab {lab.name} is not active and takes no new projects. Nothing was changed.", type="lab-not-active"
        )


def _announce(tx: Transaction, project_id: UUID, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    event = ProjectChanged(project_id=project_id, **after)
    subject = Subject("project", str(project_id), after["code"])
    tx.announce(event, subject=subject, tenant_id=after["lab_id"], changes=labs.changes(before, after))


async def _written(tx: Transaction, project_id: UUID) -> Written:
    found = await store.show_project(tx, tx.call.scope, project_id)
    if found is None:
        raise errors.NotFound("There is no such project.")
    return Written(item=found[0], version=found[1], location=f"/api/projects/{project_id}")
