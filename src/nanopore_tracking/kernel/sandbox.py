"""Runs a function on bytes that nobody trusts, in a child process with little memory, little time and no network."""

import asyncio
import contextlib
import os
import signal
import struct
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal

Cause = Literal["time", "output", "crash"]

_LENGTH = struct.Struct(">I")
#: How the child is started; it runs the main function of `sandboxed`.
MODULE: tuple[str, ...] = ("-m", "nanopore_tracking.kernel.sandboxed")

#: Of the children that requests wait for there is one at a time in a process, as there is one that reads: a few files
#: that were made to do harm cannot fill the memory of the service together.
_turn = asyncio.Semaphore(1)
_SAID_BYTES = 4000
_PIPE_BYTES = 1 << 18


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the child may use; output_bytes: of all messages together."""

    memory_bytes: int = 512 << 20
    cpu_s: int = 20
    wall_s: float = 60.0
    output_bytes: int = 128 << 20


class Stopped(Exception):
    """The child did not come to its end: too slow, too much output, or it crashed, as it does without memory.

    said: the last words of its standard error, for the log.
    """

    def __init__(self, cause: Cause, said: str = "") -> None:
        super().__init__(f"the sandbox ended: {cause}")
        self.cause = cause
        self.said = said


async def run(target: str, content: bytes, *, options: bytes = b"", limits: Limits) -> AsyncGenerator[bytes, None]:
    """Yield the messages that a function yields on the content; Stopped when it does not come to its end.

    target: `module:function`; the function takes content and options and yields bytes. Closing the iterator ends the
    child, as every other way out does.
    """
    # -I: nothing from the environment or the current folder; -B: no half-written bytecode.
    command = (sys.executable, "-I", "-B", "-X", "utf8", *MODULE, target)
    child = await asyncio.create_subprocess_exec(
        *command,
        str(limits.memory_bytes),
        str(limits.cpu_s),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={},
        cwd="/",
        start_new_session=True,
        limit=_PIPE_BYTES,
    )
    feeding = asyncio.ensure_future(_feed(child, content, options))
    listening = asyncio.ensure_future(_last_words(child))
    try:
        deadline_s = asyncio.get_running_loop().time() + limits.wall_s
        left_bytes = limits.output_bytes
        while (message := await _message(child, left_bytes, deadline_s)) is not None:
            left_bytes -= len(message)
            yield message
        async with asyncio.timeout_at(deadline_s):
            code, said = await child.wait(), await listening
        if code != 0:
            raise Stopped("crash", f"exit {code}; {said}")
    except TimeoutError:
        raise Stopped("time") from None
    finally:
        _kill(child)
        for task in (feeding, listening):
            task.cancel()
        await asyncio.gather(feeding, listening, return_exceptions=True)
        await child.wait()


async def answer(target: str, content: bytes, *, options: bytes, limits: Limits) -> list[bytes]:
    """Return what a function tells of the content while a request waits, one after the other; Stopped as for run."""
    async with _turn, contextlib.aclosing(run(target, content, options=options, limits=limits)) as messages:
        return [message async for message in messages]


async def _message(child: asyncio.subprocess.Process, left_bytes: int, deadline_s: float) -> bytes | None:
    """Return the next message, None at the end of the output."""
    assert child.stdout is not None
    try:
        async with asyncio.timeout_at(deadline_s):
            (length,) = _LENGTH.unpack(await child.stdout.readexactly(_LENGTH.size))
            if length > left_bytes:
                raise Stopped("output")
            return await child.stdout.readexactly(length)
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise Stopped("crash") from None
        return None


async def _feed(child: asyncio.subprocess.Process, content: bytes, options: bytes) -> None:
    assert child.stdin is not None
    # A child that is gone says so by its exit code.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        child.stdin.write(_LENGTH.pack(len(options)) + options)
        child.stdin.write(content)
        await child.stdin.drain()
        child.stdin.close()


async def _last_words(child: asyncio.subprocess.Process) -> str:
    assert child.stderr is not None
    said = b""
    while part := await child.stderr.read(_SAID_BYTES):
        said = (said + part)[-_SAID_BYTES:]
    return said.decode("utf-8", "replace").strip()


def _kill(child: asyncio.subprocess.Process) -> None:
    """End the child and all that it may have started; it leads a session of its own."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
