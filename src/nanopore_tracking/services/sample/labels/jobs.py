"""Sends queued labels to their printers; each is claimed first, so that no two processes send the same one."""

import asyncio
import contextlib
import socket
from datetime import UTC, datetime

from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.sample.labels import commands, model, store

#: Labels that are sent in one run, so that others may lead in between.
_AT_ONCE = 500


async def send_labels(runtime: Runtime) -> None:
    """Send what is due, one label after the other."""
    name = runtime.name
    async with runtime.db.transaction(Call.system(name)) as tx:
        await store.give_up_stuck(tx, datetime.now(UTC) - model.STUCK)
    for _ in range(_AT_ONCE):
        async with runtime.db.transaction(Call.system(name)) as tx:
            job = await store.claim(tx)
        if job is None:
            return
        failure = await deliver(job.host, job.port, job.content)
        async with runtime.db.transaction(Call.system(name)) as tx:
            await commands.settle(tx, job, failure)


async def deliver(host: str, port: int, content: str) -> str:
    """Send a label to a printer; return why that failed, blank where the printer took all of it."""
    try:
        async with asyncio.timeout(model.PATIENCE_S):
            address = await _address(host, port)
            if not model.own_network(address):
                return f"{host} is {address}, which is in no network of the facility; printers are in private ones."
            reader, writer = await asyncio.open_connection(address, port)
            try:
                writer.write(content.encode())
                await writer.drain()
                writer.write_eof()
                await _closed(reader)
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except TimeoutError:
        return f"The printer at {host}:{port} did not take the label within {model.PATIENCE_S:g} seconds."
    except OSError as failure:
        return f"The printer at {host}:{port} cannot be reached: {failure.strerror or failure}."
    return ""


async def _closed(reader: asyncio.StreamReader) -> None:
    """Wait a moment for the printer to close; many never do, and that says nothing."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            await reader.read(1)


async def _address(host: str, port: int) -> str:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return str(found[0][4][0])


JOBS = [Job(name="label-printing", interval_s=2.0, run=send_labels)]
