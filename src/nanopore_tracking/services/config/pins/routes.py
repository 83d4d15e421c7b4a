"""PINs over HTTP: one's own, and going on as another person on a tablet that people share."""

from typing import Literal
from uuid import UUID

from litestar import Response, get, post

from nanopore_tracking.contracts.api.config import Opened
from nanopore_tracking.contracts.api.config.pins import (
    Device,
    DevicePeople,
    DeviceRevocation,
    DeviceToken,
    ListedDevice,
    NewPin,
    PinSignIn,
    SharedDevice,
)
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    answer,
    call_of,
    page,
    principal_of,
    runtime_of,
    write,
)
from nanopore_tracking.services.config.accounts import store as account_store
from nanopore_tracking.services.config.devices import model as devices
from nanopore_tracking.services.config.devices import store as device_store
from nanopore_tracking.services.config.pins import commands, model
from nanopore_tracking.services.config.sessions import store as session_store
from nanopore_tracking.services.config.sessions.model import Session, digest, session_of
from nanopore_tracking.services.config.settings import Settings
from nanopore_tracking.services.config.sign_in import model as sign_ins
from nanopore_tracking.services.config.sign_in.routes import as_owner, check_current, origin_of, own_id


@post("/api/auth/pin", policy="signed-in", status_code=204)
async def set_pin(request: Ask, data: NewPin) -> Response[None]:
    """Set one's own PIN for shared tablets; the password is needed."""
    runtime, account_id = runtime_of(request), own_id(request)
    if principal_of(request).kind != "person":
        raise errors.Forbidden("A PIN is set by its owner, not by a program. Nothing was changed.")
    account = await account_store.find_account(runtime.db, account_id)
    if account is None:
        raise sign_ins.session_ended()
    await check_current(request, account.username, data.current)
    fault = devices.fault(data.pin)
    if fault:
        raise errors.Invalid(f"{fault} Nothing was changed.", fields=[errors.FieldError("pin", fault)])
    settings: Settings = runtime.settings
    passwords = settings.passwords()
    async with passwords.turn():
        pin_hash = await passwords.hash(data.pin)
    # Not under an Idempotency-Key: what is kept with one would tell something of the PIN.
    async with runtime.db.transaction(call_of(request)) as tx:
        await commands.set_pin(tx, account_id, pin_hash)
    return answer(None)


@post("/api/auth/pin/removal", policy="signed-in", status_code=204)
async def remove_pin(request: Ask) -> Response[None]:
    """Remove one's own PIN; it works on no tablet any more."""
    account_id = own_id(request)
    async with runtime_of(request).db.transaction(call_of(request)) as tx:
        await commands.remove_pin(tx, account_id)
    return answer(None)


@post("/api/auth/devices", policy="signed-in", status_code=200)
async def share_device(request: Ask, data: SharedDevice) -> Response[Device]:
    """Let oneself go on with a PIN on this tablet; the first time it gets a token, which makes it a shared one."""
    runtime, principal = runtime_of(request), principal_of(request)
    await session_store.require_full(runtime.db, principal.token_id)
    session = await _own_session(request)
    async with runtime.db.transaction(call_of(request)) as tx:
        shared = await commands.share(tx, session, principal.username, asked=data)
    return answer(shared)


async def _own_session(request: Ask) -> Session:
    session_id = session_of(principal_of(request).token_id)
    found = (
        await session_store.find_session(runtime_of(request).db, session_id, own_id(request)) if session_id else None
    )
    if found is None:
        raise errors.Forbidden("A tablet is shared by a person who is signed in on it. Nothing was changed.")
    return found


@post("/api/auth/devices/people", policy="public", status_code=200)
async def show_people(request: Ask, data: DeviceToken) -> Response[DevicePeople]:
    """Tell a shared tablet who used it and has a PIN."""
    runtime, settings = runtime_of(request), runtime_of(request).settings
    device_id = await device_store.find_device(runtime.db, digest(data.device_token))
    if device_id is None:
        raise model.not_shared()
    at = call_of(request).at
    found = await device_store.people(runtime.db, device_id)
    return answer(DevicePeople(items=[devices.shown(one, at=at, life_s=settings.session_life_s) for one in found]))


@post("/api/auth/sessions/pin", policy="public", status_code=201)
async def go_on(request: Ask, data: PinSignIn) -> Response[Opened]:
    """Open a session on a shared tablet with a PIN; after five wrong ones the password is needed there."""
    runtime, call, origin = runtime_of(request), call_of(request), origin_of(request)
    settings: Settings = runtime.settings
    device_id = await device_store.find_device(runtime.db, digest(data.device_token))
    if device_id is None:
        raise model.not_shared()
    passwords = settings.passwords()
    async with passwords.turn():
        async with runtime.db.transaction(call) as tx:
            since = devices.since(call.at, settings.session_life_s)
            failures = await device_store.take_attempt(tx, device_id, data.account_id, since=since)
        person = await device_store.find_person(runtime.db, device_id, data.account_id)
        kept = person.pin_hash if person and failures is not None else None
        right = await passwords.matches(kept, data.pin)
    account = await account_store.find_account(runtime.db, data.account_id) if right else None
    if person is None or account is None or not account.active:
        async with runtime.db.transaction(call) as tx:
            cause = "wrong_pin" if failures is not None else "pin_not_taken"
            await commands.refuse(tx, person, cause=cause, failures=failures or devices.MOST_FAILURES, origin=origin)
        raise model.locked() if failures is None or person is None else model.wrong(failures)
    async with runtime.db.transaction(as_owner(request, account)) as tx:
        opened = await commands.go_on(
            tx, person, device_id=device_id, session_token=data.session_token, origin=origin, settings=settings
        )
    return answer(opened)


@get("/api/auth/devices", policy="tablets.read")
async def list_devices(
    request: Ask,
    revoked: bool | None = None,
    sort: Literal["shared", "-shared"] = "-shared",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[ListedDevice]]:
    """List the tablets that people share, the last one first."""
    settings: Settings = runtime_of(request).settings
    times = devices.Times(at=call_of(request).at, life_s=settings.session_life_s, idle_s=settings.session_idle_s)
    asked = {"filters": {"revoked": revoked}, "sort": sort, "after": after, "limit": limit}
    return page(await device_store.list_devices(runtime_of(request).db, times, **asked))


@post("/api/auth/devices/{device_id:uuid}/revocation", policy="tablets.write", status_code=200)
async def revoke_device(request: Ask, device_id: UUID, data: DeviceRevocation) -> Response[ListedDevice]:
    """Take a shared tablet back: no PIN is taken there any more, and what was opened there ends."""
    account_id = own_id(request)
    if principal_of(request).kind != "person":
        raise errors.Forbidden("A tablet is taken back by a person, not by a program. Nothing was changed.")
    settings: Settings = runtime_of(request).settings
    return await write(
        request, lambda tx: commands.revoke(tx, device_id, data, account_id=account_id, settings=settings)
    )


ROUTES = [set_pin, remove_pin, share_device, show_people, go_on, list_devices, revoke_device]
