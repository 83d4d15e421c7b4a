"""What happens at each start: the first administrator is there, with a password or with a one-time link."""

import asyncio
import os
from pathlib import Path

import structlog

from nanopore_tracking.contracts import access
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.services.config.accounts import commands, model, store
from nanopore_tracking.services.config.accounts.model import Account
from nanopore_tracking.services.config.settings import Settings

_log = structlog.get_logger(__name__)

_FIRST = {
    "username": model.ADMIN_USERNAME,
    "name": "Administrator",
    "email": "",
    "roles": [access.ADMIN, access.MANAGER],
    "lab_ids": [],
}


async def first_account(runtime: Runtime) -> None:
    """Create the account admin; while it has no password, set the given one or write a fresh one-time link."""
    settings: Settings = runtime.settings
    async with runtime.db.transaction(runtime.call()) as tx:
        await commands.create_first(tx, _FIRST)
        found = await store.find_credentials(tx, model.ADMIN_USERNAME)
        if found is None or found.password_hash is not None or not found.active:
            _remove(settings.first_link_file)
            return
        account = await store.lock_account(tx, found.account_id)
        if account is None:
            return
        if settings.admin_password.reveal():
            await _set_password(tx, settings, account)
            _remove(settings.first_link_file)
        elif settings.first_link_file:
            made = await commands.make_link(tx, account.id)
            await asyncio.to_thread(_write, Path(settings.first_link_file), made.link)
            _log.info("account.first_link", file=settings.first_link_file, expires_at=made.expires_at.isoformat())
        else:
            _log.warning("account.no_first_link", missing="NANOPORE_ADMIN_PASSWORD or NANOPORE_FIRST_LINK_FILE")


async def _set_password(tx: Transaction, settings: Settings, account: Account) -> None:
    password = settings.admin_password.reveal()
    fault = model.password_fault(password, account, store.frequent_words())
    if fault:
        raise errors.Invalid(
            f"NANOPORE_ADMIN_PASSWORD is not taken, so that the config service does not start. {fault}"
        )
    await commands.set_first_password(tx, account, await settings.passwords().hash(password))


def _write(file: Path, link: str) -> None:
    """Write the link for its owner's eyes only; a reader sees the old file or the new one, never half of it."""
    half = file.with_name(file.name + ".half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as sink:
        sink.write(link + "\n")
    half.replace(file)


def _remove(file: str) -> None:
    if file:
        Path(file).unlink(missing_ok=True)
