"""What can be done at the doors: be admitted, refused, signed in, kept signed in, signed out; set a password."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.config import Account as Shown
from nanopore_tracking.contracts.api.config import Opened
from nanopore_tracking.contracts.api.config.sessions import Means
from nanopore_tracking.contracts.events import config as events
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.config.accounts import model as accounts
from nanopore_tracking.services.config.accounts import store as account_store
from nanopore_tracking.services.config.accounts.model import Account
from nanopore_tracking.services.config.attempts import model as attempts
from nanopore_tracking.services.config.attempts import store as attempt_store
from nanopore_tracking.services.config.devices import store as device_store
from nanopore_tracking.services.config.sessions import store as session_store
from nanopore_tracking.services.config.sessions.model import (
    ACCESS_LIFE_S,
    Cause,
    Session,
    access_token_id,
    closed,
    digest,
)
from nanopore_tracking.services.config.settings import Settings
from nanopore_tracking.services.config.sign_in import model
from nanopore_tracking.services.config.sign_in.model import Admission, Entry, Origin

NO_ADDRESS = "unknown"


async def admit(db: Reads, call: Call, *, username: str | None, origin: Origin) -> Admission:
    """Look up what an attempt is checked with; TooMany while earlier failures are answered with a wait.

    username: None for a link. From an address at which the owner was signed in before, only failures from there count,
    so that nobody can keep the owner out by failing elsewhere.
    """
    address = origin.address or NO_ADDRESS
    credentials = await account_store.find_credentials(db, username) if username is not None else None
    account_key = None
    if username is not None:
        account_key = attempts.by_account(username)
        if credentials and await session_store.is_known_address(db, credentials.account_id, address, at=call.at):
            account_key = attempts.by_both(username, address)
    address_key = attempts.by_address(address)
    keys = [key for key in (account_key, address_key) if key is not None]
    wait_s = attempts.wait_s(await attempt_store.find_attempts(db, keys), call.at)
    if wait_s:
        raise model.too_many(wait_s)
    return Admission(credentials=credentials, account_key=account_key, address_key=address_key)


async def refuse(tx: Transaction, admission: Admission, *, means: Any, cause: Any, origin: Origin) -> None:
    """Count a failure for the account and for the address, and announce it."""
    failures = 0
    if admission.account_key is not None:
        failures = await attempt_store.count_failure(tx, attempts.ACCOUNT, admission.account_key)
    await attempt_store.count_failure(tx, attempts.ADDRESS, admission.address_key)
    known = admission.credentials
    event = events.SessionRefused(
        account_id=known.account_id if known else None,
        username=known.username if known else "",
        means=means,
        cause=cause,
        address=origin.address,
        client=origin.client,
        failure_count=failures,
    )
    subject = Subject("account", str(known.account_id), known.username) if known else Subject("account", "unknown")
    tx.announce(event, subject=subject)


async def let_in(tx: Transaction, entry: Entry) -> None:
    """Forget the failures at an account whose owner got in; those of the address stay until they are old."""
    admission = entry.admission
    if admission.account_key is not None:
        await attempt_store.forget_attempts(tx, [admission.account_key])
    if entry.renewed_hash and admission.password_hash:
        await account_store.renew_hash(
            tx, entry.account.id, before=admission.password_hash, password_hash=entry.renewed_hash
        )


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What a session is bound to that a PIN opens: the shared tablet, and the end of the full sign-in on it."""

    device_id: UUID
    ends_at: datetime


async def open_session(
    tx: Transaction,
    account: Account,
    *,
    means: Means,
    origin: Origin,
    settings: Settings,
    on: UUID | None = None,
    bound: Bound | None = None,
) -> Opened:
    """Open a session for an account; of its secret token only a hash is kept.

    on: the shared tablet that somebody signs in fully on; bound: where a PIN opens it.
    """
    session_id, token = uuid7(), secrets.token_urlsafe(32)
    session = Session(
        id=session_id,
        account_id=account.id,
        means=means,
        may_set_password=means == "link",
        device_id=bound.device_id if bound else None,
        opened_at=tx.call.at,
        last_used_at=tx.call.at,
        ends_at=bound.ends_at if bound else tx.call.at + timedelta(seconds=settings.session_life_s),
        closed_at=None,
    )
    address = origin.address or NO_ADDRESS
    values: dict[str, Any] = {"address": address, "client": origin.client, "opened_on": session.device_id or on}
    await session_store.insert_session(tx, session, token_hash=digest(token), **values)
    await signed_in(tx, account, session=session, means=means, origin=origin)
    return msgspec.structs.replace(await _opened(tx, session, settings), session_token=token)


async def used_device(tx: Transaction, account: Account, device_token: str) -> UUID | None:
    """Note that somebody who has a PIN signed in fully on a shared tablet just now: the PIN is taken there again.

    Returns the tablet, None where it is no shared one.
    """
    device_id = await device_store.find_device(tx, digest(device_token)) if device_token else None
    if device_id is not None:
        await device_store.enrol(tx, device_id, account.id, signed_in_at=tx.call.at, fresh=True)
    return device_id


async def signed_in(tx: Transaction, account: Account, *, session: Session | None, means: Any, origin: Origin) -> None:
    """Note and announce that someone got in. session: None for a program, which has none."""
    session_id = session.id if session else None
    await account_store.signed_in(tx, account.id)
    event = events.SessionOpened(
        session_id=session_id,
        account_id=account.id,
        username=account.username,
        means=means,
        address=origin.address,
        client=origin.client,
        device_id=session.device_id if session else None,
    )
    kind, id_ = ("session", session_id) if session_id else ("account", account.id)
    tx.announce(event, subject=Subject(kind, str(id_), account.username))


async def refresh(tx: Transaction, token: str, settings: Settings, *, device_token: str) -> Opened:
    """Return a new access token for a session and note that it is used; Unauthenticated when it has ended.

    device_token: of the shared tablet that a session is good on which a PIN opened.
    """
    session = await session_store.lock_session_by_token(tx, digest(token))
    if session is None or not session.is_open(tx.call.at, settings.session_idle_s):
        raise model.session_ended()
    if session.device_id is not None and session.device_id != await device_store.find_device(tx, digest(device_token)):
        raise model.session_ended()
    await session_store.use_session(tx, session.id)
    return await _opened(tx, session, settings)


async def _opened(tx: Transaction, session: Session, settings: Settings) -> Opened:
    account = await account_store.find_account(tx, session.account_id)
    shown = await account_store.show_account(tx, session.account_id)
    if account is None or shown is None or not account.active:
        raise model.session_ended()
    claims = accounts.claims(account, kind="person", roles=account.roles, lab_ids=account.lab_ids)
    claims["jti"] = access_token_id(session.id, uuid7())
    return Opened(
        access_token=settings.signer().sign(claims, ACCESS_LIFE_S),
        expires_in=ACCESS_LIFE_S,
        session_id=session.id,
        account=msgspec.json.decode(shown[0], type=Shown),
        must_set_password=session.may_set_password,
        ends_at=session.ends_at,
    )


async def close(tx: Transaction, session: Session, username: str, *, cause: Cause) -> None:
    """End a session; nothing happens when it has ended already."""
    if await session_store.close_session(tx, session.id):
        event, subject = closed(session.id, session.account_id, username, cause=cause)
        tx.announce(event, subject=subject)


async def set_password(tx: Transaction, account_id: UUID, password_hash: str, *, session_id: UUID | None) -> None:
    """Give an account another password; its link and all its sessions but the named one end."""
    account = await account_store.lock_account(tx, account_id)
    if account is None or not account.active:
        raise model.session_ended()
    await account_store.set_password(tx, account_id, password_hash)
    await account_store.remove_link(tx, account_id)
    await device_store.forget_person(tx, account_id)
    event, changes = accounts.with_password(account)
    tx.announce(event, subject=accounts.subject(account_id, account.username), changes=changes)
    await attempt_store.forget_attempts(tx, [attempts.by_account(account.username)])
    if session_id is not None:
        await session_store.spend_link(tx, session_id)
    for other_id in await session_store.close_sessions(tx, account_id, but=session_id):
        ended, subject = closed(other_id, account_id, account.username, cause="password_changed")
        tx.announce(ended, subject=subject)


async def forget_old(tx: Transaction) -> None:
    """Remove failed attempts after a day, and sessions when their address no longer counts as a known one.

    Who did not sign in fully on a shared tablet for as long is not called there any more.
    """
    await attempt_store.forget_old_attempts(tx, tx.call.at - timedelta(days=1))
    await device_store.forget_people(tx, tx.call.at - session_store.KNOWN_FOR)
    await session_store.remove_old_sessions(tx, tx.call.at - session_store.KNOWN_FOR)
