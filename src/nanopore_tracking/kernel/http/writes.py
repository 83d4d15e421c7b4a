"""Runs a command as one transaction and makes it safe to send again: the answer is kept under the caller's key."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import Response

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.auth import NOBODY
from nanopore_tracking.kernel.http.answers import Sent, as_json
from nanopore_tracking.kernel.http.ask import Ask, Context, call_of, context_of, runtime_of
from nanopore_tracking.kernel.postgres import Database, Outdated, Transaction, Violation
from nanopore_tracking.kernel.runtime import Runtime

Q = sql.load(Path(__file__).with_name("queries.sql"))

#: How often a command is run whose conclusion was outdated.
_ATTEMPTS = 5
_KEY_TAKEN = "idempotency_key_pkey"
_KEY = re.compile(rb"[\x21-\x7e]{1,200}")


@dataclass(frozen=True)
class Written:
    """What a command made or changed: a struct, or bytes or text that are JSON already; None for no body.

    version: becomes the ETag; location: the address of what was made; status: where it is another one than the route
    has, which then declares it as `also`.
    """

    item: Any
    version: int | None = None
    location: str | None = None
    status: int | None = None


Command = Callable[[Transaction], Awaitable[Written]]


@dataclass(frozen=True, kw_only=True)
class _Claim:
    """What a key is bound to: the account that sent it, the address, and the body."""

    owner: str
    key: str
    route: str
    body_hash: bytes


async def forget_old_answers(runtime: Runtime) -> None:
    """Remove answers that are older than a request is ever sent again; a job of every service."""
    await runtime.db.execute(Q.forget_answers)


async def write(
    request: Ask, command: Command, *, status: int | None = None, secret: bool = False, fingerprint: bytes = b""
) -> Response[Any]:
    """Run the command in one transaction and answer with what it wrote.

    With an Idempotency-Key the answer is kept in the same transaction, so that the same request sent again has no
    second effect and gets the same answer. status: what the route declares if None. secret: the answer holds something
    that is shown once; it is not kept, and a repetition is told so. fingerprint: stands for a body that was read as a
    stream.
    """
    claim = await _claim(request, context_of(request.scope), fingerprint)
    if status is None:
        status = int(request.route_handler.status_code)
    for attempt in range(_ATTEMPTS):
        try:
            if claim is None:
                return await _done(request, command, attempt, status=status)
            return await _once(request, command, attempt, claim=claim, status=status, secret=secret)
        except Outdated:
            continue
    message = "Others change the same thing again and again. Nothing was changed; try again in a moment."
    raise errors.Unavailable(message, retry_after_s=1)


async def _done(
    request: Ask, command: Command, attempt: int, *, status: int, claim: _Claim | None = None, secret: bool = False
) -> Sent:
    """Run the command in a transaction; with a claim its answer is kept."""
    async with runtime_of(request).db.transaction(call_of(request), attempt=attempt) as tx:
        written = await command(tx)
        sent = Sent(
            as_json(written.item),
            status=written.status or status,
            version=written.version,
            location=written.location or "",
        )
        if claim is None:
            given = await tx.finish()
        else:
            given = await tx.finish(Q.keep_answer, **_kept_columns(claim, sent, secret=secret))
    if given:
        sent.content = sent.content.replace(tx.mark.encode(), given.encode())
    return sent


async def _claim(request: Ask, context: Context, fingerprint: bytes) -> _Claim | None:
    """Return what the sent key is bound to; None without a key, or where nobody in particular asks."""
    key = context.headers.get(b"idempotency-key")
    if key is None or context.principal is NOBODY:
        return None
    if not _KEY.fullmatch(key):
        message = "This must have 1 to 200 visible ASCII characters."
        raise errors.Invalid(f"Idempotency-Key: {message}", fields=[errors.FieldError("Idempotency-Key", message)])
    if not context.body and not fingerprint:
        context.body = await request.body()
    query = request.scope["query_string"].decode("latin-1")
    return _Claim(
        owner=context.principal.id,
        key=key.decode(),
        route=f"{request.scope['method']} {request.scope['path']}" + (f"?{query}" if query else ""),
        body_hash=hashlib.sha256(fingerprint or context.body).digest(),
    )


async def _once(request: Ask, command: Command, attempt: int, *, claim: _Claim, status: int, secret: bool) -> Sent:
    db = runtime_of(request).db
    try:
        # Kept last, so that a repetition costs nothing on the usual way; a parallel one waits there for the first.
        return await _done(request, command, attempt, status=status, claim=claim, secret=secret)
    except errors.Unavailable:
        raise
    except errors.Problem as problem:
        # It may have been refused because it was done already: by the first request with this key.
        kept = await _kept(db, claim)
        if kept is not None:
            return kept
        if isinstance(problem, Violation) and problem.constraint == _KEY_TAKEN:
            message = "The same request is being answered now. Send it again."
            raise errors.Unavailable(message, retry_after_s=1) from None
        raise


def _kept_columns(claim: _Claim, sent: Sent, *, secret: bool) -> dict[str, Any]:
    return {
        "owner": claim.owner,
        "key": claim.key,
        "route": claim.route,
        "body_hash": claim.body_hash,
        "status": sent.status_code,
        "body": None if secret else sent.content.decode(),
        "version": sent.version,
        "location": sent.location,
    }


async def _kept(db: Database, claim: _Claim) -> Sent | None:
    """Return the kept answer; Invalid when the key was used for something else, Conflict for a secret one."""
    row = await db.row(Q.find_answer, owner=claim.owner, key=claim.key)
    if row is None:
        return None
    if row["route"] != claim.route or row["body_hash"] != claim.body_hash:
        raise errors.Invalid(
            "This Idempotency-Key was used for another request. Nothing was changed; send a new key.",
            type="idempotency-key-reused",
        )
    if row["body"] is None:
        message = "This was done already; its answer was shown once and is not kept. Nothing more was changed."
        raise errors.Conflict(message, type="done-already")
    sent = Sent(row["body"], status=row["status"], version=row["version"], location=row["location"])
    sent.replayed = True
    return sent
