"""The only composition root: turns names and an environment into services that run, and stops them in order."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
import uvloop

from nanopore_tracking import __version__, registry
from nanopore_tracking.contracts import access
from nanopore_tracking.kernel import auth, errors, migrations, settings
from nanopore_tracking.kernel.bus import Bus
from nanopore_tracking.kernel.http import app as http_app
from nanopore_tracking.kernel.http import edge, openapi, operations, router, server, status, writes
from nanopore_tracking.kernel.http.parameters import Undeclared
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.remote_auth import ConfigLink, RemoteExchange, RemoteKeys
from nanopore_tracking.kernel.running import RunningService
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job, Service
from nanopore_tracking.kernel.settings import KernelSettings, Secret
from nanopore_tracking.kernel.telemetry import logs, outlets, trace

_log = structlog.get_logger("process")
_DATABASE_WAIT_S = 60.0


async def _announce_refusals(runtime: Runtime) -> None:
    """Announce what was refused since the last time."""
    await runtime.refusals.announce(runtime.db)


#: What every service with a database does by the clock, besides its own jobs.
_JOBS = (
    Job(name="forget-old-answers", interval_s=3600.0, run=writes.forget_old_answers),
    Job(name="announce-refusals", interval_s=60.0, run=_announce_refusals, everywhere=True),
)
ACCESS = auth.Access(permissions_of=access.permissions_of, sees_all=access.ALL_LABS, tenants_claim="labs")


@dataclass(frozen=True, kw_only=True)
class Running:
    """Services that run in this process. base_url: where they answer, without a slash at the end."""

    base_url: str
    services: Mapping[str, RunningService]


def run(names: Sequence[str], environ: Mapping[str, str]) -> None:
    """Run the named services until SIGTERM or SIGINT; a second one ends the process without waiting for anything."""
    kernel, *_ = settings_of(services_of(names), environ)
    logs.configure(kernel.log_level)
    outlets.begin(kernel.otlp_endpoint, ratio=kernel.trace_ratio)
    try:
        uvloop.run(_until_told(names, environ))
    except asyncio.CancelledError:
        _log.warning("stopped at once")
    finally:
        trace.shutdown()


def settle() -> None:
    """Spare the garbage collector what lives as long as the process, and let it look less often at what does not.

    What a request makes ends by itself, so that looking for cycles in it every 700 objects finds next to nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def _until_told(names: Sequence[str], environ: Mapping[str, str]) -> None:
    told = asyncio.Event()
    task = asyncio.current_task()

    def tell() -> None:
        if told.is_set() and task is not None:
            task.cancel()
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, tell)
    async with running(names, environ) as found:
        settle()
        _log.info("ready", services=list(found.services), address=found.base_url, version=__version__)
        await told.wait()
        _log.info("stopping")
    _log.info("stopped")


async def migrate(names: Sequence[str] | None, environ: Mapping[str, str]) -> dict[str, list[str]]:
    """Bring the databases of the named services up to date, of all that have one if None; return what was applied.

    The owner's address is <NAME>_DB_OWNER_URL, such as SAMPLES_DB_OWNER_URL; without it, the application's own.
    """
    services = [service for service in services_of(names or registry.NAMES) if service.database_env]
    addresses = [_addresses(service, environ) for service in services]
    applied = await _all(
        migrations.apply(owner_url or app_url, migrations_of(service), app_role=urlsplit(app_url).username)
        for service, (app_url, owner_url) in zip(services, addresses, strict=True)
    )
    return {service.name: names for service, names in zip(services, applied, strict=True)}


def _addresses(service: Service, environ: Mapping[str, str]) -> tuple[str, str]:
    variable = str(service.database_env)
    owner = variable.replace("_URL", "_OWNER_URL")
    found = {name: environ.get(name, "") for name in (variable, owner)}
    if not found[variable]:
        raise errors.Invalid(f"{variable} is not set, so that the {service.name} service was not migrated.")
    return found[variable], found[owner]


def migrations_of(service: Service) -> list[Path]:
    """Return the folders with the migrations of a service's database, in order."""
    return [migrations.KERNEL, *([service.migrations] if service.migrations else [])]


def services_of(names: Iterable[str]) -> list[Service]:
    """Return the declarations of the names, each once; Invalid for one that is none."""
    strange = [name for name in names if name not in registry.NAMES]
    if strange:
        allowed = ", ".join(registry.NAMES)
        raise errors.Invalid(f"There is no service {', '.join(strange)}. Nothing was started; there are {allowed}.")
    return [registry.load(name) for name in dict.fromkeys(names)]


def settings_of(services: Sequence[Service], environ: Mapping[str, str]) -> tuple[Any, ...]:
    """Return the kernel's settings and those of each service; SettingsProblem with everything that is wrong."""
    structs: list[type[Any]] = [KernelSettings, *(service.settings for service in services)]
    try:
        return settings.load(*structs, environ=environ)
    except settings.SettingsProblem as problem:
        if not any("is not a setting" in sentence for sentence in problem.problems):
            raise
    # Perhaps for services that run elsewhere; looking at their settings costs importing all of them.
    others = [registry.load(name).settings for name in registry.NAMES]
    return settings.load(*structs, environ=environ, known=others)


@contextlib.asynccontextmanager
async def running(
    names: Sequence[str], environ: Mapping[str, str], *, port: int | None = None, migrated: bool = False
) -> AsyncIterator[Running]:
    """Run the named services in the present loop as long as the context is open.

    port: instead of PORT; 0 takes a free one. migrated: bring the databases up to date first; without it, an outdated
    one is Unavailable.
    """
    services = services_of(names)
    kernel, *_ = settings_of(services, environ)
    async with contextlib.AsyncExitStack() as stack:
        listening = stack.enter_context(server.listen(kernel.host, kernel.port if port is None else port))
        here = {**environ, "PORT": str(listening.getsockname()[1])}
        kernel, *own = settings_of(services, here)
        if migrated:
            await migrate([service.name for service in services], environ)
        bus = Bus(kernel.nats_url, name="+".join(service.name for service in services))
        if any(service.database_env for service in services):
            await bus.start()
            stack.push_async_callback(bus.stop)
        found = []
        for service, its in zip(services, own, strict=True):
            found.append(_running(service, its, kernel=kernel, bus=bus))
            stack.push_async_callback(found[-1].close)
        await _all(_wait_for(one) for one in found if one.service.database_env)
        link = ConfigLink(kernel.config_url)
        stack.push_async_callback(link.close)
        keys = RemoteKeys(link)
        stack.push_async_callback(keys.close)
        verifier = auth.Verifier(ACCESS, keys, RemoteExchange(link), closed=keys.closed)
        application = _application(found, verifier)
        for one in found:
            stack.push_async_callback(one.stop_work)
        await _all(one.start() for one in found)
        await stack.enter_async_context(server.serving(application, listening, drain_s=kernel.drain_s))
        stack.push_async_callback(_leave, found, kernel.leave_s)
        address = f"http://{_reachable(kernel.host)}:{here['PORT']}"
        yield Running(base_url=address, services={one.service.name: one for one in found})


def _reachable(host: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (not a listener)
    return f"[{host}]" if ":" in host else host


async def _leave(services: Sequence[RunningService], leave_s: float) -> None:
    """Say 'not ready', let traffic turn away, then finish what goes on beside requests."""
    for one in services:
        one.runtime.stopping = True
    await asyncio.sleep(leave_s)
    await asyncio.gather(*(one.stop_work() for one in services))


async def _all(work: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Do everything at once and wait for all of it; then raise the first failure, if there is one."""
    done = await asyncio.gather(*work, return_exceptions=True)
    for outcome in done:
        if isinstance(outcome, BaseException):
            raise outcome
    return done


def _running(service: Service, its: Any, *, kernel: KernelSettings, bus: Bus) -> RunningService:
    if service.database_env is None:
        return RunningService(service, settings=its, kernel=kernel)
    db = Database(service.name, database_url(service, its), kernel)
    return RunningService(service, settings=its, kernel=kernel, db=db, bus=bus, jobs=_JOBS)


def database_url(service: Service, its: Any) -> Secret:
    """Return the address of a service's database from its settings, whatever the field is called."""
    named = {setting.variable: setting.field for setting in settings.describe(service.settings)}
    found: Secret = getattr(its, named[str(service.database_env)])
    return found


async def _wait_for(running_service: RunningService) -> None:
    """Open the database of a service; one that does not answer yet is waited for, one that is outdated is not."""
    db, folders = running_service.runtime.db, migrations_of(running_service.service)
    until = asyncio.get_running_loop().time() + _DATABASE_WAIT_S
    while True:
        try:
            await db.open()
            await migrations.require_current(db, folders)
        except errors.Unavailable as problem:
            if problem.type == migrations.OUTDATED or asyncio.get_running_loop().time() > until:
                raise
            _log.warning("waiting for the database", service=db.name, reason=problem.message)
            await asyncio.sleep(1.0)
        else:
            return


def _refuse_out_of_reach(service: Service) -> None:
    """Raise Undeclared for a route under none of the prefixes by which its service is found."""
    for handler in service.routes:
        for path in handler.paths:
            if not any(f"{path}/".startswith(f"{prefix.rstrip('/')}/") for prefix in service.paths):
                raise Undeclared(f"{path} is under none of the paths of the {service.name} service")


def _application(services: Sequence[RunningService], verifier: auth.Verifier) -> router.Router:
    """Return one ASGI application for all services of the process, chosen by the path of a request."""
    permissions = frozenset(access.PERMISSIONS)
    built = {}
    for one in services:
        routes = [*one.service.routes, *operations.routes(one.service)]
        _refuse_out_of_reach(one.service)
        built[one.service.name] = http_app.build(
            one.runtime, routes, verifier=verifier, permissions=permissions, strict=one.service.database is not None
        )

    async def health() -> dict[str, dict[str, bool]]:
        found = await asyncio.gather(*(one.health() for one in services))
        return {one.service.name: parts for one, parts in zip(services, found, strict=True)}

    async def ready() -> bool:
        return all(await asyncio.gather(*(one.ready() for one in services)))

    def description() -> dict[str, Any]:
        return openapi.describe({name: one.endpoints for name, one in built.items()}, version=__version__)

    own = edge.Edge(status.Status(ready=ready, health=health, description=description), "process", quiet=True)
    nowhere = edge.Edge(router.nowhere, "process")
    found = router.Router(nowhere)
    found.add("/api", nowhere)
    for path in status.PATHS:
        found.add(path, own)
    for one in services:
        name = one.service.name
        for path in (*one.service.paths, *operations.paths(name)):
            found.add(path, built[name].asgi)
    return found
