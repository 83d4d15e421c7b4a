"""A process that drives the sagas of the sample service and is killed at chosen places, as by a power cut.

Its folder has `plan.json`: for each saga by its id where it kills the process, once, and which step it is refused.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.postgres import Database, Transaction
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.sagas import At, Local, Pace, Saga, Sagas, Wait
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.services.sample.service import SERVICE

SAGAS: dict[str, Saga] = {saga.type: saga for saga in SERVICE.sagas}
QUICK = Pace(lease_s=1.0, poll_s=0.02, measure_s=60.0)


def places(saga: Saga, *, undone: bool) -> list[str]:
    """Return where a saga can be killed: after each effect before it is kept, and between steps, after it was.

    undone: its last step is refused, and what it did is undone; it is killed on the way there and on the way back.
    """
    names = [step.name for step in saga.steps]
    done = [f"{name}:do" for name in names[:-1]] + ([] if undone else [f"{names[-1]}:do"])
    back = [f"{name}:undo" for name in undoing(saga)] if undone else []
    found = [f"{step}:{when}" for step in (*done, *back) for when in ("effect", "kept")]
    return [*found, f"{names[-1]}:do:begin"]


def undoing(saga: Saga) -> list[str]:
    """Return the steps that are undone when the last one is refused, in their order."""
    return [step.name for step in reversed(saga.steps[:-1]) if getattr(step, "undo", None) is not None]


class Plan:
    """Where each saga kills its process, and which step it is refused."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._effects: dict[str, str] = {}
        self._sagas: dict[str, dict[str, str]] = json.loads((folder / "plan.json").read_text("utf-8"))

    def pass_by(self, place: str) -> None:
        """Kill this process where its saga shall, unless one was killed there before."""
        saga_id = self._saga()
        marker = self._folder / saga_id
        if self._sagas.get(saga_id, {}).get("die") == place and not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    def had_effect(self, step: str) -> None:
        """Pass by the place between the effect of a step and its end."""
        self._effects[self._saga()] = step
        self.pass_by(f"{step}:effect")

    def committed(self) -> None:
        """Pass by the place after the first commit that follows an effect."""
        step = self._effects.pop(self._saga(), None)
        if step:
            self.pass_by(f"{step}:kept")

    def refuses(self, step: str) -> bool:
        """Return whether the saga is refused a step."""
        return self._sagas.get(self._saga(), {}).get("refuse") == step

    @staticmethod
    def _saga() -> str:
        task = asyncio.current_task()
        return task.get_name().removeprefix("saga ") if task else ""


def _armed(saga: Saga, plan: Plan) -> Saga:
    def verb(name: str, phase: str, real: Any) -> Any:
        async def run(tx: Transaction, at: At) -> Any:
            plan.pass_by(f"{name}:{phase}:begin")
            output = await real(tx, at)
            if phase == "do" and plan.refuses(name):
                raise errors.Conflict(f"{name} is refused.")
            plan.had_effect(f"{name}:{phase}")
            return output

        return run if real else None

    def accept(name: str, real: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
        def run(said: Any) -> Any:
            output = real(said) if real else said
            plan.had_effect(f"{name}:do")
            return output

        return run

    steps: list[Any] = []
    for step in saga.steps:
        if isinstance(step, Wait):
            steps.append(replace(step, accept=accept(step.name, step.accept)))
        else:
            assert isinstance(step, Local)
            steps.append(replace(step, do=verb(step.name, "do", step.do), undo=verb(step.name, "undo", step.undo)))
    return replace(saga, steps=tuple(steps))


class Dying(Transaction):
    """A transaction whose process may be killed as soon as it has committed."""

    plan: Plan

    async def __aexit__(self, kind: Any, failure: BaseException | None, traceback: Any) -> None:
        await super().__aexit__(kind, failure, traceback)
        if failure is None:
            self.plan.committed()


class Deadly(Database):
    """A database with such transactions."""

    def __init__(self, url: str, plan: Plan) -> None:
        super().__init__("sample", url, KernelSettings(db_pool_min=0, db_pool_max=8))
        self._plan = plan

    def transaction(self, call: Call, *, attempt: int = 0) -> Transaction:
        """Return a transaction."""
        found = Dying(self.name, call, self._pool, on_commit=self.on_commit, attempt=attempt)
        found.plan = self._plan
        return found


async def _run(url: str, folder: Path) -> None:
    """Drive until told to end."""
    plan = Plan(folder)
    db = Deadly(url, plan)
    runtime = Runtime("sample", settings=None, kernel=KernelSettings(), db=db)
    engine = Sagas(runtime, [_armed(saga, plan) for saga in SAGAS.values()], QUICK)
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    await engine.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await told.wait()
    await engine.stop()
    await db.close()


def main(arguments: Sequence[str]) -> None:
    """Begin; arguments: the address of the database, and the folder."""
    asyncio.run(_run(arguments[0], Path(arguments[1])))


if __name__ == "__main__":
    main(sys.argv[1:])
