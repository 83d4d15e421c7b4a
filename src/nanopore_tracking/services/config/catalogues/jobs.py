"""What happens at each start: every catalogue has a first version, or the next shipped one."""

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.services.config.catalogues import commands, model, store


async def first_versions(runtime: Runtime) -> None:
    """Publish the catalogues that are shipped, where they are new."""
    async with runtime.db.transaction(runtime.call()) as tx:
        for name in model.ENTRIES:
            shipped_from, entries = store.seed(name)
            await commands.publish_shipped(tx, name, shipped_from=shipped_from, entries=entries)
