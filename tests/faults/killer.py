"""Decides from a seed who is killed when, and kills: no signal that could be answered, no warning."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import psutil
import structlog

from tests.faults.site import Site

_log = structlog.get_logger("killer")

#: The first four of each eight kills hit what events pass through; everything at once comes once a minute.
_FIRST = ("sample", "audit", "nats", "postgres")
_THEN = ("sample", "audit", "backend", "config")
ALL = "everything"
_ALL_EVERY_S = 60
_EVERY_S = 2.4
#: So long it is waited for a service that nobody could use now; a busy machine starts processes slowly.
_SEEN_WITHIN_S = 120.0


@dataclass(frozen=True)
class Kill:
    """One kill: so many seconds after the start, what."""

    at_s: float
    kind: str


def plan(seed: int, seconds: float, *, most: int | None = None) -> list[Kill]:
    """Return the kills of a run in their order, the same ones for the same seed."""
    choice = random.Random(f"kills {seed}")
    many = most or round(seconds / _EVERY_S)
    kinds: list[str] = []
    while len(kinds) < many:
        kinds += [*choice.sample(_FIRST, len(_FIRST)), *choice.sample(_THEN, len(_THEN))]
    kinds = kinds[:many]
    for place in choice.sample(range(many), round(seconds / _ALL_EVERY_S)):
        kinds[place] = ALL
    span = seconds / many
    return [Kill((number + choice.uniform(0.05, 0.95)) * span, kind) for number, kind in enumerate(kinds)]


class Killer:
    """Kills on a running site. done: how many by kind."""

    def __init__(self, site: Site, choice: random.Random) -> None:
        self._site = site
        self._choice = choice
        self.done: Counter[str] = Counter()

    async def work(self, kills: list[Kill]) -> None:
        """Carry out the kills, each at its time or as soon after it as its victim lives."""
        began = time.monotonic()
        for kill in kills:
            await asyncio.sleep(max(0, began + kill.at_s - time.monotonic()))
            for victim in self._victims(kill.kind):
                await self._kill(victim)
            self.done[kill.kind] += 1
            _log.warning("killed", kind=kill.kind, after_s=round(time.monotonic() - began, 1))

    def _victims(self, kind: str) -> list[Callable[[], psutil.Process | None]]:
        engines = {"postgres": self._postgres, "nats": self._nats, "backend": self._backend}
        if kind in engines:
            return [engines[kind]]
        if kind != ALL:
            return [lambda: self._service(kind)]
        return [self._postgres, self._nats, *(self._one(number) for number in range(len(self._site.replicas)))]

    async def _kill(self, victim: Callable[[], psutil.Process | None]) -> None:
        until = time.monotonic() + _SEEN_WITHIN_S
        while time.monotonic() < until:
            found = victim()
            if found is not None:
                try:
                    found.kill()
                except psutil.NoSuchProcess:
                    continue
                return
            await asyncio.sleep(0.02)
        raise AssertionError("what was to be killed did not come up again in time")

    def _postgres(self) -> psutil.Process | None:
        engine = self._site.engines.postgres
        return psutil.Process(engine.process.pid) if engine.process is not None and engine.running else None

    def _nats(self) -> psutil.Process | None:
        engine = self._site.engines.nats
        return psutil.Process(engine.process.pid) if engine.process is not None and engine.running else None

    def _backend(self) -> psutil.Process | None:
        """Return a process of PostgreSQL that works for a service."""
        postmaster = self._postgres()
        if postmaster is None:
            return None
        try:
            found = [child for child in postmaster.children() if "nanopore_" in " ".join(child.cmdline())]
        except psutil.NoSuchProcess:
            return None
        return self._choice.choice(found) if found else None

    def _service(self, service: str) -> psutil.Process | None:
        """Return any replica, even one that is just starting, as long as one is ready."""
        replicas = self._site.of(service)
        found = [replica.process for replica in replicas if replica.running]
        chosen = self._choice.choice(found) if any(replica.ready for replica in replicas) and found else None
        return psutil.Process(chosen.pid) if chosen is not None else None

    def _one(self, number: int) -> Callable[[], psutil.Process | None]:
        def find() -> psutil.Process | None:
            replica = self._site.replicas[number]
            return psutil.Process(replica.process.pid) if replica.process is not None and replica.running else None

        return find
