"""What the sample service knows of what reaches the customer: status links, mails, deliveries."""

from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample import deliveries as api
from nanopore_tracking.contracts.api.sample import mails as mail_api
from nanopore_tracking.contracts.api.sample import status_links
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified

_CODE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
_TOKEN = _CODE | frozenset("abcdefghijklmnopqrstuvwxyz_")


def _coded(code: str, letters: frozenset[str] = _CODE) -> str:
    if not code or len(code) > 200 or not set(code) <= letters:
        raise errors.NotFound("There is no such thing.")
    return code


class Customers(Client):
    """Questions about what reaches the customer."""

    service = "sample"

    async def status(self, token: str) -> status_links.SubmissionStatus:
        """Show what a link shows."""
        return await self.get(f"/api/status/{_coded(token, _TOKEN)}", status_links.SubmissionStatus)

    async def confirm(self, token: str, delivery: str, name: str) -> status_links.SubmissionStatus:
        """Confirm the receipt of a delivery by a link."""
        path = f"/api/status/{_coded(token, _TOKEN)}/receipts"
        asked = {"delivery": delivery, "name": name}
        return await self.send("POST", path, status_links.SubmissionStatus, body=asked)

    async def links(self, submission: str) -> Paged[status_links.StatusLink]:
        """List the links of a submission."""
        path = f"/api/submissions/{_coded(submission)}/status-links"
        return await self.get(path, Paged[status_links.StatusLink], limit=100)

    async def make_link(self, submission: str, asked: object, key: str) -> status_links.StatusLinkMade:
        """Make a link; its token is in the answer only."""
        path = f"/api/submissions/{_coded(submission)}/status-links"
        return await self.send("POST", path, status_links.StatusLinkMade, body=asked, key=key)

    async def revoke_link(self, submission: str, link_id: UUID | str, key: str) -> None:
        """Revoke a link."""
        path = f"/api/submissions/{_coded(submission)}/status-links/{identified(link_id)}/revocation"
        await self.send("POST", path, status_links.StatusLink, key=key)

    async def mails(self, **params: Any) -> Paged[mail_api.Mail]:
        """List mails, newest first."""
        return await self.get("/api/mails", Paged[mail_api.Mail], **params)

    async def outlet(self) -> mail_api.MailOutlet:
        """Show whether mails are sent."""
        return await self.get("/api/mails/outlet", mail_api.MailOutlet)

    async def mail_again(self, submission: str, mail_id: UUID | str, key: str) -> None:
        """Try a mail again."""
        path = f"/api/submissions/{_coded(submission)}/mails/{identified(mail_id)}/again"
        await self.send("POST", path, mail_api.Mail, key=key)

    async def deliveries(self, **params: Any) -> Paged[api.DeliveryListed]:
        """List deliveries."""
        return await self.get("/api/deliveries", Paged[api.DeliveryListed], **params)

    async def delivery(self, code: str) -> api.Delivery:
        """Show one delivery."""
        return await self.get(f"/api/deliveries/{_coded(code)}", api.Delivery)

    async def prepare(self, asked: object, key: str) -> api.Delivery:
        """Prepare a delivery."""
        return await self.send("POST", "/api/deliveries", api.Delivery, body=asked, key=key)

    async def change_delivery(self, code: str, changes: object, *, match: int, key: str) -> api.Delivery:
        """Change a delivery."""
        path = f"/api/deliveries/{_coded(code)}"
        return await self.send("PATCH", path, api.Delivery, body=changes, match=match, key=key)

    async def set_manifest(self, code: str, asked: object, *, match: int, key: str) -> api.Delivery:
        """Say which files are delivered."""
        path = f"/api/deliveries/{_coded(code)}/manifest"
        return await self.send("PUT", path, api.Delivery, body=asked, match=match, key=key)

    async def assign_files(self, code: str, asked: object, *, match: int, key: str) -> api.Delivery:
        """Say whose data files are."""
        path = f"/api/deliveries/{_coded(code)}/assignments"
        return await self.send("POST", path, api.Delivery, body=asked, match=match, key=key)

    async def move_delivery(self, code: str, asked: object, key: str) -> api.Delivery:
        """Move a delivery."""
        path = f"/api/deliveries/{_coded(code)}/transitions"
        return await self.send("POST", path, api.Delivery, body=asked, key=key)

    async def redeliver(self, code: str, key: str) -> api.Delivery:
        """Prepare a delivery of the same files once more."""
        return await self.send("POST", f"/api/deliveries/{_coded(code)}/redelivery", api.Delivery, key=key)

    async def files(self, code: str, *, after: str | None = None) -> Paged[api.DeliveryFile]:
        """List the files of a delivery."""
        return await self.get(f"/api/deliveries/{_coded(code)}/files", Paged[api.DeliveryFile], after=after)

    async def verifications(self, code: str) -> Paged[api.Verification]:
        """List what was found at the destination, the last look first."""
        path = f"/api/deliveries/{_coded(code)}/verifications"
        return await self.get(path, Paged[api.Verification], limit=10)
