"""Becomes another account, ties its life to its parent's, and then becomes the engine; run as a script of its own.

A script and not a hook between fork and exec, because the parent has threads by the time an engine is started again.
Arguments: the parent's process id, user id, group id ("-" for both: stay who you are), the signal to be sent when the
parent dies, and the engine's command line.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> None:
    """Replace this process by the engine."""
    parent, user, group, death_signal, *command = argv
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if user != "-":
        os.setgroups([])
        os.setgid(int(group))
        os.setuid(int(user))
    os.umask(0o077)
    if libc is not None:
        libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != int(parent):
        return
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
