"""`nanopore-tracking doctor`: say what is not right with settings, databases and NATS; list all settings."""

import asyncio
import os
import platform
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from nanopore_tracking import process, registry
from nanopore_tracking.cli import failures
from nanopore_tracking.kernel import errors, migrations
from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.service import Service
from nanopore_tracking.kernel.settings import KernelSettings, describe
from nanopore_tracking.kernel.telemetry import logs

app = typer.Typer()

Names = Annotated[list[str] | None, typer.Argument(help="Services to look at; without any, all of them.")]
Listed = Annotated[bool, typer.Option("--settings", help="List every setting instead.")]
_WAIT_S = 5.0


@app.command()
def doctor(names: Names = None, settings: Listed = False) -> None:
    """Look whether the services could run here; nothing is changed. Exit code 1 when something is not right."""
    logs.configure("error")
    with failures.told():
        services = process.services_of(names or registry.NAMES)
        if settings:
            _list_settings(services)
            return
        typer.echo(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
        kernel, *own = process.settings_of(services, os.environ)
        typer.echo("settings: right")
        told = asyncio.run(_examine(services, kernel, own))
    for subject, problem in told.items():
        typer.echo(f"{subject}: {problem or 'right'}")
    if any(told.values()):
        raise typer.Exit(1)


def _list_settings(services: Sequence[Service]) -> None:
    structs: dict[str, type[Any]] = {"every process": KernelSettings} | {one.name: one.settings for one in services}
    for owner, struct in structs.items():
        typer.echo(f"\n{owner}")
        for one in describe(struct):
            default = f"default {one.default}" if one.default else "optional"
            default = "has to be set" if one.default is None else default
            typer.echo(f"  {one.variable} ({one.kind}, {default})\n      {one.description}")


async def _examine(services: Sequence[Service], kernel: KernelSettings, own: Sequence[Any]) -> Mapping[str, str]:
    """Return what was looked at, each with what is wrong with it; empty for nothing."""
    told = {}
    for service, its in zip(services, own, strict=True):
        if service.database_env is not None:
            told[f"database of {service.name}"] = await _database(service, its, kernel)
    told["NATS"] = await _nats(kernel)
    return told


async def _database(service: Service, its: Any, kernel: KernelSettings) -> str:
    db = Database(service.name, process.database_url(service, its), kernel)
    try:
        await db.open()
        await migrations.require_current(db, process.migrations_of(service))
    except errors.Problem as problem:
        return problem.message
    finally:
        await db.close()
    return ""


async def _nats(kernel: KernelSettings) -> str:
    bus = Bus(kernel.nats_url, name="nanopore-tracking doctor")
    await bus.start()
    try:
        return "" if await bus.wait(_WAIT_S) else "NATS does not answer at NATS_URL."
    finally:
        await bus.stop()
