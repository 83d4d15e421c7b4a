"""Accounts and one-time links in the database, and the list of words that passwords may not be made of."""

import functools
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.config.accounts.model import Account, Credentials

Q = sql.load(Path(__file__).with_name("queries.sql"))

_FREQUENT = Path(__file__).parents[1] / "seed" / "frequent_words.txt"


@functools.cache
def frequent_words() -> frozenset[str]:
    """Return the words that passwords are made of most often, in small letters."""
    lines = _FREQUENT.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


async def list_accounts(db: Reads, **asked: Any) -> Page:
    """Return one page of accounts; asked: filters, sort, after, limit."""
    found: Page = await Q.accounts.page(db, **asked)
    return found


async def show_account(db: Reads, account_id: UUID) -> tuple[str, int] | None:
    """Return an account as JSON text and its version, or None."""
    row = await db.row(Q.show_account, account_id=account_id)
    return (row["item"], row["version"]) if row else None


async def find_account(db: Reads, account_id: UUID) -> Account | None:
    """Return an account, or None."""
    row = await db.row(Q.find_account, account_id=account_id)
    return Account(**row) if row else None


async def lock_account(tx: Transaction, account_id: UUID) -> Account | None:
    """Return an account that is about to be changed, locked, or None."""
    await tx.rows(Q.lock_account, account_id=account_id)
    return await find_account(tx, account_id)


async def find_credentials(db: Reads, username: str) -> Credentials | None:
    """Return what a sign-in is checked with; large and small letters are the same."""
    row = await db.row(Q.find_credentials, username=username)
    return Credentials(**row) if row else None


async def insert_account(tx: Transaction, account_id: UUID, **values: Any) -> None:
    """Store a new account; Violation when the username is taken."""
    await tx.execute(Q.insert_account, account_id=account_id, at=tx.call.at, **values)


async def update_account(tx: Transaction, account_id: UUID, **values: Any) -> None:
    """Store a changed account."""
    await tx.execute(Q.update_account, account_id=account_id, at=tx.call.at, **values)


async def set_password(tx: Transaction, account_id: UUID, password_hash: str) -> None:
    """Give an account another password."""
    await tx.execute(Q.set_password, account_id=account_id, at=tx.call.at, password_hash=password_hash)


async def closed_since(db: Reads, since: datetime) -> list[UUID]:
    """Return the accounts that are not active and were changed after a time, at most 1000, the latest first."""
    return [row["id"] for row in await db.rows(Q.closed_since, since=since)]


async def renew_hash(tx: Transaction, account_id: UUID, *, before: str, password_hash: str) -> None:
    """Keep another hash of the same password, unless it was changed meanwhile."""
    await tx.execute(Q.renew_hash, account_id=account_id, before=before, password_hash=password_hash)


async def signed_in(tx: Transaction, account_id: UUID) -> None:
    """Note that someone signed in to an account now."""
    await tx.execute(Q.signed_in, account_id=account_id, at=tx.call.at)


async def lock_admins(tx: Transaction) -> list[UUID]:
    """Return all active administrators, locked."""
    return [row["id"] for row in await tx.rows(Q.lock_admins)]


async def replace_link(tx: Transaction, account_id: UUID, *, token_hash: bytes, expires_at: datetime) -> None:
    """Give an account another one-time link."""
    await tx.execute(Q.replace_link, account_id=account_id, token_hash=token_hash, at=tx.call.at, expires_at=expires_at)


async def find_link(db: Reads, token_hash: bytes, at: datetime) -> UUID | None:
    """Return the account of a one-time link that has not ended, or None."""
    found: UUID | None = await db.value(Q.find_link, token_hash=token_hash, at=at)
    return found


async def take_link(tx: Transaction, token_hash: bytes) -> bool:
    """Use up a one-time link; False when it is not there any more."""
    return await tx.row(Q.take_link, token_hash=token_hash) is not None


async def remove_link(tx: Transaction, account_id: UUID) -> None:
    """Remove the one-time link of an account."""
    await tx.execute(Q.remove_link, account_id=account_id)
