"""API tokens in the database."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.config.tokens.model import ApiToken

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def list_tokens(db: Reads, **asked: Any) -> Page:
    """Return one page of API tokens; asked: filters, sort, after, limit."""
    found: Page = await Q.tokens.page(db, **asked)
    return found


async def show_token(db: Reads, token_id: UUID) -> tuple[str, int] | None:
    """Return an API token as JSON text and its version, or None."""
    row = await db.row(Q.show_token, token_id=token_id)
    return (row["item"], row["version"]) if row else None


async def lock_token(tx: Transaction, token_id: UUID) -> ApiToken | None:
    """Return an API token that is about to be changed, locked, or None."""
    row = await tx.row(Q.lock_token, token_id=token_id)
    return ApiToken(**row) if row else None


async def find_by_secret(db: Reads, token_hash: bytes) -> ApiToken | None:
    """Return the API token whose secret has this hash, or None."""
    row = await db.row(Q.find_by_secret, token_hash=token_hash)
    return ApiToken(**row) if row else None


async def count_accepted(db: Reads, account_id: UUID, at: datetime) -> int:
    """Return how many API tokens of an account have not ended."""
    return int(await db.value(Q.count_accepted, account_id=account_id, at=at))


async def insert_token(tx: Transaction, token_id: UUID, **values: Any) -> None:
    """Store a new API token."""
    await tx.execute(Q.insert_token, token_id=token_id, at=tx.call.at, **values)


async def use_token(db: Reads, token_id: UUID, at: datetime) -> None:
    """Note that an API token was used, to a minute."""
    await db.rows(Q.use_token, token_id=token_id, at=at)


async def revoke_token(tx: Transaction, token_id: UUID) -> None:
    """Note that an API token is revoked."""
    await tx.execute(Q.revoke_token, token_id=token_id, at=tx.call.at)
