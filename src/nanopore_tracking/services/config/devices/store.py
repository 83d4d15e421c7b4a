"""Shared tablets, their people, and PINs in the database."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.config.devices.model import MOST_FAILURES, Person, Times, since

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def find_device(db: Reads, token_hash: bytes) -> UUID | None:
    """Return the tablet with a token, or None."""
    found: UUID | None = await db.value(Q.find_device, token_hash=token_hash)
    return found


async def insert_device(tx: Transaction, device_id: UUID, *, token_hash: bytes, name: str, account_id: UUID) -> None:
    """Store a tablet that people share from now on."""
    values = {"device_id": device_id, "token_hash": token_hash, "name": name, "account_id": account_id}
    await tx.execute(Q.insert_device, at=tx.call.at, **values)


async def list_devices(db: Reads, times: Times, **asked: Any) -> Page:
    """Return one page of shared tablets; asked: filters, sort, after, limit."""
    ends = {"since": since(times.at, times.life_s), "idle_since": since(times.at, times.idle_s)}
    found: Page = await Q.devices.page(db, at=times.at, most=MOST_FAILURES, **ends, **asked)
    return found


async def revoke_device(tx: Transaction, device_id: UUID, *, account_id: UUID, reason: str) -> str | None:
    """Take a tablet back and return its name; None where there is none that was not taken back before."""
    values = {"device_id": device_id, "account_id": account_id, "reason": reason}
    row = await tx.row(Q.revoke_device, at=tx.call.at, **values)
    if row is None:
        return None
    await tx.execute(Q.forget_device, device_id=device_id)
    return str(row["name"])


async def enrol(tx: Transaction, device_id: UUID, account_id: UUID, *, signed_in_at: datetime, fresh: bool) -> bool:
    """Note that a person signed in fully on a tablet; False where they have no PIN. fresh: they do so just now."""
    values = {"device_id": device_id, "account_id": account_id, "signed_in_at": signed_in_at, "fresh": fresh}
    return await tx.row(Q.enrol, **values) is not None


async def people(db: Reads, device_id: UUID) -> list[Person]:
    """Return the people of a tablet who have a PIN, by name."""
    return [Person(**row) for row in await db.rows(Q.people, device_id=device_id)]


async def find_person(db: Reads, device_id: UUID, account_id: UUID) -> Person | None:
    """Return one of the people of a tablet, or None."""
    row = await db.row(Q.find_person, device_id=device_id, account_id=account_id)
    return Person(**row) if row else None


async def take_attempt(tx: Transaction, device_id: UUID, account_id: UUID, *, since: datetime) -> int | None:
    """Count an attempt before it is looked at; None where no more is. since: of the last full sign-in."""
    values = {"device_id": device_id, "account_id": account_id, "since": since, "most": MOST_FAILURES}
    found: int | None = await tx.value(Q.take_attempt, **values)
    return found


async def forgive(tx: Transaction, device_id: UUID, account_id: UUID) -> None:
    """Forget the wrong PINs of a person whose PIN was right."""
    await tx.execute(Q.forgive, device_id=device_id, account_id=account_id)


async def forget_person(tx: Transaction, account_id: UUID) -> None:
    """Let a person sign in fully on every tablet before a PIN of theirs is taken again."""
    await tx.execute(Q.forget_person, account_id=account_id)


async def forget_people(tx: Transaction, before: datetime) -> None:
    """Forget those who signed in fully before a time."""
    await tx.execute(Q.forget_people, before=before)


async def set_pin(tx: Transaction, account_id: UUID, pin_hash: str) -> None:
    """Store the PIN of an account."""
    await tx.execute(Q.set_pin, account_id=account_id, pin_hash=pin_hash, at=tx.call.at)


async def remove_pin(tx: Transaction, account_id: UUID) -> bool:
    """Remove the PIN of an account; False where there was none."""
    return await tx.row(Q.remove_pin, account_id=account_id) is not None
