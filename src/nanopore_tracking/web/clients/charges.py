"""The sample service as one person may use it: charge codes and statements."""

from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample import charges as api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified
from nanopore_tracking.web.clients.sample import named


class Charges(Client):
    """Questions about what is charged to whom."""

    service = "sample"

    async def estimate(self, submission: str) -> api.Estimate:
        """Estimate what the work on a submission will cost."""
        return await self.get(f"/api/submissions/{named(submission)}/estimate", api.Estimate)

    async def codes(self, lab_id: UUID | str) -> list[api.ChargeCode]:
        """List the charge codes of a lab."""
        path = f"/api/labs/{identified(lab_id)}/charge-codes"
        return (await self.get(path, Paged[api.ChargeCode], limit=200)).items

    async def enter(self, lab_id: UUID | str, asked: object, key: str) -> api.ChargeCode:
        """Enter a charge code."""
        path = f"/api/labs/{identified(lab_id)}/charge-codes"
        return await self.send("POST", path, api.ChargeCode, body=asked, key=key)

    async def change(
        self, lab_id: UUID | str, code_id: UUID | str, changes: object, *, match: int, key: str
    ) -> api.ChargeCode:
        """Change the end of a charge code, or its note."""
        path = f"/api/labs/{identified(lab_id)}/charge-codes/{identified(code_id)}"
        return await self.send("PATCH", path, api.ChargeCode, body=changes, match=match, key=key)

    async def of_project(self, project_id: UUID | str) -> str:
        """Return the charge code that the work of a project goes to; blank for none."""
        path = f"/api/projects/{identified(project_id)}/charge-codes"
        found = (await self.get(path, Paged[api.ProjectCharge], limit=1)).items
        return found[0].charge_code if found else ""

    async def charge_project(self, project_id: UUID | str, code: str, key: str) -> api.ProjectCharge:
        """Let the work of a project go to a charge code."""
        path = f"/api/projects/{identified(project_id)}/charge-codes"
        return await self.send("POST", path, api.ProjectCharge, body={"charge_code": code}, key=key)

    async def statement(self, lab_id: UUID | str, month: str) -> api.Statement:
        """Show the statement of a lab for one month."""
        return await self.get(f"/api/labs/{identified(lab_id)}/statements/{month}", api.Statement)

    async def credit(self, lab_id: UUID | str, event_id: str, asked: object, *, key: str) -> api.CreditLine:
        """Take back what was charged by a billing event."""
        path = f"/api/labs/{identified(lab_id)}/billing-events/{identified(event_id)}/credits"
        return await self.send("POST", path, api.CreditLine, body=asked, key=key)

    async def events(self, lab_id: UUID | str, month: str, **asked: Any) -> Paged[api.BillingEvent]:
        """List what was charged to a lab in a month, event by event."""
        path = f"/api/labs/{identified(lab_id)}/billing-events"
        return await self.get(path, Paged[api.BillingEvent], month=month, **asked)
