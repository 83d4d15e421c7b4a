"""Sessions in the database."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.config.sessions.model import Session, session_of

Q = sql.load(Path(__file__).with_name("queries.sql"))

#: How long an address counts as one that the owner of an account uses.
KNOWN_FOR = timedelta(days=90)


async def list_sessions(db: Reads, account_id: UUID, **asked: Any) -> Page:
    """Return one page of open sessions; asked: current, at, idle_since, sort, after, limit."""
    found: Page = await Q.sessions.page(db, account_id=account_id, filters={}, **asked)
    return found


async def insert_session(tx: Transaction, session: Session, **values: Any) -> None:
    """Store an opened session; values: token_hash, address, client, opened_on (the shared tablet that it stands on)."""
    await tx.execute(
        Q.insert_session,
        session_id=session.id,
        account_id=session.account_id,
        means=session.means,
        may_set_password=session.may_set_password,
        device_id=session.device_id,
        ends_at=session.ends_at,
        at=tx.call.at,
        **values,
    )


async def require_full(db: Reads, token_id: str) -> None:
    """Raise Forbidden for what a PIN is not enough for. token_id: of the access token that asks."""
    session_id = session_of(token_id)
    if session_id is not None and await db.value(Q.means_of, session_id=session_id) == "pin":
        message = "A PIN is not enough for this. Nothing was changed; sign in with the password and repeat."
        raise errors.Forbidden(message, type="full-sign-in-needed")


async def lock_session_by_token(tx: Transaction, token_hash: bytes) -> Session | None:
    """Return the session of a token, locked."""
    row = await tx.row(Q.lock_session_by_token, token_hash=token_hash)
    return Session(**row) if row else None


async def find_session_by_token(db: Reads, token_hash: bytes) -> Session | None:
    """Return the session of a token, ended or not."""
    row = await db.row(Q.find_session_by_token, token_hash=token_hash)
    return Session(**row) if row else None


async def find_session(db: Reads, session_id: UUID, account_id: UUID) -> Session | None:
    """Return a session of an account, ended or not."""
    row = await db.row(Q.find_session, session_id=session_id, account_id=account_id)
    return Session(**row) if row else None


async def opened_on(tx: Transaction, session_id: UUID, device_id: UUID) -> None:
    """Note that a session stands on a tablet that is shared from now on."""
    await tx.execute(Q.opened_on, session_id=session_id, device_id=device_id)


async def use_session(tx: Transaction, session_id: UUID) -> None:
    """Note that a session was used now."""
    await tx.execute(Q.use_session, session_id=session_id, at=tx.call.at)


async def spend_link(tx: Transaction, session_id: UUID) -> None:
    """Note that the password was set in a session that a link opened."""
    await tx.execute(Q.spend_link, session_id=session_id)


async def close_session(tx: Transaction, session_id: UUID) -> bool:
    """End a session; False when it was ended before."""
    return await tx.row(Q.close_session, session_id=session_id, at=tx.call.at) is not None


async def close_sessions(tx: Transaction, account_id: UUID, *, but: UUID | None = None) -> list[UUID]:
    """End all sessions of an account but one; return those that had not run out anyway."""
    rows = await tx.rows(Q.close_sessions, account_id=account_id, at=tx.call.at, but=but)
    return [row["id"] for row in rows if row["was_open"]]


async def close_of_device(tx: Transaction, device_id: UUID) -> list[tuple[UUID, UUID, str]]:
    """End all that was opened on a tablet; return id, account and user name of those that had not run out anyway."""
    rows = await tx.rows(Q.close_of_device, device_id=device_id, at=tx.call.at)
    return [(row["id"], row["account_id"], row["username"]) for row in rows if row["was_open"]]


async def is_known_address(db: Reads, account_id: UUID, address: str, *, at: datetime) -> bool:
    """Tell whether the owner was signed in from the address within the last months."""
    return bool(await db.value(Q.is_known_address, account_id=account_id, address=address, since=at - KNOWN_FOR))


async def remove_old_sessions(tx: Transaction, before: datetime) -> None:
    """Remove sessions that ended before a time."""
    await tx.execute(Q.remove_old_sessions, before=before)
