"""The config service as one person may use it: PINs, and tablets that people share."""

from typing import Any

from nanopore_tracking.contracts.api import config as api
from nanopore_tracking.contracts.api.config import pins as pin_api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified


class Tablets(Client):
    """Questions about PINs and shared tablets."""

    service = "config"

    async def me(self) -> api.Account:
        """Show one's own account."""
        return await self.get("/api/auth/me", api.Account)

    async def set_pin(self, current: str, pin: str) -> None:
        """Set one's own PIN."""
        await self.send("POST", "/api/auth/pin", type(None), body={"current": current, "pin": pin})

    async def remove_pin(self) -> None:
        """Remove one's own PIN."""
        await self.send("POST", "/api/auth/pin/removal", type(None))

    async def share(self, device: str, name: str = "") -> pin_api.Device:
        """Let oneself go on with a PIN on this tablet."""
        asked = {"device_token": device, "name": name}
        return await self.send("POST", "/api/auth/devices", pin_api.Device, body=asked)

    async def tablets(self, **filters: Any) -> Paged[pin_api.ListedDevice]:
        """List the tablets that people share."""
        return await self.get("/api/auth/devices", Paged[pin_api.ListedDevice], **filters)

    async def revoke(self, device_id: str, reason: str, key: str) -> pin_api.ListedDevice:
        """Take a shared tablet back."""
        path = f"/api/auth/devices/{identified(device_id)}/revocation"
        return await self.send("POST", path, pin_api.ListedDevice, body={"reason": reason}, key=key)

    async def people(self, device: str) -> list[pin_api.DevicePerson]:
        """List who used a tablet and has a PIN."""
        asked = {"device_token": device}
        return (await self.send("POST", "/api/auth/devices/people", pin_api.DevicePeople, body=asked)).items

    async def go_on(self, asked: object) -> api.Opened:
        """Go on as a person with a PIN."""
        return await self.send("POST", "/api/auth/sessions/pin", api.Opened, body=asked)
