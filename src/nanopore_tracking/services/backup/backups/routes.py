"""Backups over HTTP."""

import asyncio
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import QueryParameter

from nanopore_tracking.contracts.api.backup import Backup, NewBackup, State
from nanopore_tracking.kernel import dumps, errors
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, Written, answer, call_of, page, runtime_of, write
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.backup.backups import commands, store

#: `state` in the query; a handler cannot have a parameter of that name.
States = Annotated[list[State] | None, QueryParameter(name="state")]


@get("/api/backups", policy="backups.read")
async def list_backups(
    request: Ask,
    states: States = None,
    cause: Literal["manual", "daily"] | None = None,
    sort: Literal["requested", "-requested"] = "-requested",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Backup]]:
    """List backups, newest first."""
    filters: dict[str, object] = {"state": states, "cause": cause}
    return page(await store.list_backups(runtime_of(request).db, filters=filters, sort=sort, after=after, limit=limit))


@get("/api/backups/{backup_id:uuid}", policy="backups.read")
async def show_backup(request: Ask, backup_id: UUID) -> Response[Backup]:
    """Show one backup with its files and its newest check."""
    found = await store.show_backup(runtime_of(request).db, backup_id)
    if found is None:
        raise errors.NotFound("There is no such backup.")
    return answer(found[0], version=found[1])


@post("/api/backups", policy="backups.run", status_code=202)
async def request_backup(request: Ask, data: NewBackup) -> Response[Backup]:
    """Ask for a backup of the five databases; it is made in the background within half a minute."""
    response = await write(request, lambda tx: commands.request_backup(tx, data.note), status=202)
    runtime_of(request).wake("backups")
    return response


@post("/api/backups/{backup_id:uuid}/verification", policy="backups.run", status_code=200)
async def verify_backup(request: Ask, backup_id: UUID) -> Response[Backup]:
    """Compare the files of a backup with their checksums now, and keep the outcome."""
    runtime = runtime_of(request)
    async with runtime.db.transaction(call_of(request)) as tx:
        kept = await commands.checkable(tx, backup_id)
    folder = Path(runtime.settings.backup_dir) / (kept.folder or "")
    try:
        problems = await asyncio.to_thread(dumps.check, folder)
    except (errors.NotFound, errors.Invalid) as problem:
        problems = [problem.message]

    async def keep(tx: Transaction) -> Written:
        return await commands.keep_check(tx, backup_id, problems)

    return await write(request, keep)


ROUTES = [list_backups, show_backup, request_backup, verify_backup]
