"""A reader of documents in a process of its own, as another replica of the ai service has one; to be killed."""

import asyncio
import os
import sys

from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.settings import KernelSettings, load
from nanopore_tracking.services.ai.readers.jobs import read_waiting
from nanopore_tracking.services.ai.service import SERVICE
from nanopore_tracking.services.ai.settings import Settings

_PAUSE_S = 0.2


async def _read() -> None:
    own = {name: os.environ[name] for name in ("AI_DB_URL", "NANOPORE_OBJECTS_URL")}
    (settings,) = load(Settings, environ=own)
    kernel = KernelSettings(db_pool_min=1, db_pool_max=3)
    db = Database("ai", os.environ["AI_DB_URL"], kernel)
    await db.open()
    runtime = Runtime(SERVICE.name, settings=settings, kernel=kernel, db=db)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        await read_waiting(runtime)
        await asyncio.sleep(_PAUSE_S)


if __name__ == "__main__":
    asyncio.run(_read())
