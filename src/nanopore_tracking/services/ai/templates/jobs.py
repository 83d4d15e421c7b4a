"""What happens at each start: the templates that are shipped are known."""

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.services.ai.templates import commands, model, store


async def ship(runtime: Runtime) -> None:
    """Let shipped templates be known, where they are new."""
    async with runtime.db.transaction(runtime.call()) as tx:
        for template in model.shipped():
            await commands.ship(tx, template.name, store.content_of(template))
