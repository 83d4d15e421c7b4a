"""Passwords: argon2id hashes, a few at once in threads, so that signing in does not fill the memory."""

import asyncio
import contextlib
import unicodedata
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from nanopore_tracking.kernel import errors

#: What nobody may go below (OWASP): 19 MiB and two passes.
LEAST_MEMORY_KIB = 19_456
LEAST_PASSES = 2
#: Hashes at once: each needs its memory whole.
AT_ONCE = 4
#: Callers that may wait for their turn; more are turned away at once.
WAITING = 200


class Passwords:
    """Hashes and checks passwords with one set of costs."""

    def __init__(self, memory_kib: int, passes: int) -> None:
        """memory_kib, passes: the costs of one hash; ValueError below the least ones."""
        if memory_kib < LEAST_MEMORY_KIB or passes < LEAST_PASSES:
            raise ValueError(f"a password hash needs at least {LEAST_MEMORY_KIB} KiB and {LEAST_PASSES} passes")
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        # Compared with when there is no such account, so that the answer takes as long as for a wrong password.
        self._nobody = self._hasher.hash("the password of nobody")

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one of the few places in which a password is checked; TooMany when the queue is full.

        What is looked up, checked and recorded for one attempt happens inside, so that attempts sent at the same time
        cannot outrun what is recorded of them.
        """
        if self._waiting >= WAITING:
            message = "Too many people sign in at this moment. Nothing was changed; try again."
            raise errors.TooMany(message, retry_after_s=2)
        self._waiting += 1
        try:
            async with self._turns:
                yield
        finally:
            self._waiting -= 1

    async def hash(self, password: str) -> str:
        """Return the hash to be kept."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, _plain(password))

    async def matches(self, kept: str | None, password: str) -> bool:
        """Tell whether it is the password of a kept hash; False, after the same time, when there is none."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, self._verify, kept or self._nobody, _plain(password))
        return found and kept is not None

    def outdated(self, kept: str) -> bool:
        """Tell whether a hash was made with other costs and should be made again while the password is at hand."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, password: bytes) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


def _plain(password: str) -> bytes:
    """Return the bytes of a password: the same ones however a keyboard composes its accents."""
    return unicodedata.normalize("NFC", password).encode()
