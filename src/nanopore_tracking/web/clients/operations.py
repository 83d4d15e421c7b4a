"""What every service with a database answers to those who look after it."""

from uuid import UUID

from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.kernel.http.operations import DeadLetter, Decision
from nanopore_tracking.kernel.http.sagas import Saga, WholeSaga, Why
from nanopore_tracking.web.clients.http import Client


class Operations(Client):
    """Questions about the events that a service could not handle, and its sagas; made for one service at a time."""

    async def dead_letters(self, *, state: str, limit: int = 50) -> Paged[DeadLetter]:
        """List the events in a state, the latest first."""
        return await self.get(self._path, Paged[DeadLetter], state=state, limit=limit)

    async def replay(self, letter_id: int, reason: str, key: str) -> None:
        """Let an event be tried again."""
        path = f"{self._path}/{letter_id}/replay"
        await self.send("POST", path, type(None), body=Decision(reason=reason), key=key)

    async def discard(self, letter_id: int, reason: str, key: str) -> None:
        """Decide that an event shall have no effect."""
        path = f"{self._path}/{letter_id}/discard"
        await self.send("POST", path, type(None), body=Decision(reason=reason), key=key)

    async def sagas(self, *, state: str, limit: int = 50) -> Paged[Saga]:
        """List the sagas in a state, the latest first; `open`: all that are not over."""
        return await self.get(self._sagas, Paged[Saga], state=state, limit=limit)

    async def saga(self, saga_id: UUID) -> WholeSaga:
        """Return a saga with its steps."""
        return await self.get(f"{self._sagas}/{saga_id}", WholeSaga)

    async def retry_saga(self, saga_id: UUID, reason: str, key: str) -> None:
        """Let a saga try again now what failed."""
        await self.send("POST", f"{self._sagas}/{saga_id}/retry", type(None), body=Why(reason=reason), key=key)

    async def cancel_saga(self, saga_id: UUID, reason: str, key: str) -> None:
        """Let what a saga did be undone."""
        await self.send("POST", f"{self._sagas}/{saga_id}/cancel", type(None), body=Why(reason=reason), key=key)

    @property
    def _sagas(self) -> str:
        return f"/api/operations/{self.link.name}/sagas"

    @property
    def _path(self) -> str:
        return f"/api/operations/{self.link.name}/dead-letters"
