"""The sample service as one person may use it: findings, the thread of a submission, clocks and turnaround."""

from typing import Any

from nanopore_tracking.contracts.api.sample import clocks as clock_api
from nanopore_tracking.contracts.api.sample import findings as finding_api
from nanopore_tracking.contracts.api.sample import samples as sample_api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified
from nanopore_tracking.web.clients.sample import named


class Review(Client):
    """Questions about what must be resolved, what was said, and until when it should be done."""

    service = "sample"

    async def findings(self, said: str) -> list[finding_api.Finding]:
        """List the findings of a submission."""
        path = f"/api/submissions/{named(said)}/findings"
        return (await self.get(path, Paged[finding_api.Finding], limit=200)).items

    async def accept(self, said: str, finding_id: str, *, reason: str, match: int, key: str) -> finding_api.Finding:
        """Accept one finding with a reason."""
        path = f"/api/submissions/{named(said)}/findings/{identified(finding_id)}/acceptance"
        return await self.send("POST", path, finding_api.Finding, body={"reason": reason}, match=match, key=key)

    async def messages(self, said: str) -> list[finding_api.Message]:
        """List the thread of a submission."""
        path = f"/api/submissions/{named(said)}/messages"
        return (await self.get(path, Paged[finding_api.Message], limit=200)).items

    async def ask(self, said: str, asked: object, *, match: int, key: str) -> finding_api.Message:
        """Ask the customer."""
        path = f"/api/submissions/{named(said)}/questions"
        return await self.send("POST", path, finding_api.Message, body=asked, match=match, key=key)

    async def answer(self, said: str, question_id: str, *, body: str, match: int, key: str) -> finding_api.Message:
        """Answer a question."""
        path = f"/api/submissions/{named(said)}/questions/{identified(question_id)}/answer"
        return await self.send("POST", path, finding_api.Message, body={"body": body}, match=match, key=key)

    async def note(self, said: str, body: str, key: str) -> finding_api.Message:
        """Note something that only the facility reads."""
        path = f"/api/submissions/{named(said)}/notes"
        return await self.send("POST", path, finding_api.Message, body={"body": body}, key=key)

    async def clocks(self, kind: str, said: str) -> list[clock_api.Clock]:
        """List the clocks of a thing, the last one first; kind: `samples` or `submissions`."""
        return (await self.get(f"/api/{kind}/{named(said)}/clocks", Paged[clock_api.Clock])).items

    async def pause(self, said: str, asked: object, *, match: int, key: str) -> sample_api.Sample:
        """Let the clock of a sample stand still."""
        path = f"/api/samples/{named(said)}/clock/pause"
        return await self.send("POST", path, sample_api.Sample, body=asked, match=match, key=key)

    async def resume(self, said: str, *, match: int, key: str) -> sample_api.Sample:
        """Let the clock of a sample run on."""
        path = f"/api/samples/{named(said)}/clock/resumption"
        return await self.send("POST", path, sample_api.Sample, body={}, match=match, key=key)

    async def turnaround(self, **asked: Any) -> clock_api.Turnaround:
        """Tell how long the stages took."""
        return await self.get("/api/samples/turnaround", clock_api.Turnaround, **asked)
