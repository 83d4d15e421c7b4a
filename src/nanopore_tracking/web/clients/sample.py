"""The sample service as one person may use it: labs, projects, submissions."""

from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample import labs as lab_api
from nanopore_tracking.contracts.api.sample import projects as project_api
from nanopore_tracking.contracts.api.sample import rows as row_api
from nanopore_tracking.contracts.api.sample import samples as sample_api
from nanopore_tracking.contracts.api.sample import submissions as submission_api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified, problem


class Intake(Client):
    """Questions about labs, projects and submissions."""

    service = "sample"

    async def labs(self, **filters: Any) -> Paged[lab_api.Lab]:
        """List labs by name."""
        return await self.get("/api/labs", Paged[lab_api.Lab], sort="name", **filters)

    async def lab(self, lab_id: UUID | str) -> lab_api.Lab:
        """Show one lab."""
        return await self.get(f"/api/labs/{identified(lab_id)}", lab_api.Lab)

    async def create_lab(self, asked: object, key: str) -> lab_api.Lab:
        """Create a lab."""
        return await self.send("POST", "/api/labs", lab_api.Lab, body=asked, key=key)

    async def change_lab(self, lab_id: UUID | str, changes: object, *, match: int, key: str) -> lab_api.Lab:
        """Change a lab."""
        return await self.send(
            "PATCH", f"/api/labs/{identified(lab_id)}", lab_api.Lab, body=changes, match=match, key=key
        )

    async def projects(self, **filters: Any) -> Paged[project_api.Project]:
        """List projects."""
        return await self.get("/api/projects", Paged[project_api.Project], **filters)

    async def project(self, project_id: UUID | str) -> project_api.Project:
        """Show one project."""
        return await self.get(f"/api/projects/{identified(project_id)}", project_api.Project)

    async def create_project(self, asked: object, key: str) -> project_api.Project:
        """Create a project."""
        return await self.send("POST", "/api/projects", project_api.Project, body=asked, key=key)

    async def change_project(
        self, project_id: UUID | str, changes: object, *, match: int, key: str
    ) -> project_api.Project:
        """Change a project."""
        path = f"/api/projects/{identified(project_id)}"
        return await self.send("PATCH", path, project_api.Project, body=changes, match=match, key=key)

    async def submissions(self, **filters: Any) -> Paged[submission_api.SubmissionListed]:
        """List submissions."""
        return await self.get("/api/submissions", Paged[submission_api.SubmissionListed], **filters)

    async def submission(self, said: str) -> submission_api.Submission:
        """Show one submission by its id or code."""
        return await self.get(f"/api/submissions/{named(said)}", submission_api.Submission)

    async def create_submission(self, asked: object, key: str) -> submission_api.Submission:
        """Begin a submission by hand."""
        return await self.send("POST", "/api/submissions", submission_api.Submission, body=asked, key=key)

    async def change_submission(self, said: str, changes: object, *, match: int, key: str) -> submission_api.Submission:
        """Change the header of a submission."""
        path = f"/api/submissions/{named(said)}"
        return await self.send("PATCH", path, submission_api.Submission, body=changes, match=match, key=key)

    async def decide(self, said: str, decision: str, *, reason: str, match: int, key: str) -> submission_api.Submission:
        """Accept, reject, cancel or hand in; decision: the last part of the path."""
        asked = {} if decision == "review" else {"reason": reason}
        path = f"/api/submissions/{named(said)}/{decision}"
        return await self.send("POST", path, submission_api.Submission, body=asked, match=match, key=key)

    async def rows(self, said: str, **filters: Any) -> Paged[row_api.Row]:
        """List the rows of a submission."""
        return await self.get(f"/api/submissions/{named(said)}/rows", Paged[row_api.Row], **filters)

    async def row(self, said: str, row_number: int) -> row_api.Row:
        """Show one row."""
        return await self.get(f"/api/submissions/{named(said)}/rows/{row_number}", row_api.Row)

    async def add_rows(self, said: str, asked: object, key: str) -> row_api.RowsAdded:
        """Add rows at the end."""
        return await self.send("POST", f"/api/submissions/{named(said)}/rows", row_api.RowsAdded, body=asked, key=key)

    async def correct_row(self, said: str, row_number: int, changes: object, *, match: int, key: str) -> row_api.Row:
        """Correct values of a row."""
        path = f"/api/submissions/{named(said)}/rows/{row_number}"
        return await self.send("PATCH", path, row_api.Row, body=changes, match=match, key=key)

    async def remove_row(self, said: str, row_number: int, *, match: int, key: str) -> None:
        """Remove a row."""
        path = f"/api/submissions/{named(said)}/rows/{row_number}"
        await self.send("DELETE", path, type(None), match=match, key=key)

    async def template(self, kind: str) -> tuple[bytes, str]:
        """Return the template of a manifest and its media type; kind: csv or xlsx."""
        response = await self.link.send("GET", f"/api/submissions/template.{kind}", headers=self.headers)
        if not response.is_success:
            raise problem(response)
        return response.content, response.headers.get("content-type", "application/octet-stream")

    async def lookup(self, code: str) -> sample_api.Found:
        """Find what a scanned or typed code belongs to; NotFound for an unknown one."""
        return await self.get("/api/samples/lookup", sample_api.Found, code=code)


def named(said: str) -> str:
    """Return an id or a code as it stands in a path; characters that neither has are dropped."""
    return "".join(letter for letter in str(said) if letter.isalnum() or letter in "-_") or "-"
