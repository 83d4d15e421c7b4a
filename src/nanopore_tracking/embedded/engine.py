"""One engine as a child process: started, watched, started again when it dies, stopped."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from nanopore_tracking.embedded.account import Account
from nanopore_tracking.kernel.errors import Unavailable

_LAUNCH = Path(__file__).with_name("launch.py")
_LOOK_S = 0.1
_LOG_LIMIT_BYTES = 20_000_000
log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Engine:
    """A program that runs as long as the product does.

    stop_signal ends it in good order; clear removes what a killed predecessor left and is called before each start;
    ready says whether it answers. start_s and stop_s: seconds until a start or a stop counts as failed.
    """

    name: str
    command: tuple[str, ...]
    account: Account | None
    log_file: Path
    stop_signal: signal.Signals
    clear: Callable[[], None]
    ready: Callable[[], Awaitable[bool]]
    start_s: float = 60
    stop_s: float = 30
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None

    async def start(self) -> None:
        """Start it and return when it answers; Unavailable with the end of its log when it does not."""
        deadline = time.monotonic() + self.start_s
        while time.monotonic() < deadline:
            self._spawn()
            while self.running and time.monotonic() < deadline:
                if await self.ready():
                    return
                await asyncio.sleep(_LOOK_S / 4)
            # A predecessor that was killed may hold memory or a port for a moment longer.
            await asyncio.sleep(_LOOK_S * 5)
        await self.stop()
        raise Unavailable(
            f"{self.name} did not start within {self.start_s:.0f} seconds. Nothing was changed. "
            f"The end of {self.log_file} says: {self._log_end()}"
        )

    async def watch(self) -> None:
        """Start it again whenever it dies, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_S)
            if self.running:
                continue
            code = None if self.process is None else self.process.returncode
            log.error("engine_died", engine=self.name, exit_code=code, consequence="it is started again")
            try:
                await self.start()
            except Unavailable as error:
                log.error("engine_start_failed", engine=self.name, reason=error.message)
            else:
                log.warning("engine_restarted", engine=self.name)

    async def stop(self) -> None:
        """Stop it in good order, by force when it does not end in time."""
        process = self.process
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(self.stop_signal)
        deadline = time.monotonic() + self.stop_s
        while process.poll() is None:
            if time.monotonic() > deadline:
                log.error("engine_killed", engine=self.name, reason="it did not stop in time")
                process.kill()
            await asyncio.sleep(_LOOK_S / 4)
        self.process = None

    def _spawn(self) -> None:
        self.clear()
        make_room(self.log_file)
        who = ("-", "-") if self.account is None else (str(self.account.uid), str(self.account.gid))
        launch = (sys.executable, "-I", "-S", str(_LAUNCH), str(os.getpid()), *who, str(int(self.stop_signal)))
        with self.log_file.open("ab") as sink:
            self.process = subprocess.Popen(
                (*launch, *self.command),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                cwd="/",
                # Ctrl-C reaches the whole group of the terminal; the engines are stopped last, by us.
                start_new_session=True,
            )

    def _log_end(self) -> str:
        with contextlib.suppress(OSError):
            return " / ".join(self.log_file.read_text(errors="replace").splitlines()[-4:])
        return "nothing"


def make_room(log_file: Path) -> None:
    """Put a log that has grown large aside, in the place of the one that was put aside before."""
    if log_file.exists() and log_file.stat().st_size > _LOG_LIMIT_BYTES:
        log_file.replace(log_file.with_suffix(".log.1"))


def end_leftover(pid_file: Path, *, must_mention: str, stop_signal: signal.Signals, within_s: float = 30) -> None:
    """End the process that a predecessor left behind, if the pid file names one whose command line mentions us.

    A number that meanwhile belongs to another program is left alone. The pid file is removed in both cases.
    """
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    deadline = time.monotonic() + within_s
    signal_now = stop_signal
    while must_mention in _command_line(pid):
        log.warning("engine_left_over", pid=pid, consequence="it is stopped")
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal_now)
        for _ in range(20):
            time.sleep(_LOOK_S)
            if must_mention not in _command_line(pid):
                break
        if time.monotonic() > deadline:
            signal_now = signal.SIGKILL
    pid_file.unlink(missing_ok=True)


def _command_line(pid: int) -> str:
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    found = subprocess.run(("/bin/ps", "-o", "command=", "-p", str(pid)), capture_output=True, text=True, check=False)
    return found.stdout
