"""The inside of the sandbox: gives up what it does not need, then runs one function on bytes from outside.

Run as a program by `sandbox`. Arguments: `module:function`, bytes of memory, seconds of processor time. Standard input:
the length of the options as four bytes, the options, the content. The function gets both and yields messages, which go
to standard output with their length in front.
"""

import contextlib
import ctypes
import importlib
import os
import resource
import struct
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_SIGKILL = 9
_CLONE_NEWUSER = 0x1000_0000
_CLONE_NEWNET = 0x4000_0000
_OPEN_FILES = 32
_LENGTH = struct.Struct(">I")


def give_up(memory_bytes: int, cpu_s: int) -> None:
    """Limit this process for good: memory, time, files, network, children, privileges. Its parent's end is its own."""
    os.nice(5)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        # Where the system does not allow it, the operator's network policy has to do it.
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))


def main(argv: list[str]) -> None:
    """Run the named function and write what it yields."""
    target, memory_bytes, cpu_s = argv
    module, _, name = target.partition(":")
    function = getattr(importlib.import_module(module), name)
    give_up(int(memory_bytes), int(cpu_s))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    (length,) = _LENGTH.unpack(source.read(_LENGTH.size))
    options = source.read(length)
    content = source.read()
    with contextlib.suppress(BrokenPipeError):
        for message in function(content, options):
            sink.write(_LENGTH.pack(len(message)))
            sink.write(message)
            sink.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
