"""Accounts over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.config import Account, AccountPatch, NewAccount, SignInLink
from nanopore_tracking.contracts.api.config.accounts import Role
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    Written,
    answer,
    match_of,
    page,
    principal_of,
    runtime_of,
    write,
)
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.config.accounts import commands, store
from nanopore_tracking.services.config.sessions import store as session_store

Sort = Literal["username", "-username", "name", "-name", "created", "-created", "updated", "-updated"]
Text = Annotated[str, Meta(max_length=100, description="Text in the username, the name or the e-mail address.")]


@get("/api/accounts", policy="accounts.read")
async def list_accounts(
    request: Ask,
    active: bool | None = None,
    role: Role | None = None,
    lab_id: UUID | None = None,
    q: Text | None = None,
    sort: Sort = "username",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Account]]:
    """List accounts, by username unless asked otherwise."""
    filters = {"active": active, "role": role, "lab_id": lab_id, "q": q}
    return page(await store.list_accounts(runtime_of(request).db, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/accounts", policy="accounts.write", status_code=201)
async def create_account(request: Ask, data: NewAccount) -> Response[Account]:
    """Create an account; make a sign-in link for its owner afterwards."""
    await session_store.require_full(runtime_of(request).db, principal_of(request).token_id)
    return await write(request, lambda tx: commands.create_account(tx, data))


@get("/api/accounts/{account_id:uuid}", policy="accounts.read")
async def show_account(request: Ask, account_id: UUID) -> Response[Account]:
    """Show one account."""
    found = await store.show_account(runtime_of(request).db, account_id)
    if found is None:
        raise errors.NotFound(commands.NO_ACCOUNT)
    return answer(found[0], version=found[1])


@patch("/api/accounts/{account_id:uuid}", policy="accounts.write", match=True)
async def change_account(request: Ask, account_id: UUID, data: AccountPatch) -> Response[Account]:
    """Change an account: its name, address, roles, labs, or whether it may sign in."""
    await session_store.require_full(runtime_of(request).db, principal_of(request).token_id)
    seen = match_of(request)
    return await write(request, lambda tx: commands.change_account(tx, account_id, data, seen=seen))


@post("/api/accounts/{account_id:uuid}/link", policy="accounts.write", status_code=201)
async def make_link(request: Ask, account_id: UUID) -> Response[SignInLink]:
    """Make a one-time sign-in link for the owner of an account; it is shown this once."""
    await session_store.require_full(runtime_of(request).db, principal_of(request).token_id)

    async def command(tx: Transaction) -> Written:
        return Written(item=await commands.make_link(tx, account_id))

    return await write(request, command, secret=True)


ROUTES = [list_accounts, create_account, show_account, change_account, make_link]
