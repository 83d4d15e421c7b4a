"""How a token looks, what a link may show, and how the state of the work is said in plain words."""

import hashlib
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.status_links import StatusSample
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors

#: Samples that a page shows; a link shows no pages of its own.
MOST_SAMPLES = 200
#: Links of one submission that are accepted at the same time.
MOST_LINKS = 20
#: How often unknown tokens are looked up in a second, and how many at once.
MISSES_PER_S = 10.0
MISSES_AT_ONCE = 50
#: How often one link is opened in a minute.
USES_PER_MINUTE = 120

_FORM = re.compile(r"[A-Za-z0-9_-]{43}")

#: Each stage as the customer knows it: what happens, and the step out of seven.
_STAGES: Mapping[str, tuple[int, str]] = {
    "expected": (0, "We wait for the tube."),
    "received": (1, "The tube has arrived."),
    "sample_qc": (2, "We check quality and amount."),
    "library_prep": (3, "The library is being prepared."),
    "library_qc": (3, "The library is being checked."),
    "sequencing_setup": (4, "It waits for its place on a flow cell."),
    "sequencing_run": (4, "It is being sequenced."),
    "basecalling": (5, "The signals are turned into sequences."),
    "quality_assessment": (5, "We check the quality of the data."),
    "data_delivery": (6, "The data are being handed over."),
    "delivered": (7, "The data are delivered."),
    "archived": (7, "It is finished."),
}
STEPS = 7
_EXITS = {
    "never_arrived": "The tube never arrived.",
    "damaged": "The tube arrived damaged. We will contact you.",
    "failed": "It could not be sequenced. We will contact you.",
    "cancelled": "It was cancelled.",
}
_SUBMISSIONS = {
    "reading": "We read your sample sheet.",
    "draft": "It is not handed in yet.",
    "under_review": "We look at what you sent.",
    "rejected": "We could not accept it.",
    "cancelled": "It was cancelled.",
}


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link as it is stored."""

    id: UUID
    submission_id: UUID
    submission_code: str
    lab_id: UUID
    label: str
    expires_at: datetime
    revoked_at: datetime | None
    version: int

    def is_accepted(self, at: datetime) -> bool:
        """Tell whether it is neither revoked nor over."""
        return self.revoked_at is None and at < self.expires_at


def new_token() -> str:
    """Return a fresh token of 256 bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """Return what is kept of a token; what has not the form of one has the hash of none."""
    return hashlib.sha256(token.encode() if _FORM.fullmatch(token) else b"no token").digest()


def path(token: str) -> str:
    """Return the path of the page."""
    return f"/status/{token}"


def missing() -> errors.NotFound:
    """Return the one answer for what is unknown, revoked, over or no token at all."""
    return errors.NotFound("This link does not show anything, or not any more. Ask the facility for a new one.")


def said_of(sample: Mapping[str, Any]) -> StatusSample:
    """Return the state of a sample in plain words; the facility's own reasons are not in them."""
    step, said = _STAGES[sample["stage"]]
    if sample["exit"]:
        said = _EXITS[sample["exit"]]
    elif sample["status"] == "on_hold":
        said = f"It is on hold. {said}"
    return StatusSample(
        code=sample["code"],
        name=sample["name"],
        step=step,
        step_count=STEPS,
        said=said,
        stopped=bool(sample["exit"]) or sample["status"] == "on_hold",
    )


def said_of_all(status: str, samples: Sequence[StatusSample]) -> str:
    """Return the state of the whole in one sentence."""
    if status in _SUBMISSIONS:
        return _SUBMISSIONS[status]
    done = sum(sample.step == STEPS for sample in samples)
    if samples and done == len(samples):
        return "All data are delivered."
    if done:
        return f"The data of {done} of {counted(len(samples), 'sample')} are delivered."
    if all(sample.step == 0 for sample in samples):
        return "It is accepted. We wait for your tubes."
    return "We work on it."


class Misses:
    """Bounds how often tokens that lead nowhere are looked up, whoever sends them; tokens that are known pass."""

    def __init__(self) -> None:
        self._left = float(MISSES_AT_ONCE)
        self._at_s = time.monotonic()

    def count(self) -> None:
        """Count one; TooMany when there were too many just now."""
        now_s = time.monotonic()
        self._left = min(MISSES_AT_ONCE, self._left + (now_s - self._at_s) * MISSES_PER_S)
        self._at_s = now_s
        if self._left < 1:
            raise errors.TooMany("Too many links that lead nowhere were tried. Try again in a moment.", retry_after_s=5)
        self._left -= 1
