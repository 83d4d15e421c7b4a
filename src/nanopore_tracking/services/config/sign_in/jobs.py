"""What is forgotten by the clock: failed attempts and sessions of long ago."""

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.config.sign_in import commands


async def forget_old(runtime: Runtime) -> None:
    """Remove what nobody needs to remember."""
    async with runtime.db.transaction(runtime.call()) as tx:
        await commands.forget_old(tx)


JOBS = [Job(name="forget-old-sign-ins", interval_s=3600.0, run=forget_old)]
