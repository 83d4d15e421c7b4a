"""What can be done with API tokens: make one, revoke one, exchange one."""

import secrets
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.config import ApiTokenMade, NewApiToken
from nanopore_tracking.contracts.events import config as events
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.auth import API_TOKEN_PREFIX
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.config.accounts import model as accounts
from nanopore_tracking.services.config.accounts import store as account_store
from nanopore_tracking.services.config.accounts.model import Account
from nanopore_tracking.services.config.sessions.model import digest
from nanopore_tracking.services.config.tokens import model, store
from nanopore_tracking.services.config.tokens.model import ApiToken

NO_TOKEN = "There is no such token, or none that you may see."  # noqa: S105 (a sentence)


async def create_token(tx: Transaction, owner_id: UUID, asked: NewApiToken) -> Written:
    """Make an API token for its owner; Invalid when it would go beyond them, Conflict when there are too many."""
    owner = await account_store.lock_account(tx, owner_id)
    if owner is None or not owner.active:
        raise errors.Forbidden("This account is not active. No token was made.")
    model.require_within(asked, owner, tx.call.at)
    if await store.count_accepted(tx, owner.id, tx.call.at) >= model.MOST_TOKENS:
        raise errors.Conflict(f"You have {model.MOST_TOKENS} tokens. No token was made; revoke one first.")
    token_id, secret = uuid7(), API_TOKEN_PREFIX + secrets.token_urlsafe(32)
    values: dict[str, Any] = {
        "name": asked.name.strip(),
        "roles": sorted(set(asked.roles)),
        "lab_ids": sorted(set(asked.lab_ids)),
        "expires_at": asked.expires_at,
    }
    await store.insert_token(tx, token_id, account_id=owner.id, token_hash=digest(secret), **values)
    event = events.TokenCreated(token_id=token_id, account_id=owner.id, username=owner.username, **values)
    tx.announce(event, subject=Subject("token", str(token_id), asked.name.strip()))
    found, version = await _shown(tx, token_id)
    made = msgspec.json.decode(msgspec.json.encode(msgspec.json.decode(found) | {"token": secret}), type=ApiTokenMade)
    return Written(item=made, version=version, location=f"/api/tokens/{token_id}")


async def revoke_token(tx: Transaction, token_id: UUID, *, owner_id: UUID | None) -> Written:
    """Revoke an API token; owner_id: only if it is this account's, None for anybody's. Conflict when it was."""
    token = await store.lock_token(tx, token_id)
    if token is None or owner_id not in (None, token.account_id):
        raise errors.NotFound(NO_TOKEN)
    if token.revoked_at is not None:
        raise errors.Conflict("This token was revoked before. Nothing was changed.", type="revoked-already")
    await store.revoke_token(tx, token_id)
    owner = await account_store.find_account(tx, token.account_id)
    event = events.TokenRevoked(
        token_id=token_id,
        account_id=token.account_id,
        username=owner.username if owner else "",
        name=token.name,
        roles=list(token.roles),
        lab_ids=list(token.lab_ids),
        expires_at=token.expires_at,
    )
    change = Change("revoked_at", None, tx.call.at.isoformat())
    tx.announce(event, subject=Subject("token", str(token_id), token.name), changes=[change])
    found, version = await _shown(tx, token_id)
    return Written(item=found, version=version)


async def exchange(tx: Transaction, secret: str) -> dict[str, Any]:
    """Return the claims of an access token for an API token; Unauthenticated without telling why."""
    token = await store.find_by_secret(tx, digest(secret)) if model.looks_right(secret) else None
    owner = await account_store.find_account(tx, token.account_id) if token else None
    if token is None or owner is None or not owner.active or not token.is_accepted(tx.call.at):
        raise errors.Unauthenticated("This API token is not accepted: it may be revoked or over.")
    await store.use_token(tx, token.id, tx.call.at)
    return _claims(token, owner)


def _claims(token: ApiToken, owner: Account) -> dict[str, Any]:
    return accounts.claims(
        owner,
        kind="token",
        roles=model.roles_now(token, owner),
        lab_ids=model.labs_now(token, owner),
        name=f"{owner.name} (token {token.name})",
    )


async def _shown(tx: Transaction, token_id: UUID) -> tuple[str, int]:
    found = await store.show_token(tx, token_id)
    if found is None:
        raise errors.NotFound(NO_TOKEN)
    return found
