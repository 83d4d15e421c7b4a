"""Projects over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.projects import NewProject, Project, ProjectPatch, ProjectStatus
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, call_of, match_of, page, runtime_of, write
from nanopore_tracking.services.sample.projects import commands, store

Sort = Literal["code", "-code", "updated", "-updated"]
Text = Annotated[str, Meta(max_length=100, description="Text in the code, the title or the lab's name.")]


@get("/api/projects", policy="projects.read")
async def list_projects(
    request: Ask,
    status: list[ProjectStatus] | None = None,
    lab_id: UUID | None = None,
    q: Text | None = None,
    sort: Sort = "-updated",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Project]]:
    """List projects, last changed first unless asked otherwise."""
    filters = {"status": status, "lab_id": lab_id, "q": q}
    db, scope = runtime_of(request).db, call_of(request).scope
    return page(await store.list_projects(db, scope, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/projects", policy="projects.write", status_code=201)
async def create_project(request: Ask, data: NewProject) -> Response[Project]:
    """Create a project of a lab."""
    return await write(request, lambda tx: commands.create_project(tx, data))


@get("/api/projects/{project_id:uuid}", policy="projects.read")
async def show_project(request: Ask, project_id: UUID) -> Response[Project]:
    """Show one project."""
    found = await store.show_project(runtime_of(request).db, call_of(request).scope, project_id)
    if found is None:
        raise errors.NotFound("There is no such project, or none that you may see.")
    return answer(found[0], version=found[1])


@patch("/api/projects/{project_id:uuid}", policy="projects.write", match=True)
async def change_project(request: Ask, project_id: UUID, data: ProjectPatch) -> Response[Project]:
    """Change the title, status or data classification of a project."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.change_project(tx, project_id, data, seen=seen))


ROUTES = [list_projects, create_project, show_project, change_project]
