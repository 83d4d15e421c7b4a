"""`nanopore-tracking demo`: play a run of three days in minutes, beside a product that runs."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from nanopore_tracking.cli import demonstration
from nanopore_tracking.cli.api import Token, Url, User, open_api
from nanopore_tracking.kernel import errors

app = typer.Typer(add_completion=False)

_MODULE = "nanopore_tracking_agent"
_MISSING = (
    "The agent beside instruments is not installed here; `make agent` does that, or NANOPORE_AGENT_PYTHON names the "
    "Python of its environment. Nothing was made."
)
_READY_S = 30.0

Run = Annotated[str, typer.Option("--run", help="A planned run that is played; without it, a laboratory is made.")]
Speed = Annotated[float, typer.Option(min=1, max=10_000, help="How many times faster than real time.")]
Hours = Annotated[float, typer.Option(min=1, max=200, help="How long the run is, in its own time.")]
Many = Annotated[int, typer.Option("--samples", min=1, max=24, help="Samples of the pool that is made.")]
Target = Annotated[str, typer.Option(help="What is asked for of each sample.")]


@app.command(name="demo")
def demo(
    run: Run = "",
    speed: Speed = 600.0,
    hours: Hours = 72.0,
    many: Many = 6,
    target: Target = "3 Gb",
    url: Url = "",
    username: User = "",
    token: Token = "",
) -> None:
    """Play a run of a barcoded pool on an instrument that is not there; Ctrl-C ends it.

    Whoever signs in has to be an administrator: accounts are made for the demonstration, and what is made stays.
    """
    python = interpreter()
    admin = open_api(url, username, token)
    manager = demonstration.account(admin, url, "facility_manager")
    found = demonstration.run_of(manager, run, many, target=target, hours=hours)
    plan = demonstration.plan_of(manager, found, hours=hours)
    secret = demonstration.agent_token(admin, url)
    stop = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
    with tempfile.TemporaryDirectory(prefix="nanopore-demo-") as folder:
        players: list[subprocess.Popen[bytes]] = []
        try:
            ready = _play(python, Path(folder), plan, speed, players)
            players.append(_follow(python, ready, admin.address(""), secret))
            typer.echo(f"{found['code']} is played: {admin.address('/runs/' + found['code'])}")
            typer.echo(f"For a wall: {admin.address('/wall')}. Ctrl-C ends it.")
            _wait(players, stop)
        finally:
            for player in players:
                player.terminate()
            for player in players:
                player.wait()


def _wait(players: Sequence[subprocess.Popen[bytes]], stop: threading.Event) -> None:
    """Wait until somebody says stop; Unavailable where something ends by itself."""
    while not stop.wait(1.0):
        if any(player.poll() is not None for player in players):
            raise errors.Unavailable("What plays the run has ended by itself.", retry_after_s=0)


def interpreter() -> str:
    """Return the Python of the agent's environment; Unavailable where it is not installed."""
    named = os.environ.get("NANOPORE_AGENT_PYTHON")
    python = Path(named) if named else Path(sys.prefix).parent / ".venv-agent" / "bin" / "python"
    if python.exists():
        asked = [str(python), "-c", f"import {_MODULE}.play.command"]
        if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
            return str(python)
    raise errors.Unavailable(_MISSING, type="not-installed", retry_after_s=0)


def _play(python: str, folder: Path, plan: dict[str, Any], speed: float, players: list[subprocess.Popen[bytes]]) -> Any:
    """Serve what is planned, and return what it says of itself when it does."""
    (folder / "plan.json").write_text(json.dumps(plan), "utf-8")
    options = ["--folder", str(folder), "--plan", str(folder / "plan.json"), "--speed", str(speed)]
    player = subprocess.Popen([python, "-m", _MODULE, "play", *options], stdout=subprocess.DEVNULL)
    players.append(player)
    ready, waited = folder / "ready.json", threading.Event()
    for _ in range(round(_READY_S / 0.1)):
        if ready.exists():
            return json.loads(ready.read_text("utf-8"))
        if player.poll() is not None:
            break
        waited.wait(0.1)
    raise errors.Unavailable("What plays the run did not begin. What was made stays.", retry_after_s=0)


def _follow(python: str, ready: Any, url: str, token: str) -> subprocess.Popen[bytes]:
    arguments = ["follow", "--minknow", f"127.0.0.1:{ready['port']}", "--url", url, "--every", "2"]
    environment = {**os.environ, **ready["environment"], "NANOPORE_TOKEN": token}
    return subprocess.Popen([python, "-m", _MODULE, *arguments], env=environment)
