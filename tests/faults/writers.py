"""Writers at the bench: they register samples and change their own and each other's, until they are told to stop."""

import random
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.faults.api import Api, Unanswered
from tests.faults.ledger import Kind, Ledger, Line

_PRIORITIES = ("low", "normal", "high")
_SHARES: dict[Kind, int] = {"create": 25, "change": 35, "custody": 20, "measure": 20}


@dataclass
class Bench:
    """What the writers share. samples: of all that was acknowledged; silence_s: the longest time without an answer."""

    api: Api
    ledger: Ledger
    project_id: str
    seed: int
    samples: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    stopping: bool = False
    silence_s: float = 0.0
    _heard: float = field(default_factory=time.monotonic)

    def heard(self) -> None:
        """Take note that something was acknowledged now."""
        now = time.monotonic()
        self.silence_s, self._heard = max(self.silence_s, now - self._heard), now


class Writer:
    """One of several; each changes what the laboratory says of its own samples only, so that the last word is its."""

    def __init__(self, bench: Bench, number: int) -> None:
        self._bench = bench
        self._number = number
        self._choice = random.Random(f"writer {bench.seed} {number}")
        self._own: list[str] = []
        self._keys = 0

    async def work(self) -> None:
        """Write until the bench is stopping; what was begun is brought to its end."""
        while not self._bench.stopping:
            kind = self._choice.choices(list(_SHARES), list(_SHARES.values()))[0] if self._own else "create"
            try:
                await self._do(kind)
            except Unanswered as failure:
                self._bench.strange.append(f"nobody answered within two minutes: {failure}")

    async def _do(self, kind: Kind) -> None:
        if kind == "create":
            await self._create()
        elif kind == "change":
            await self._change(self._choice.choice(self._own))
        else:
            await self._add(kind, self._choice.choice(self._bench.samples))

    async def _create(self) -> None:
        key = self._key()
        said = {"project_id": self._bench.project_id, "name": key, "volume_ul": self._volume_ul()}
        answer = await self._write(Line(outcome="asked", key=key, kind="create", said=said), "/api/samples")
        if answer is not None:
            self._own.append(answer["id"])
            self._bench.samples.append(answer["id"])

    async def _change(self, sample_id: str) -> None:
        path = f"/api/samples/{sample_id}"
        seen = await self._bench.api.ask("sample", "GET", path)
        if not seen.is_success:
            self._bench.strange.append(f"GET {path} was answered {seen.status_code}: {seen.text}")
            self._own.remove(sample_id)
            return
        key = self._key()
        said = {"priority": self._choice.choice(_PRIORITIES), "comment": key}
        line = Line(outcome="asked", key=key, kind="change", sample_id=sample_id, said=said)
        await self._write(line, path, method="PATCH", match=seen.headers["etag"])

    async def _add(self, kind: Kind, sample_id: str) -> None:
        key = self._key()
        if kind == "custody":
            place = f"cold room/freezer {self._choice.randrange(4)}/box {self._choice.randrange(40)}"
            said: dict[str, Any] = {"kind": "moved", "location": place, "note": key}
        else:
            said = {"quantity": "volume", "value": self._volume_ul(), "unit": "ul", "method": "pipette", "note": key}
        path = f"/api/samples/{sample_id}/{'custody' if kind == 'custody' else 'measurements'}"
        await self._write(Line(outcome="asked", key=key, kind=kind, sample_id=sample_id, said=said), path)

    async def _write(self, line: Line, path: str, *, method: str = "POST", match: str = "") -> dict[str, Any] | None:
        """Send a change until it is acknowledged or refused; None for a refused one."""
        bench = self._bench
        await bench.ledger.write(line)
        headers = {"Idempotency-Key": line.key} | ({"If-Match": match} if match else {})
        answer = await bench.api.ask("sample", method, path, headers=headers, json=line.said)
        if answer.is_success:
            found: dict[str, Any] = answer.json()
            await bench.ledger.write(
                Line(outcome="acknowledged", key=line.key, kind=line.kind, sample_id=line.sample_id, answer=found)
            )
            bench.heard()
            return found
        await bench.ledger.write(Line(outcome="refused", key=line.key, kind=line.kind, sample_id=line.sample_id))
        if not (match and answer.status_code == httpx.codes.PRECONDITION_FAILED):
            bench.strange.append(f"{method} {path} was refused with {answer.status_code}: {answer.text}")
        return None

    def _key(self) -> str:
        self._keys += 1
        return f"drill-{self._bench.seed}-{self._number}-{self._keys}"

    def _volume_ul(self) -> float:
        return round(self._choice.uniform(5, 95), 1)
