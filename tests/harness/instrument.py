"""An instrument for tests: the agent's own environment, a played MinKNOW as a process, and the agent beside it."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-agent" / "bin" / "python"
_READY_S = 30.0
_MAKE_S = 240


def environment() -> Path:
    """Return the agent's interpreter; its environment is made where it is not there, else the test is skipped."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("The agent's environment cannot be made here: there is no make.")
    made = subprocess.run([make, "-s", "agent"], cwd=ROOT, capture_output=True, timeout=_MAKE_S, check=False)
    if made.returncode or not PYTHON.exists():
        pytest.skip(f"The agent's environment cannot be installed here: {made.stderr.decode()[-200:]}")
    return PYTHON


@dataclass
class Instrument:
    """A played MinKNOW that can be killed and started again. ready: what it says of itself when it serves."""

    folder: Path
    plan: dict[str, Any]
    speed: float
    python: Path
    port: int = 0
    ready: dict[str, Any] = field(default_factory=dict)
    _process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Serve; on the same port as before, where it was started before."""
        self.folder.mkdir(exist_ok=True)
        plan, said = self.folder / "plan.json", self.folder / "ready.json"
        plan.write_text(json.dumps(self.plan))
        said.unlink(missing_ok=True)
        options = ("--folder", self.folder, "--plan", plan, "--speed", self.speed, "--port", self.port)
        self._process = await _started(self.python, self.folder / "played.txt", "play", *options)
        async with asyncio.timeout(_READY_S):
            while not said.exists():
                assert self._process.returncode is None, "what plays MinKNOW has ended"
                await asyncio.sleep(0.05)
        self.ready = json.loads(said.read_text())
        self.port = self.ready["port"]

    def freeze(self) -> None:
        """Let it stop answering, so that what is asked of it next is under way until it is killed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    async def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    @property
    def said(self) -> Path:
        """What an agent beside it said, line by line."""
        return self.folder / "followed.txt"

    def told(self) -> str:
        """Return how an agent names it."""
        return f"127.0.0.1:{self.port}"


async def _started(python: Path, said: Path, *arguments: object, **environ: str) -> asyncio.subprocess.Process:
    with said.open("ab") as out:
        return await asyncio.create_subprocess_exec(
            str(python), "-u", "-m", "nanopore_tracking_agent", *map(str, arguments),
            stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", ""), **environ},
        )  # fmt: skip


@contextlib.asynccontextmanager
async def played(folder: Path, *, speed: float = 3000.0, **plan: Any) -> AsyncIterator[Instrument]:
    """A played MinKNOW that serves."""
    instrument = Instrument(folder, plan, speed, environment())
    await instrument.start()
    try:
        yield instrument
    finally:
        await instrument.kill()


@contextlib.asynccontextmanager
async def following(instrument: Instrument, *, url: str, token: str, minknow: str = "") -> AsyncIterator[None]:
    """The agent as a process beside a played MinKNOW. minknow: another way to it."""
    arguments = ("follow", "--minknow", minknow or instrument.told(), "--url", url, "--every", 0.3)
    environ = {"NANOPORE_TOKEN": token, **instrument.ready["environment"]}
    process = await _started(instrument.python, instrument.said, *arguments, **environ)
    try:
        yield
    finally:
        assert process.returncode is None, "the agent has ended by itself"
        process.terminate()
        await process.wait()


async def looked(instrument: Instrument, *, url: str, token: str, **environ: str) -> tuple[int, str]:
    """Let the agent look once, and return its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        str(instrument.python), "-m", "nanopore_tracking_agent", "follow", "--once",
        "--minknow", instrument.told(), "--url", url,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": "", "NANOPORE_TOKEN": token, **instrument.ready["environment"], **environ},
    )  # fmt: skip
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


def plan_of(run: Any, samples: list[tuple[str, str, float]], **said: Any) -> dict[str, Any]:
    """Return what is to be played for a planned run. samples: barcode, alias and weight of each."""
    return {
        "position": run["position"],
        "flow_cell_id": run["flow_cell"],
        "experiment_id": run["experiment_id"],
        "sample_id": run["sample_id"],
        "barcodes": samples,
        **said,
    }
