"""How the embedded NATS is run: JetStream with every message on disk before it is acknowledged, loopback only."""

import asyncio
import json
import shutil
import signal
import sysconfig
from pathlib import Path

from nanopore_tracking.embedded.account import Account, reachable
from nanopore_tracking.embedded.engine import Engine, end_leftover
from nanopore_tracking.embedded.ports import LOOPBACK
from nanopore_tracking.kernel.errors import Unavailable

USER = "nanopore"


def program(account: Account | None, shelter: Path) -> Path:
    """Return nats-server, at a place that the account may run it from."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise Unavailable(
            "The package with NATS is not installed. Nothing was started. Install nanopore-tracking[embedded], "
            "or use a NATS of your own with `nanopore-tracking serve`."
        )
    path = Path(found)
    # The size tells one version's copy from another's, whoever installed it.
    shelter = shelter / f"nats-{path.stat().st_size}"
    return reachable(path.parent, (path.name,), account, shelter=shelter) / path.name


def _configuration(store: Path, port: int, password: str, *, durable: bool) -> str:
    jetstream = {"store_dir": str(store), "max_file_store": 1 << 40, "max_memory_store": 1 << 28}
    return json.dumps(
        {
            "host": LOOPBACK,
            "port": port,
            "server_name": "nanopore-embedded",
            "authorization": {"user": USER, "password": password},
            "pid_file": str(store / "nats.pid"),
            # Without this an acknowledged message may wait two minutes for the disk.
            "jetstream": jetstream | ({"sync_interval": "always"} if durable else {}),
        },
        indent=2,
    )


def engine(
    store: Path, account: Account | None, *, binary: Path, port: int, password: str, durable: bool = True
) -> Engine:
    """Return NATS as an engine; its configuration, with the password, is written where only it can read it."""
    store.mkdir(mode=0o700, exist_ok=True)
    file = store / "nats.json"
    file.touch(mode=0o600)
    file.write_text(_configuration(store, port, password, durable=durable))
    if account is not None:
        account.owns(store)
        account.owns(file)

    def clear() -> None:
        end_leftover(store / "nats.pid", must_mention=str(file), stop_signal=signal.SIGTERM)

    return Engine(
        name="NATS",
        command=(str(binary), "--config", str(file)),
        account=account,
        log_file=store.parent / "logs" / "nats.log",
        stop_signal=signal.SIGTERM,
        clear=clear,
        ready=lambda: _answers(port),
    )


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    try:
        greeting = await asyncio.wait_for(reader.readline(), 5)
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
    return greeting.startswith(b"INFO ") and bool(json.loads(greeting[5:]).get("jetstream"))


def url(port: int, password: str) -> str:
    """Return the address for clients."""
    return f"nats://{USER}:{password}@{LOOPBACK}:{port}"
