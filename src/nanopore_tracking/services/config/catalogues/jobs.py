"""What happens at each start: every catalogue has a first version."""

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.services.config.catalogues import commands, model, store


async def first_versions(runtime: Runtime) -> None:
    """Publish the catalogues that a new database starts with."""
    async with runtime.db.transaction(runtime.call()) as tx:
        for name in model.ENTRIES:
            effective_from, entries = store.seed(name)
            # On a machine whose clock is behind they count from its today, so that there is no day without them.
            first_day = min(effective_from, tx.call.at.date())
            await commands.publish_first(tx, name, effective_from=first_day, entries=entries)
