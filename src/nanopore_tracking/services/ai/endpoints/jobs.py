"""Tells how much of the month's budget for language models is used, on every replica."""

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.ai.endpoints import commands


async def tell_budget(runtime: Runtime) -> None:
    """Tell it once."""
    await commands.tell_budget(runtime.db, commands.endpoint_of(runtime.settings))


JOBS = [Job(name="language-model-budget", interval_s=60.0, run=tell_budget, everywhere=True)]
