"""`nanopore-tracking up`: the whole product on one machine, with engines of its own, until Ctrl-C."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from msgspec import Meta

from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.registry import NAMES

app = typer.Typer()
_READER = "nanopore_backup_reader"
_USUAL_PORTS = range(8000, 8100)


class UpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What `up` itself is told."""

    data_dir: Annotated[str, Meta(description="The folder with everything that is kept.")] = ""
    bind_port_base: Annotated[
        int, Meta(ge=0, le=65_534, description="PostgreSQL listens on this port, NATS on the next; 0: free ones.")
    ] = 0
    trace_ring_mb: Annotated[
        int, Meta(ge=0, le=10_000, description="Megabytes of traces that are kept in the folder; 0: none.")
    ] = 32


@app.command()
def up() -> None:
    """Start everything on this machine: PostgreSQL, NATS and all services; Ctrl-C stops it.

    Everything lies in NANOPORE_DATA_DIR. Log lines go to the folder's logs/product.log, or to standard error where
    that is not a terminal.
    """
    import uvloop

    from nanopore_tracking.cli import failures

    with failures.told():
        try:
            uvloop.run(_up(dict(os.environ)))
        except asyncio.CancelledError:
            typer.echo("Stopped.")


async def _up(environ: dict[str, str]) -> None:
    from nanopore_tracking import process
    from nanopore_tracking.embedded import engines
    from nanopore_tracking.embedded.folder import Folder, default_path

    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    own, kernel = _read(environ)
    folder = Folder(Path(own.data_dir) if own.data_dir else default_path())
    address = f"http://{_reachable(kernel.host)}:{kernel.port}"
    with folder.hold(address), _telling(own, kernel, folder):
        typer.echo(f"Starting in {folder.path} …")
        async with engines.running(folder, port_base=own.bind_port_base or None) as found:
            inside = await environment(found, folder, environ)
            async with process.running(NAMES, inside, migrated=True):
                process.settle()
                _greet(address, folder.first_link)
                await asyncio.Event().wait()


def _read(environ: dict[str, str]) -> tuple[UpSettings, KernelSettings]:
    """Return the settings that are needed before anything runs, with a port that is free."""
    from nanopore_tracking import registry
    from nanopore_tracking.embedded.ports import is_free
    from nanopore_tracking.kernel import settings

    known = [registry.load(name).settings for name in NAMES]
    own, kernel = settings.load(UpSettings, KernelSettings, environ=environ, known=known)
    if not environ.get("PORT"):
        port = next((port for port in _USUAL_PORTS if is_free(port, kernel.host)), kernel.port)
        environ["PORT"] = str(port)
        kernel = msgspec.structs.replace(kernel, port=port, config_url="")
    return own, kernel


async def environment(
    engines: Any, folder: Any, environ: Mapping[str, str], *, names: Sequence[str] = NAMES
) -> dict[str, str]:
    """Create what is missing of databases and roles, and return the environment in which the named services run."""
    from nanopore_tracking import registry

    services = [service for name in names if (service := registry.load(name)).database]
    databases = [str(service.database) for service in services]
    addresses = await engines.databases.prepare(databases, reader=_READER)
    found = {
        "NANOPORE_BACKUP_DIR": str(folder.backups),
        "NANOPORE_OBJECTS_URL": folder.documents.as_uri(),
        "NANOPORE_DB_POOL_MIN": "2",
        **environ,
        "NANOPORE_SIGNING_KEY_FILE": str(folder.signing_key),
        "NANOPORE_FIRST_LINK_FILE": str(folder.first_link),
        "NATS_URL": engines.nats_url,
    }
    for service, database in zip(services, databases, strict=True):
        variable = str(service.database_env)
        found[variable] = addresses[database].app
        found[variable.replace("_URL", "_OWNER_URL")] = addresses[database].owner
        found[f"NANOPORE_BACKUP_{service.name.upper()}_URL"] = engines.databases.url(_READER, database)
    return found


@contextlib.contextmanager
def _telling(own: UpSettings, kernel: KernelSettings, folder: Any) -> Iterator[None]:
    from nanopore_tracking.embedded.engine import make_room
    from nanopore_tracking.kernel.telemetry import logs, outlets, trace

    file = folder.logs / "product.log"
    make_room(file)
    # Open until the process ends: loggers keep the stream that they had at their first line.
    sink = file.open("a", encoding="utf-8") if sys.stderr.isatty() else sys.stderr
    logs.configure(kernel.log_level, stream=sink)
    outlets.begin(
        kernel.otlp_endpoint, ratio=kernel.trace_ratio, ring=folder.traces, ring_bytes=own.trace_ring_mb << 20
    )
    try:
        yield
    finally:
        trace.shutdown()


def _greet(address: str, first_link: Path) -> None:
    typer.echo(f"Nanopore Tracking runs at {address}")
    if first_link.exists():
        link = first_link.read_text("ascii").strip()
        typer.echo(f"Sign in for the first time, once, at {address}/sign-in?link={link}")
    typer.echo("Ctrl-C stops it.")
    sys.stdout.flush()


def _reachable(host: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (not a listener)
    return f"[{host}]" if ":" in host else host
