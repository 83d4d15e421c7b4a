"""What can be done with accounts: create one, change one, make a one-time link, set a password."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.config import AccountPatch, NewAccount, SignInLink
from nanopore_tracking.contracts.events import config as events
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.config.accounts import model, store
from nanopore_tracking.services.config.accounts.model import Account
from nanopore_tracking.services.config.devices import store as device_store
from nanopore_tracking.services.config.sessions import model as sessions
from nanopore_tracking.services.config.sessions import store as session_store

NO_ACCOUNT = "There is no such account."


async def create_account(tx: Transaction, asked: NewAccount) -> Written:
    """Create an account without a password; Conflict when the username is taken."""
    account_id = await _insert(tx, msgspec.structs.asdict(asked))
    return await _written(tx, account_id)


async def create_first(tx: Transaction, values: Mapping[str, Any]) -> UUID | None:
    """Create the first administrator; None when an account of that name is there."""
    if await store.find_credentials(tx, values["username"]) is not None:
        return None
    return await _insert(tx, values)


async def _insert(tx: Transaction, asked: Mapping[str, Any]) -> UUID:
    account_id = uuid7()
    values = _cleaned(asked)
    try:
        await store.insert_account(tx, account_id, **values)
    except postgres.Violation as violation:
        if violation.constraint != "account_username":
            raise
        raise errors.Conflict(
            "There is an account of this username already. Nothing was changed; choose another username.",
            type="already-exists",
            fields=[errors.FieldError("username", "Another account has this username.")],
        ) from None
    after = values | {"active": True, "has_password": False, "has_pin": False}
    event = events.AccountCreated(account_id=account_id, **after)
    tx.announce(event, subject=model.subject(account_id, values["username"]), changes=model.changes({}, after))
    return account_id


async def change_account(tx: Transaction, account_id: UUID, asked: AccountPatch, *, seen: int) -> Written:
    """Change an account; NotFound, Stale, or Conflict when nobody could administer any more."""
    wanted = {name: value for name, value in msgspec.structs.asdict(asked).items() if value is not msgspec.UNSET}
    # First of all locks, so that two administrators who remove each other wait for one another instead of both.
    admins = await store.lock_admins(tx) if {"roles", "active"} & wanted.keys() else []
    account = await store.lock_account(tx, account_id)
    if account is None:
        raise errors.NotFound(NO_ACCOUNT)
    model.match(account.version, seen, "account")
    before = model.fields_of(account)
    after = before | _cleaned(wanted)
    if model.loses_admin(before, after) and admins == [account_id]:
        raise errors.Conflict(
            "This is the last active administrator. Nothing was changed; make another account administrator first.",
            type="last-administrator",
        )
    if after != before:
        await store.update_account(tx, account_id, **{name: after[name] for name in _STORED})
        event = events.AccountChanged(account_id=account_id, **after)
        changes = model.changes(before, after)
        tx.announce(event, subject=model.subject(account_id, account.username), changes=changes)
    if before["active"] and not after["active"]:
        await store.remove_link(tx, account_id)
        await device_store.forget_person(tx, account_id)
        for session_id in await session_store.close_sessions(tx, account_id):
            closed, about = sessions.closed(session_id, account_id, account.username, cause="account_deactivated")
            tx.announce(closed, subject=about)
    return await _written(tx, account_id)


_STORED = ("name", "email", "roles", "lab_ids", "active")


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return texts without space around them and lists in order without repetition; Invalid for a blank name."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        found[name] = value.strip() if isinstance(value, str) else value
        if isinstance(value, list | tuple):
            found[name] = sorted(set(value))
    if "name" in found and not found["name"]:
        message = "The name must not be blank."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("name", message)])
    return found


async def make_link(tx: Transaction, account_id: UUID) -> SignInLink:
    """Make the one-time sign-in link of an account; earlier ones no longer work. Conflict when it is not active."""
    account = await store.lock_account(tx, account_id)
    if account is None:
        raise errors.NotFound(NO_ACCOUNT)
    if not account.active:
        raise errors.Conflict("This account is not active, so that it gets no sign-in link. Nothing was changed.")
    link = secrets.token_urlsafe(32)
    expires_at = tx.call.at + timedelta(seconds=model.LINK_LIFE_S)
    await store.replace_link(tx, account_id, token_hash=sessions.digest(link), expires_at=expires_at)
    event = events.AccountLinkMade(account_id=account_id, username=account.username, expires_at=expires_at)
    tx.announce(event, subject=model.subject(account_id, account.username))
    return SignInLink(account_id=account_id, link=link, path=f"/sign-in?link={link}", expires_at=expires_at)


async def set_first_password(tx: Transaction, account: Account, password_hash: str) -> None:
    """Give a locked account without a password its first one."""
    await store.set_password(tx, account.id, password_hash)
    await store.remove_link(tx, account.id)
    event, changes = model.with_password(account)
    tx.announce(event, subject=model.subject(account.id, account.username), changes=changes)


async def _written(tx: Transaction, account_id: UUID) -> Written:
    found = await store.show_account(tx, account_id)
    if found is None:
        raise errors.NotFound(NO_ACCOUNT)
    return Written(item=found[0], version=found[1], location=f"/api/accounts/{account_id}")
