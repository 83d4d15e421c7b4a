"""Signing in and out over HTTP, one's own sessions and password, and the keys that access tokens are checked with."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from litestar import Response, get, post

from nanopore_tracking.contracts.api.config import (
    AccessToken,
    Account,
    Credentials,
    KeySet,
    NewPassword,
    Opened,
    Session,
    SessionToken,
    SignIn,
)
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.auth import LONGEST_LIFE_S
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Actor
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    Written,
    answer,
    call_of,
    page,
    principal_of,
    runtime_of,
    write,
)
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.kernel.remote_auth import mark
from nanopore_tracking.services.config.accounts import model as accounts
from nanopore_tracking.services.config.accounts import store as account_store
from nanopore_tracking.services.config.sessions import store as session_store
from nanopore_tracking.services.config.sessions.model import digest, session_of
from nanopore_tracking.services.config.settings import Settings
from nanopore_tracking.services.config.sign_in import commands, model
from nanopore_tracking.services.config.sign_in.model import Entry, Origin


def origin_of(request: Ask) -> Origin:
    """Return where a request comes from, as far as the trusted proxies tell."""
    settings: Settings = runtime_of(request).settings
    peer = request.client.host if request.client else ""
    # A proxy may add a line of its own below the one that its caller made up.
    forwarded, client = ",".join(request.headers.getall("x-forwarded-for", [])), request.headers.get("user-agent", "")
    return model.origin(peer, forwarded, client=client, proxies=settings.proxies())


def as_owner(request: Ask, account: accounts.Account) -> Call:
    """Return the call of a request without an access token as its account's, whose owner is known to make it."""
    return replace(call_of(request), actor=Actor(kind="person", id=str(account.id), name=account.name))


def own_id(request: Ask) -> UUID:
    """Return the caller's account; Forbidden for a service, which has none."""
    principal = principal_of(request)
    if principal.kind == "service":
        raise errors.Forbidden("A service has no account of its own.")
    return UUID(principal.id)


async def check_password(request: Ask, username: str, password: str, *, means: str) -> Entry:
    """Return whose name and password it is.

    TooMany while earlier failures are answered with a wait; Unauthenticated, counted and announced, for a wrong one.
    """
    runtime, call, origin = runtime_of(request), call_of(request), origin_of(request)
    settings: Settings = runtime.settings
    passwords = settings.passwords()
    async with passwords.turn():
        admission = await commands.admit(runtime.db, call, username=username, origin=origin)
        kept = admission.password_hash
        cause = model.fault_of(admission, right=await passwords.matches(kept, password))
        if cause is not None:
            async with runtime.db.transaction(call) as tx:
                await commands.refuse(tx, admission, means=means, cause=cause, origin=origin)
            raise model.refused()
        renewed = await passwords.hash(password) if kept and passwords.outdated(kept) else None
    known = admission.credentials
    account = await account_store.find_account(runtime.db, known.account_id) if known else None
    if account is None:
        raise model.refused()
    return Entry(account=account, admission=admission, origin=origin, renewed_hash=renewed)


@post("/api/auth/token", policy="public", status_code=200)
async def give_token(request: Ask, data: Credentials) -> Response[AccessToken]:
    """Give a program an access token for a quarter of an hour, by name and password."""
    runtime = runtime_of(request)
    entry = await check_password(request, data.username, data.password, means="program")
    async with runtime.db.transaction(as_owner(request, entry.account)) as tx:
        await commands.let_in(tx, entry)
        await commands.signed_in(tx, entry.account, session=None, means="program", origin=entry.origin)
    account = entry.account
    claims = accounts.claims(account, kind="person", roles=account.roles, lab_ids=account.lab_ids)
    settings: Settings = runtime.settings
    token = settings.signer().sign(claims, model.PROGRAM_LIFE_S)
    return answer(AccessToken(access_token=token, expires_in=model.PROGRAM_LIFE_S))


@post("/api/auth/sessions", policy="public", status_code=201)
async def sign_in(request: Ask, data: SignIn) -> Response[Opened]:
    """Open a session, with username and password or with a one-time link."""
    by_link, by_name = bool(data.link), bool(data.username and data.password)
    if by_link == by_name or (by_link and (data.username or data.password)):
        message = "Send a username and a password, or a one-time link. Nothing was changed."
        raise errors.Invalid(message, fields=[errors.FieldError("username", message)])
    opened = await (_by_link(request, data) if by_link else _by_password(request, data))
    return answer(opened)


async def _by_password(request: Ask, data: SignIn) -> Opened:
    runtime = runtime_of(request)
    entry = await check_password(request, data.username, data.password, means="password")
    async with runtime.db.transaction(as_owner(request, entry.account)) as tx:
        await commands.let_in(tx, entry)
        on = await commands.used_device(tx, entry.account, data.device_token)
        return await commands.open_session(
            tx, entry.account, means="password", origin=entry.origin, settings=runtime.settings, on=on
        )


async def _by_link(request: Ask, data: SignIn) -> Opened:
    runtime, call, origin = runtime_of(request), call_of(request), origin_of(request)
    link = data.link
    admission = await commands.admit(runtime.db, call, username=None, origin=origin)
    owner_id = await account_store.find_link(runtime.db, digest(link), call.at)
    account = await account_store.find_account(runtime.db, owner_id) if owner_id else None
    if account is not None and account.active:
        async with runtime.db.transaction(as_owner(request, account)) as tx:
            if await account_store.take_link(tx, digest(link)):
                on = await commands.used_device(tx, account, data.device_token)
                return await commands.open_session(
                    tx, account, means="link", origin=origin, settings=runtime.settings, on=on
                )
    async with runtime.db.transaction(call) as tx:
        await commands.refuse(tx, admission, means="link", cause="link_not_accepted", origin=origin)
    raise model.link_refused()


@post("/api/auth/sessions/refresh", policy="public", status_code=200)
async def refresh(request: Ask, data: SessionToken) -> Response[Opened]:
    """Give a session its next access token; roles and labs are read anew."""
    runtime = runtime_of(request)
    async with runtime.db.transaction(call_of(request)) as tx:
        opened = await commands.refresh(tx, data.session_token, runtime.settings, device_token=data.device_token)
    return answer(opened)


@post("/api/auth/sessions/close", policy="public", status_code=204)
async def sign_out(request: Ask, data: SessionToken) -> None:
    """End a session; it is no fault when it has ended already."""
    runtime = runtime_of(request)
    session = await session_store.find_session_by_token(runtime.db, digest(data.session_token))
    account = await account_store.find_account(runtime.db, session.account_id) if session else None
    if session is not None and account is not None:
        async with runtime.db.transaction(as_owner(request, account)) as tx:
            await commands.close(tx, session, account.username, cause="sign_out")


@get("/api/auth/sessions", policy="signed-in")
async def list_sessions(
    request: Ask, sort: str = "-opened", after: After | None = None, limit: Limit = 50
) -> Response[Paged[Session]]:
    """List one's own open sessions."""
    runtime, at = runtime_of(request), call_of(request).at
    settings: Settings = runtime.settings
    found = await session_store.list_sessions(
        runtime.db,
        own_id(request),
        current=session_of(principal_of(request).token_id),
        at=at,
        idle_since=at - timedelta(seconds=settings.session_idle_s),
        sort=sort,
        after=after,
        limit=limit,
    )
    return page(found)


@post("/api/auth/sessions/{session_id:uuid}/close", policy="signed-in", status_code=204)
async def end_session(request: Ask, session_id: UUID) -> Response[None]:
    """End one of one's own sessions."""
    account_id, username = own_id(request), principal_of(request).username

    async def command(tx: Transaction) -> Written:
        session = await session_store.find_session(tx, session_id, account_id)
        if session is None:
            raise errors.NotFound("There is no such session of yours.")
        await commands.close(tx, session, username, cause="ended_by_owner")
        return Written(item=None)

    return await write(request, command)


@get("/api/auth/me", policy="signed-in")
async def show_me(request: Ask) -> Response[Account]:
    """Show one's own account."""
    found = await account_store.show_account(runtime_of(request).db, own_id(request))
    if found is None:
        raise errors.NotFound("There is no such account.")
    return answer(found[0], version=found[1])


@post("/api/auth/password", policy="signed-in", status_code=204)
async def set_password(request: Ask, data: NewPassword) -> Response[None]:
    """Set one's own password; all other sessions end."""
    runtime, principal = runtime_of(request), principal_of(request)
    account_id, session_id = own_id(request), session_of(principal.token_id)
    if principal.kind != "person":
        raise errors.Forbidden("A password is set by its owner, not by a program. Nothing was changed.")
    account = await account_store.find_account(runtime.db, account_id)
    if account is None:
        raise model.session_ended()
    session = await session_store.find_session(runtime.db, session_id, account_id) if session_id else None
    if session is None or not session.may_set_password:
        await check_current(request, account.username, data.current)
    fault = accounts.password_fault(data.new, account, account_store.frequent_words())
    if fault:
        raise errors.Invalid(f"{fault} Nothing was changed.", fields=[errors.FieldError("new", fault)])
    settings: Settings = runtime.settings
    passwords = settings.passwords()
    async with passwords.turn():
        password_hash = await passwords.hash(data.new)
    # Not under an Idempotency-Key: what is kept with one would tell something of the password.
    async with runtime.db.transaction(call_of(request)) as tx:
        await commands.set_password(tx, account_id, password_hash, session_id=session_id)
    return answer(None)


async def check_current(request: Ask, username: str, current: str | None) -> None:
    """Raise Invalid unless it is the present password of who asks; a wrong one is counted as at a sign-in."""
    message = "The present password is not right."
    wrong = errors.Invalid(
        f"{message} Nothing was changed.", type="wrong-password", fields=[errors.FieldError("current", message)]
    )
    if not current:
        raise wrong
    try:
        await check_password(request, username, current, means="password")
    except errors.Unauthenticated:
        raise wrong from None


@get("/api/auth/keys", policy="public")
async def show_keys(request: Ask) -> Response[KeySet]:
    """Show the public keys that access tokens are checked with, and who was closed while tokens may be about."""
    runtime = runtime_of(request)
    settings: Settings = runtime.settings
    since = call_of(request).at - timedelta(seconds=LONGEST_LIFE_S)
    try:
        closed = [mark(str(account_id)) for account_id in await account_store.closed_since(runtime.db, since)]
    except errors.Unavailable:
        closed = None  # The keys are needed still, so that everybody reads on.
    return answer(KeySet(keys=[settings.signer().public_key()], closed=closed))


ROUTES = [
    give_token,
    sign_in,
    refresh,
    sign_out,
    list_sessions,
    end_session,
    show_me,
    set_password,
    show_keys,
]
