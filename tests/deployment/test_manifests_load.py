"""The load test is a Job that ends, and counts what is refused without adding to the load."""

import asyncio
import contextlib
import json
import sys

from tests.deployment.rendering import DEPLOYMENT, named, render_folder, workload


def test_the_job_is_bounded_and_runs_the_generator() -> None:
    things = render_folder(DEPLOYMENT / "testing")
    job, container = named(things, "Job", "load-test")["spec"], workload(things, "load-test").pod["containers"][0]

    assert "load.py" in named(things, "ConfigMap", "load-test")["data"]
    assert container["command"] == ["python", "/etc/load-test/load.py"]
    assert any(word.startswith("--seconds=") for word in container["args"])
    assert job["activeDeadlineSeconds"] <= 900
    assert job["backoffLimit"] == 0


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError):
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")
    writer.close()


async def test_who_is_refused_waits_before_asking_again() -> None:
    async with await asyncio.start_server(_refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        program = DEPLOYMENT / "testing" / "load.py"
        words = (f"http://127.0.0.1:{port}/", "--seconds=1", "--connections=2")
        asking = await asyncio.create_subprocess_exec(sys.executable, program, *words, stdout=asyncio.subprocess.PIPE)
        said, _ = await asking.communicate()

    found = json.loads(said.splitlines()[0])
    assert asking.returncode == 2
    assert found["failed"] == {"status 503": found["requests"]}
    # A fifth of a second each.
    assert found["requests"] <= 2 * 6
