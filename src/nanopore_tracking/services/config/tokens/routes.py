"""API tokens over HTTP: one's own, and for administrators everybody's."""

from uuid import UUID

from litestar import Response, get, post

from nanopore_tracking.contracts.api.config import (
    AccessToken,
    ApiToken,
    ApiTokenMade,
    ExchangedToken,
    NewApiToken,
)
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    answer,
    call_of,
    may,
    page,
    principal_of,
    runtime_of,
    write,
)
from nanopore_tracking.services.config.sessions import store as session_store
from nanopore_tracking.services.config.settings import Settings
from nanopore_tracking.services.config.tokens import commands, model, store


def _own_id(request: Ask) -> UUID:
    """Return the caller's account; Forbidden for a program, which makes and ends no tokens."""
    principal = principal_of(request)
    if principal.kind != "person":
        raise errors.Forbidden("Tokens are made and revoked by people, not by programs. Nothing was changed.")
    return UUID(principal.id)


@get("/api/tokens", policy="signed-in")
async def list_tokens(
    request: Ask,
    account_id: UUID | None = None,
    revoked: bool | None = None,
    sort: str = "-created",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[ApiToken]]:
    """List one's own API tokens; who may read accounts sees all, or those of one account."""
    principal = principal_of(request)
    if "accounts.read" not in principal.permissions:
        if principal.kind == "service":
            raise errors.Forbidden("A service has no tokens of its own.")
        account_id = UUID(principal.id)
    filters = {"account_id": account_id, "revoked": revoked}
    return page(await store.list_tokens(runtime_of(request).db, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/tokens", policy="signed-in", status_code=201)
async def create_token(request: Ask, data: NewApiToken) -> Response[ApiTokenMade]:
    """Make an API token for oneself; its secret is shown this once."""
    owner_id = _own_id(request)
    await session_store.require_full(runtime_of(request).db, principal_of(request).token_id)
    return await write(request, lambda tx: commands.create_token(tx, owner_id, data), secret=True)


@post("/api/tokens/{token_id:uuid}/revocation", policy="signed-in", status_code=200)
async def revoke_token(request: Ask, token_id: UUID) -> Response[ApiToken]:
    """Revoke an API token of one's own, or as an administrator anybody's; it stops working within a minute."""
    own_id = _own_id(request)
    owner_id = None if may(request, "accounts.write") else own_id
    return await write(request, lambda tx: commands.revoke_token(tx, token_id, owner_id=owner_id))


@post("/api/auth/exchange", policy="public", status_code=200)
async def exchange(request: Ask, data: ExchangedToken) -> Response[AccessToken]:
    """Exchange an API token for an access token; services do this for programs that send one."""
    runtime = runtime_of(request)
    settings: Settings = runtime.settings
    async with runtime.db.transaction(call_of(request)) as tx:
        claims = await commands.exchange(tx, data.token)
    life_s = model.ACCESS_LIFE_S
    return answer(AccessToken(access_token=settings.signer().sign(claims, life_s), expires_in=life_s))


ROUTES = [list_tokens, create_token, revoke_token, exchange]
