"""Drives one saga from checkpoint to checkpoint: forward while its steps can be done, backward when one cannot."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog

from nanopore_tracking.kernel import deadletters, errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.sagas import events, store
from nanopore_tracking.kernel.sagas.plan import At, Local, Phase, Remote, Saga, Step, Wait
from nanopore_tracking.kernel.sagas.store import Lost, Place
from nanopore_tracking.kernel.telemetry import conventions, trace

_log = structlog.get_logger("sagas")


class Drive:
    """One saga whose lease is held here."""

    def __init__(self, runtime: Runtime, saga: Saga, place: Place, *, owner: str) -> None:
        self.place = place
        self._runtime = runtime
        self._db = runtime.db
        self._saga = saga
        self._owner = owner
        self._ends_at_s = time.monotonic() + place.left_s
        self._call = replace(
            Call.system(self._db.name),
            request_id=place.request_id,
            traceparent=place.traceparent,
            on_behalf_of=place.on_behalf_of,
        )
        self._outputs: dict[str, Any] = {}

    async def go_on(self, stopping: Callable[[], bool]) -> None:
        """Drive on until it ends, waits, is taken by another replica, or this one stops."""
        self._outputs = await store.outputs(self._db, self.place.id)
        while not stopping():
            self._call = replace(self._call, at=datetime.now(UTC))
            if not await self._next():
                return

    async def _next(self) -> bool:
        """Do what is next; returns whether there is more to do at once."""
        place = self.place
        if place.state == "compensating":
            return await self._attempt(self._saga.steps[place.step], "undo")
        if place.cancel_reason:
            return await self._turn_back(f"It was cancelled: {place.cancel_reason}")
        if self._left_s() <= 0:
            return await self._turn_back(f"It was not done within {self._saga.deadline_s:g} seconds.")
        step = self._saga.steps[place.step]
        return await (self._listen(step) if isinstance(step, Wait) else self._attempt(step, "do"))

    def _left_s(self) -> float:
        return self._ends_at_s - time.monotonic()

    async def _attempt(self, step: Step, phase: Phase) -> bool:
        limit_s = step.timeout_s if phase == "undo" else min(step.timeout_s, self._left_s())
        with conventions.stepping(self._db.name, f"{self._saga.type}.{step.name} {phase}", self.place.traceparent):
            try:
                if isinstance(step, Local):
                    self.place = await self._locally(step, phase, limit_s)
                else:
                    self.place = await self._remotely(step, phase, limit_s)
            except Lost:
                raise
            except Exception as failure:  # noqa: BLE001 (this is the edge of a step: whatever it is, it is kept and tried again)
                trace.failed(failure)
                if isinstance(failure, TimeoutError) and not str(failure):
                    failure = TimeoutError(f"It took longer than {limit_s:.3g} seconds.")
                return await self._failed(step, phase, failure)
        return self._is_open()

    async def _locally(self, step: Local, phase: Phase, limit_s: float) -> Place:
        """Do or undo a step, and keep that, in one transaction."""
        verb = step.do if phase == "do" else step.undo
        async with asyncio.timeout(limit_s), self._db.transaction(self._call) as tx:
            output = await verb(tx, self._at(step, phase)) if verb else None
            return await self._keep(tx, step, phase, output=output)

    async def _remotely(self, step: Step, phase: Phase, limit_s: float) -> Place:
        """Do or undo a step elsewhere, then keep that; it is done again where the second fails."""
        output = None
        if isinstance(step, Remote):
            verb = step.do if phase == "do" else step.undo
            async with asyncio.timeout(limit_s):
                output = await verb(self._runtime, self._at(step, phase)) if verb else None
        async with self._db.transaction(self._call) as tx:
            return await self._keep(tx, step, phase, output=output)

    async def _listen(self, step: Wait) -> bool:
        """Go on with what the saga was told, or wait for it; the saga is locked first, so that no signal is missed."""
        place, left_s = self.place, self.place.step_left_s
        wait_s = min(step.timeout_s if left_s is None else left_s, self._left_s())
        refused = ""
        async with self._db.transaction(self._call) as tx:
            await store.hold(tx, place)
            told = await store.heard(tx, place.id, step.signal)
            if told is not None:
                try:
                    output = step.accept(told[0]) if step.accept else told[0]
                    self.place = await self._keep(tx, step, "do", output=output)
                except errors.Problem as problem:
                    refused = problem.message
            elif wait_s > 0:
                waiting = replace(place, state="waiting")
                self.place = await store.move(
                    tx, place, waiting, saga=self._saga, delay_s=wait_s, step_left_s=wait_s, released=True
                )
                return False
        if told is None:
            refused = f"It was not told {step.signal} in time."
        return await self._turn_back(f"{step.name}: {refused}") if refused else self._is_open()

    def _at(self, step: Step, phase: Phase) -> At:
        place = self.place
        return At(
            saga_id=place.id,
            key=place.key,
            data=msgspec.json.decode(place.data, type=self._saga.data),
            outputs=dict(self._outputs),
            idempotency_key=f"{place.id}:{step.name}:{phase}",
            attempt=place.attempts + 1,
            cause=place.cause,
            call=self._call,
        )

    async def _keep(self, tx: Transaction, step: Step, phase: Phase, *, output: Any) -> Place:
        """Keep that a step was done or undone, and where the saga stands then."""
        place = self.place
        if phase == "do":
            after = place.step + 1
            is_last = after == len(self._saga.steps)
            now = replace(place, state="completed" if is_last else "running", step=after)
        else:
            after = self._saga.undoable(place.step - 1)
            is_last = after < 0
            now = replace(place, state="compensated" if is_last else "compensating", step=after)
        now = replace(now, attempts=0, error="" if phase == "do" else place.error, step_left_s=None)
        await store.keep_step(tx, place, step.name, phase=phase, output=output, owner=self._owner)
        moved = await store.move(tx, place, now, saga=self._saga, released=is_last)
        if is_last:
            kind = events.SagaCompleted if phase == "do" else events.SagaCompensated
            store.announce(tx, now, kind, step=step.name, reason=now.cause)
        if phase == "do":
            self._outputs[step.name] = msgspec.to_builtins(output)
        return moved

    async def _failed(self, step: Step, phase: Phase, failure: Exception) -> bool:
        """Try again after a pause, or turn back, or give up turning back."""
        said = failure.message if isinstance(failure, errors.Problem) else deadletters.described(failure)
        error = f"{step.name}: {said}"
        _log.warning("a step of a saga failed", **self._named(step), phase=phase, error=error)
        failures = self.place.attempts + 1
        if phase == "do" and (_refuses(failure) or failures >= step.attempts):
            return await self._turn_back(error)
        if phase == "undo" and failures >= step.undo_attempts:
            return await self._give_up(step, error)
        # Many that failed for the same reason do not come back all at once.
        delay_s = step.pause_s(failures) * random.uniform(0.5, 1.0)  # noqa: S311 (not a secret)
        now = replace(self.place, attempts=failures, error=error)
        self.place = await store.move(self._db, self.place, now, saga=self._saga, delay_s=delay_s, released=True)
        return False

    async def _turn_back(self, cause: str) -> bool:
        """Begin to undo: from the step at hand where it may have had its effect, else from the one before."""
        place = self.place
        step = self._saga.steps[place.step]
        after = self._saga.undoable(place.step if isinstance(step, Remote) else place.step - 1)
        state = "compensating" if after >= 0 else "compensated"
        now = replace(
            place, state=state, step=after, attempts=0, error=place.error or cause, cause=cause, step_left_s=None
        )
        _log.warning("a saga is undone", **self._named(step), cause=cause)
        async with self._db.transaction(self._call) as tx:
            moved = await store.move(tx, place, now, saga=self._saga, released=after < 0)
            begun = replace(now, state="compensating")
            store.announce(tx, begun, events.SagaCompensationStarted, step=step.name, reason=cause)
            if after < 0:
                store.announce(tx, now, events.SagaCompensated, step=step.name, reason=cause)
        self.place = moved
        return self._is_open()

    async def _give_up(self, step: Step, error: str) -> bool:
        place = self.place
        now = replace(place, state="stuck", attempts=place.attempts + 1, error=error)
        async with self._db.transaction(self._call) as tx:
            self.place = await store.move(tx, place, now, saga=self._saga, released=True)
            store.announce(tx, now, events.SagaStuck, step=step.name, reason=error)
        _log.error("a saga is stuck and waits for a person", **self._named(step), error=error)
        return False

    def _is_open(self) -> bool:
        return self.place.state in ("running", "compensating")

    def _named(self, step: Step) -> dict[str, Any]:
        return {"service": self._db.name, "saga": self._saga.type, "saga_id": str(self.place.id), "step": step.name}


def _refuses(failure: Exception) -> bool:
    """Return whether trying again is of no use: what was asked for is not allowed, whoever asks and whenever."""
    return isinstance(failure, errors.Problem) and not isinstance(failure, errors.Unavailable)
