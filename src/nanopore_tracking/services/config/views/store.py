"""Saved views in the database."""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.config.views.model import Reader, View

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def list_views(db: Reads, reader: Reader, **asked: Any) -> Page:
    """Return one page of the views that the reader may see; asked: filters, sort, after, limit."""
    found: Page = await Q.views.page(db, account_id=reader.account_id, sees_shared=reader.sees_shared, **asked)
    return found


async def show_view(db: Reads, reader: Reader, view_id: UUID) -> tuple[str, int] | None:
    """Return a view as JSON text and its version, or None."""
    row = await db.row(Q.show_view, view_id=view_id, account_id=reader.account_id, sees_shared=reader.sees_shared)
    return (row["item"], row["version"]) if row else None


async def lock_view(tx: Transaction, reader: Reader, view_id: UUID) -> View | None:
    """Return a view that is about to be changed, locked, or None where the reader sees none."""
    row = await tx.row(Q.lock_view, view_id=view_id, account_id=reader.account_id, sees_shared=reader.sees_shared)
    if row is None:
        return None
    values = dict(row)
    return View(**values | {"filters": msgspec.json.decode(values["filters"], type=dict[str, str])})


async def count_views(db: Reads, account_id: UUID, of: str) -> int:
    """Return how many views of a list an account has."""
    return int(await db.value(Q.count_views, account_id=account_id, of=of))


async def insert_view(tx: Transaction, view_id: UUID, *, account_id: UUID, **values: Any) -> None:
    """Store a new view; Violation where its owner has one of that name."""
    await tx.execute(Q.insert_view, view_id=view_id, account_id=account_id, at=tx.call.at, **_stored(values))


async def update_view(tx: Transaction, view_id: UUID, **values: Any) -> None:
    """Store a view as it is from now on; Violation where its owner has another one of that name."""
    await tx.execute(Q.update_view, view_id=view_id, at=tx.call.at, **_stored(values))


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"filters": msgspec.json.encode(values["filters"]).decode(), "columns": list(values["columns"])}


async def give_view(tx: Transaction, view_id: UUID, account_id: UUID) -> None:
    """Let a view be another account's; Violation where that has one of its name."""
    await tx.execute(Q.give_view, view_id=view_id, account_id=account_id, at=tx.call.at)


async def delete_view(tx: Transaction, view_id: UUID) -> None:
    """Remove a view."""
    await tx.execute(Q.delete_view, view_id=view_id)


async def keep_to_owner(tx: Transaction, view_id: UUID, account_id: UUID) -> None:
    """Let no list but its owner's begin with a view."""
    await tx.execute(Q.keep_to_owner, view_id=view_id, account_id=account_id)


async def set_default(tx: Transaction, view: View, account_id: UUID) -> None:
    """Let the list of an account begin with a view."""
    await tx.execute(Q.set_default, account_id=account_id, of=view.of, view_id=view.id)


async def clear_default(tx: Transaction, view: View, account_id: UUID) -> None:
    """Let the list of an account not begin with a view."""
    await tx.execute(Q.clear_default, account_id=account_id, view_id=view.id)
