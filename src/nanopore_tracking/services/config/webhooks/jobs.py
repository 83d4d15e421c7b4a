"""Sends what waits for endpoints: to each one in order, to many at once; what has waited too long is tidied up."""

import asyncio
from datetime import UTC, datetime

from nanopore_tracking.kernel import outward
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.sealing import Broken
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.config.settings import Settings
from nanopore_tracking.services.config.webhooks import commands, model, store
from nanopore_tracking.services.config.webhooks.model import Head, Outcome

_AT_ONCE = 20
_LOOK_S = 0.2


async def send_waiting(runtime: Runtime) -> None:
    """Send until nothing is due; a slow endpoint keeps no other waiting, and other replicas pass it by."""
    under_way: set[asyncio.Task[None]] = set()
    try:
        while not runtime.stopping:
            head = None
            if len(under_way) < _AT_ONCE:
                head = await store.claim(runtime.db, datetime.now(UTC))
            if head is not None:
                under_way.add(asyncio.create_task(_send(runtime, head)))
            elif under_way:
                done, under_way = await asyncio.wait(under_way, timeout=_LOOK_S, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            else:
                return
    finally:
        if under_way:
            await asyncio.gather(*under_way, return_exceptions=True)


async def _send(runtime: Runtime, head: Head) -> None:
    settings: Settings = runtime.settings
    outcome = await _attempt(settings, head)
    async with runtime.db.transaction(runtime.call()) as tx:
        await commands.record(
            tx,
            head,
            outcome,
            first_delay_s=settings.webhook_first_delay_s,
            most_failures=settings.webhook_failures,
        )


async def _attempt(settings: Settings, head: Head) -> Outcome:
    started = datetime.now(UTC)
    try:
        secret = settings.webhook_sealer().open(head.secret_sealed, str(head.webhook_id)).decode()
        answered = await outward.post(
            head.url,
            head.body.encode(),
            model.headers(head, secret, started),
            local=outward.Local.of(settings.webhook_local_hosts),
            within_s=settings.webhook_timeout_s,
        )
    except Broken:
        error = "Its secret was sealed with another signing key; make a new one."
    except (outward.Refused, outward.NoAnswer) as failure:
        error = str(failure)
    else:
        return model.judged(answered.status, answered.duration_ms, answered.body)
    passed_ms = round((datetime.now(UTC) - started).total_seconds() * 1000)
    return Outcome(status=None, duration_ms=max(0, passed_ms), error=error or "No answer came.")


async def tidy(runtime: Runtime) -> None:
    """Switch off what has been paused for too long, and forget what ended long ago."""
    async with runtime.db.transaction(runtime.call()) as tx:
        await commands.tidy(tx)


JOBS = [
    Job(name=model.JOB, interval_s=1.0, run=send_waiting, everywhere=True),
    Job(name="tidy-webhooks", interval_s=3600.0, run=tidy),
]
