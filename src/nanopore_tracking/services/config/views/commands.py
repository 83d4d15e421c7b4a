"""What can be done with saved views: keep one, change it, remove it, let one's list begin with it."""

from typing import Any, NoReturn
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.config.views import NewView, ViewPatch
from nanopore_tracking.contracts.events import config as events
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.config.accounts import store as account_store
from nanopore_tracking.services.config.accounts.model import match
from nanopore_tracking.services.config.views import model, store
from nanopore_tracking.services.config.views.model import Reader, View

NO_VIEW = "There is no such view, or none that you may see."


async def create_view(tx: Transaction, reader: Reader, asked: NewView) -> Written:
    """Keep a view; Invalid, Forbidden to share it, Conflict where the name is taken or there are too many."""
    values = model.cleaned(msgspec.structs.asdict(asked))
    model.require_sharing(values, reader)
    # Locked so that the count is right of two that are kept at once.
    await account_store.lock_account(tx, reader.account_id)
    if await store.count_views(tx, reader.account_id, asked.of) >= model.MOST_VIEWS:
        raise errors.Conflict(f"You have {model.MOST_VIEWS} views of this list. None was saved; remove one first.")
    view_id = uuid7()
    try:
        await store.insert_view(tx, view_id, account_id=reader.account_id, **values)
    except postgres.Violation as violation:
        _refuse(violation, values["name"])
    event = events.ViewCreated(**model.facts(values, view_id=view_id, account_id=reader.account_id, of=asked.of))
    tx.announce(event, subject=model.subject(view_id, values["name"]))
    return await _written(tx, reader, view_id)


async def change_view(tx: Transaction, reader: Reader, view_id: UUID, *, asked: ViewPatch, seen: int) -> Written:
    """Change a view of one's own; NotFound, Forbidden, Stale, Invalid or Conflict."""
    view = await _own(tx, reader, view_id, seen=seen)
    said = msgspec.structs.asdict(asked)
    wanted = model.cleaned({name: value for name, value in said.items() if value is not msgspec.UNSET})
    before: dict[str, Any] = {name: getattr(view, name) for name in model.CHANGEABLE}
    after = before | wanted
    if after == before:
        return await _written(tx, reader, view_id)
    if after["shared"] and not before["shared"]:
        model.require_sharing(after, reader)
    try:
        await store.update_view(tx, view_id, **after)
    except postgres.Violation as violation:
        _refuse(violation, after["name"])
    if not after["shared"]:
        await store.keep_to_owner(tx, view_id, view.account_id)
    event = events.ViewChanged(**model.facts(after, view_id=view_id, account_id=view.account_id, of=view.of))
    tx.announce(event, subject=model.subject(view_id, after["name"]), changes=model.changes(before, after))
    return await _written(tx, reader, view_id)


async def delete_view(tx: Transaction, reader: Reader, view_id: UUID, *, seen: int) -> Written:
    """Remove a view of one's own, or one whose owner left; NotFound, Forbidden or Stale.

    Nobody's list begins with it any more.
    """
    view = await _left(tx, reader, view_id, seen=seen)
    await store.delete_view(tx, view_id)
    values = {name: getattr(view, name) for name in model.CHANGEABLE}
    event = events.ViewDeleted(**model.facts(values, view_id=view_id, account_id=view.account_id, of=view.of))
    tx.announce(event, subject=model.subject(view_id, view.name))
    return Written(item=None)


async def take_over(tx: Transaction, reader: Reader, view_id: UUID, *, seen: int) -> Written:
    """Let a shared view whose owner left be the reader's own; NotFound, Forbidden, Stale, or Conflict by its name."""
    view = await _left(tx, reader, view_id, seen=seen)
    if view.account_id == reader.account_id:
        return await _written(tx, reader, view_id)
    try:
        await store.give_view(tx, view_id, reader.account_id)
    except postgres.Violation as violation:
        _refuse(violation, view.name)
    values = {name: getattr(view, name) for name in model.CHANGEABLE}
    event = events.ViewChanged(**model.facts(values, view_id=view_id, account_id=reader.account_id, of=view.of))
    changes = [Change("owner", view.owner, tx.call.by)]
    tx.announce(event, subject=model.subject(view_id, view.name), changes=changes)
    return await _written(tx, reader, view_id)


async def choose_default(tx: Transaction, reader: Reader, view_id: UUID, *, is_default: bool) -> Written:
    """Let the reader's own list begin with a view that they may see, or no longer; NotFound."""
    view = await _seen(tx, reader, view_id)
    if is_default:
        await store.set_default(tx, view, reader.account_id)
    else:
        await store.clear_default(tx, view, reader.account_id)
    event = events.ViewDefaultChanged(
        view_id=view_id, account_id=reader.account_id, of=view.of, name=view.name, is_default=is_default
    )
    tx.announce(event, subject=model.subject(view_id, view.name))
    return await _written(tx, reader, view_id)


async def _seen(tx: Transaction, reader: Reader, view_id: UUID) -> View:
    view = await store.lock_view(tx, reader, view_id)
    if view is None:
        raise errors.NotFound(NO_VIEW)
    return view


async def _left(tx: Transaction, reader: Reader, view_id: UUID, *, seen: int) -> View:
    view = await _seen(tx, reader, view_id)
    model.require_left(view, reader)
    match(view.version, seen, "view")
    return view


async def _own(tx: Transaction, reader: Reader, view_id: UUID, *, seen: int) -> View:
    view = await _seen(tx, reader, view_id)
    model.require_own(view, reader)
    match(view.version, seen, "view")
    return view


def _refuse(violation: postgres.Violation, name: str) -> NoReturn:
    if violation.constraint != "saved_view_name":
        raise violation
    message = f"You have a view called {name} already."
    field = errors.FieldError("name", message)
    raise errors.Conflict(f"{message} Nothing was saved; choose another name.", type="already-exists", fields=[field])


async def _written(tx: Transaction, reader: Reader, view_id: UUID) -> Written:
    found = await store.show_view(tx, reader, view_id)
    if found is None:
        raise errors.NotFound(NO_VIEW)
    return Written(item=found[0], version=found[1], location=f"/api/views/{view_id}")
