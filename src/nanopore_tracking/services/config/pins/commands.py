"""What can be done with PINs: set and remove one, share a tablet, count an attempt, go on as another person."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.config import Opened
from nanopore_tracking.contracts.api.config.pins import Device, DeviceRevocation, SharedDevice
from nanopore_tracking.contracts.events import config as events
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.config.accounts import model as accounts
from nanopore_tracking.services.config.accounts import store as account_store
from nanopore_tracking.services.config.accounts.model import Account
from nanopore_tracking.services.config.devices import model as devices
from nanopore_tracking.services.config.devices import store as device_store
from nanopore_tracking.services.config.devices.model import Person
from nanopore_tracking.services.config.pins import model
from nanopore_tracking.services.config.sessions import store as session_store
from nanopore_tracking.services.config.sessions.model import Session, closed, digest
from nanopore_tracking.services.config.settings import Settings
from nanopore_tracking.services.config.sign_in import commands as sign_in
from nanopore_tracking.services.config.sign_in import model as sign_ins
from nanopore_tracking.services.config.sign_in.model import Origin


async def set_pin(tx: Transaction, account_id: UUID, pin_hash: str) -> None:
    """Give an account another PIN."""
    account = await _locked(tx, account_id)
    await device_store.set_pin(tx, account_id, pin_hash)
    _announce(tx, account, has_pin=True)


async def remove_pin(tx: Transaction, account_id: UUID) -> None:
    """Take the PIN of an account away; it is no fault when there is none."""
    account = await _locked(tx, account_id)
    if await device_store.remove_pin(tx, account_id):
        await device_store.forget_person(tx, account_id)
        _announce(tx, account, has_pin=False)


async def _locked(tx: Transaction, account_id: UUID) -> Account:
    account = await account_store.lock_account(tx, account_id)
    if account is None or not account.active:
        raise sign_ins.session_ended()
    return account


def _announce(tx: Transaction, account: Account, *, has_pin: bool) -> None:
    after = accounts.fields_of(account) | {"has_pin": has_pin}
    change = Change("pin", "set" if account.has_pin else None, "set anew" if has_pin else None)
    event = events.AccountChanged(account_id=account.id, **after)
    tx.announce(event, subject=accounts.subject(account.id, account.username), changes=(change,))


async def share(tx: Transaction, session: Session, username: str, *, asked: SharedDevice) -> Device:
    """Let the person of a session go on with a PIN on a tablet, which is shared from now on; Conflict without a PIN."""
    token, known = "", asked.device_token
    device_id = await device_store.find_device(tx, digest(known)) if known else None
    if device_id is None:
        device_id, token = uuid7(), secrets.token_urlsafe(32)
        values: dict[str, Any] = {"token_hash": digest(token), "name": asked.name.strip()}
        await device_store.insert_device(tx, device_id, account_id=session.account_id, **values)
        event, subject = devices.shared(device_id, session.account_id, username)
        tx.announce(event, subject=subject)
    signed_in_at = session.opened_at
    if not await device_store.enrol(tx, device_id, session.account_id, signed_in_at=signed_in_at, fresh=False):
        raise model.none_set()
    await session_store.opened_on(tx, session.id, device_id)
    return Device(device_id=device_id, device_token=token)


async def revoke(
    tx: Transaction, device_id: UUID, asked: DeviceRevocation, *, account_id: UUID, settings: Settings
) -> Written:
    """Take a shared tablet back: no PIN is taken there, and what was opened there ends; NotFound."""
    reason = asked.reason.strip()
    name = await device_store.revoke_device(tx, device_id, account_id=account_id, reason=reason)
    if name is None:
        raise errors.NotFound("There is no such shared tablet, or it was taken back before. Nothing was changed.")
    event, subject, changes = devices.revoked(device_id, name, reason)
    tx.announce(event, subject=subject, changes=changes)
    for session_id, owner_id, username in await session_store.close_of_device(tx, device_id):
        ended, about = closed(session_id, owner_id, username, cause="tablet_revoked")
        tx.announce(ended, subject=about)
    times = devices.Times(at=tx.call.at, life_s=settings.session_life_s, idle_s=settings.session_idle_s)
    (item,) = (await device_store.list_devices(tx, times, filters={"id": device_id}, limit=1)).items
    return Written(item=item, location=f"/api/auth/devices/{device_id}")


async def refuse(tx: Transaction, person: Person | None, *, cause: Any, failures: int, origin: Origin) -> None:
    """Announce a PIN that was refused."""
    event = events.SessionRefused(
        account_id=person.account_id if person else None,
        username=person.username if person else "",
        means="pin",
        cause=cause,
        address=origin.address,
        client=origin.client,
        failure_count=failures,
    )
    about = Subject("account", str(person.account_id), person.username) if person else Subject("account", "unknown")
    tx.announce(event, subject=about)


async def go_on(
    tx: Transaction, person: Person, *, device_id: UUID, session_token: str, origin: Origin, settings: Settings
) -> Opened:
    """Open a session for a person whose PIN was right, and end the one before on this tablet."""
    account = await account_store.find_account(tx, person.account_id)
    if account is None or not account.active:
        raise model.locked()
    await device_store.forgive(tx, device_id, person.account_id)
    before = await session_store.find_session_by_token(tx, digest(session_token)) if session_token else None
    owner = await account_store.find_account(tx, before.account_id) if before else None
    if before is not None and owner is not None:
        await sign_in.close(tx, before, owner.username, cause="switched")
    ends_at = person.signed_in_at + timedelta(seconds=settings.session_life_s)
    bound = sign_in.Bound(device_id=device_id, ends_at=ends_at)
    return await sign_in.open_session(tx, account, means="pin", origin=origin, settings=settings, bound=bound)
