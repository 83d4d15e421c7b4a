"""The sandbox gives back what its function yields, and contains every function that misbehaves."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from nanopore_tracking.kernel import sandbox
from nanopore_tracking.kernel.sandbox import Limits, Stopped

CASES = "sandboxed_cases"
LIMITS = Limits(memory_bytes=256 << 20, cpu_s=2, wall_s=10.0, output_bytes=8 << 20)


@pytest.fixture(autouse=True)
def _cases_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child does not look at the environment or the folder, so the cases are put in front of its path."""
    folder = str(Path(__file__).parent)
    monkeypatch.setattr(sandbox, "MODULE", ("-c", f"import sys; sys.path.insert(0, {folder!r}); {_MAIN}"))


_MAIN = "from nanopore_tracking.kernel import sandboxed; sandboxed.main(sys.argv[1:])"


async def _messages(name: str, content: bytes = b"", *, options: bytes = b"", limits: Limits = LIMITS) -> list[bytes]:
    return [message async for message in sandbox.run(f"{CASES}:{name}", content, options=options, limits=limits)]


async def test_what_the_function_yields_comes_out() -> None:
    content = os.urandom(3 << 20)

    assert await _messages("echo", content, options=b"options") == [b"options", content]


@pytest.mark.parametrize(("name", "cause"), [("too_much_memory", "crash"), ("forever", "crash"), ("flood", "output")])
async def test_a_function_that_takes_too_much_is_stopped(name: str, cause: str) -> None:
    with pytest.raises(Stopped) as stopped:
        await _messages(name)

    assert stopped.value.cause == cause


async def test_a_function_that_takes_too_long_is_stopped() -> None:
    async with asyncio.timeout(60):
        with pytest.raises(Stopped) as stopped:
            await _messages("forever", limits=Limits(wall_s=0.7))

    assert stopped.value.cause == "time"


async def test_children_that_requests_wait_for_follow_one_another() -> None:
    began_s = time.monotonic()
    limits = Limits(wall_s=0.5)

    asked = [sandbox.answer(f"{CASES}:forever", b"", options=b"", limits=limits) for _ in range(2)]
    ends = await asyncio.gather(*asked, return_exceptions=True)

    assert [type(end) for end in ends] == [Stopped, Stopped]
    assert time.monotonic() - began_s >= 2 * limits.wall_s


async def test_nothing_of_the_outside_is_seen_inside() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        (said,) = await _messages("surroundings", options=str(port).encode())

    environment, rest = said.decode().split("] [")
    assert environment in ("[", "['LC_CTYPE'")
    # Standard input, output, error, and the folder that is being listed.
    assert rest.startswith("'0', '1', '2', '3'] / nothing")


async def test_leaving_early_ends_the_child() -> None:
    async with asyncio.timeout(60):
        running = sandbox.run(f"{CASES}:forever", b"", limits=LIMITS)
        assert await anext(running) == b"begun"
        await running.aclose()
