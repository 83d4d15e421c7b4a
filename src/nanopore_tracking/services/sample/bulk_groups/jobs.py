"""Works on bulk jobs, group by group; every replica takes what no other one works on."""

from uuid import UUID

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.sample.bulk import model, store
from nanopore_tracking.services.sample.bulk_groups import commands


async def work(runtime: Runtime) -> None:
    """Do groups until there is none left, or the process ends; a group is done in one transaction or not at all."""
    while not runtime.stopping and await _one(runtime):
        pass


async def _one(runtime: Runtime) -> bool:
    """Do one group; False where there is none."""
    taken: tuple[UUID, int] | None = None
    try:
        async with runtime.db.transaction(runtime.call()) as tx:
            taken = await store.take_group(tx)
            if taken is None:
                return False
            job = await store.find_job(tx, taken[0])
            tx.call = _call(job)
            await commands.run_group(tx, job, taken[1])
    except errors.Unavailable:
        raise
    except Exception:
        runtime.log.exception("a group of a bulk job failed and is given up", group=str(taken))
        if taken is None:
            raise
        await _give_up(runtime, *taken)
    return True


async def _give_up(runtime: Runtime, job_id: UUID, number: int) -> None:
    job = await store.find_job(runtime.db, job_id)
    async with runtime.db.transaction(_call(job)) as tx:
        if await store.hold_group(tx, job_id, number):
            await commands.give_up(tx, job, number)


def _call(job: model.Job) -> Call:
    """Return the call in which a job acts: for whoever asked for it, under its own request id."""
    return Call(actor=job.actor, request_id=job.request_id, tenants=None if job.labs is None else frozenset(job.labs))


JOBS = [Job(name=model.JOB, interval_s=5.0, run=work, everywhere=True)]
