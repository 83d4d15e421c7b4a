"""The config service as one person may use it: sessions, accounts, tokens, settings, catalogues."""

from uuid import UUID

from nanopore_tracking.contracts.api import config as api
from nanopore_tracking.kernel.http import Paged
from nanopore_tracking.web.clients.http import Client, identified


class Config(Client):
    """Questions to the config service."""

    service = "config"

    async def open(self, username: str, password: str, device: str = "") -> api.Opened:
        """Open a session with a password. device: of a shared tablet."""
        asked = api.SignIn(username=username, password=password, device_token=device)
        return await self.send("POST", "/api/auth/sessions", api.Opened, body=asked)

    async def open_by_link(self, link: str, device: str = "") -> api.Opened:
        """Open a session with a one-time link. device: of a shared tablet."""
        asked = api.SignIn(link=link, device_token=device)
        return await self.send("POST", "/api/auth/sessions", api.Opened, body=asked)

    async def refresh(self, session_token: str, device: str = "") -> api.Opened:
        """Exchange a session token for a new access token. device: of a shared tablet."""
        asked = api.SessionToken(session_token=session_token, device_token=device)
        return await self.send("POST", "/api/auth/sessions/refresh", api.Opened, body=asked)

    async def close(self, session_token: str) -> None:
        """End a session."""
        asked = api.SessionToken(session_token=session_token)
        await self.send("POST", "/api/auth/sessions/close", type(None), body=asked)

    async def set_password(self, current: str | None, new: str) -> None:
        """Set one's own password."""
        await self.send("POST", "/api/auth/password", type(None), body=api.NewPassword(current=current, new=new))

    async def accounts(self, *, after: str | None = None, q: str | None = None) -> Paged[api.Account]:
        """List accounts by name."""
        return await self.get("/api/accounts", Paged[api.Account], after=after, q=q, sort="username")

    async def account(self, account_id: UUID | str) -> api.Account:
        """Show one account."""
        return await self.get(f"/api/accounts/{identified(account_id)}", api.Account)

    async def create_account(self, asked: object, key: str) -> api.Account:
        """Create an account."""
        return await self.send("POST", "/api/accounts", api.Account, body=asked, key=key)

    async def change_account(self, account_id: UUID | str, changes: object, *, match: int, key: str) -> api.Account:
        """Change an account."""
        path = f"/api/accounts/{identified(account_id)}"
        return await self.send("PATCH", path, api.Account, body=changes, match=match, key=key)

    async def make_link(self, account_id: UUID | str, key: str) -> api.SignInLink:
        """Make a one-time sign-in link for an account."""
        return await self.send("POST", f"/api/accounts/{identified(account_id)}/link", api.SignInLink, key=key)

    async def tokens(self) -> Paged[api.ApiToken]:
        """List one's own API tokens."""
        return await self.get("/api/tokens", Paged[api.ApiToken], limit=200)

    async def make_token(self, asked: object, key: str) -> api.ApiTokenMade:
        """Make an API token; its secret is in the answer only."""
        return await self.send("POST", "/api/tokens", api.ApiTokenMade, body=asked, key=key)

    async def revoke_token(self, token_id: UUID | str, key: str) -> None:
        """Revoke an API token."""
        await self.send("POST", f"/api/tokens/{identified(token_id)}/revocation", api.ApiToken, key=key)

    async def settings(self) -> Paged[api.Setting]:
        """List the facility's settings."""
        return await self.get("/api/settings", Paged[api.Setting])

    async def change_setting(self, name: str, value: str, *, match: int, key: str) -> None:
        """Give a setting another value."""
        asked = api.NewSettingValue(value=value)
        await self.send("PUT", f"/api/settings/{name}", api.Setting, body=asked, match=match, key=key)

    async def catalogues(self) -> Paged[api.CatalogueSummary]:
        """List the catalogues in force."""
        return await self.get("/api/catalogues", Paged[api.CatalogueSummary])

    async def catalogue(self, name: str, version: int | None = None) -> api.Catalogue:
        """Show one version of a catalogue; the one in force if none is named."""
        return await self.get(f"/api/catalogues/{name}", api.Catalogue, version=version)

    async def publish(self, name: str, asked: object, *, match: int, key: str) -> api.Catalogue:
        """Publish the next version of a catalogue."""
        return await self.send("PUT", f"/api/catalogues/{name}", api.Catalogue, body=asked, match=match, key=key)
