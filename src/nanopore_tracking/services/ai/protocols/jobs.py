"""Lets the model of meanings say what passages mean that were uploaded since, or that another model spoke of."""

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.ai.meanings import commands as meanings
from nanopore_tracking.services.ai.meanings.model import NAME
from nanopore_tracking.services.ai.protocols import store
from nanopore_tracking.services.ai.protocols.model import JOB

#: Passages of one transaction; a second of work.
_AT_ONCE = 32


async def understand(runtime: Runtime) -> None:
    """Go on until all are understood; nothing is done where there is no model, or it is off."""
    while not runtime.stopping:
        waiting = [] if runtime.settings.meanings == "off" else await store.without_vector(runtime.db, NAME, _AT_ONCE)
        vectors = await meanings.vectors(runtime.settings, [text for _, text in waiting]) if waiting else None
        if vectors is None:
            return
        told = {passage_id: vector for (passage_id, _), vector in zip(waiting, vectors, strict=True)}
        async with runtime.db.transaction(runtime.call()) as tx:
            await store.keep_vectors(tx, NAME, told)


JOBS = [Job(name=JOB, interval_s=60.0, run=understand)]
