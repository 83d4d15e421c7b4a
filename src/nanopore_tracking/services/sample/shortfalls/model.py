"""Which samples are short when the runs are over, and how that is told."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from nanopore_tracking.services.sample.reports.model import aim
from nanopore_tracking.services.sample.yields import model as yields
from nanopore_tracking.services.sample.yields.model import Given

#: So many samples are named in a mail.
_NAMED = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A sample that a run has reads of. awaits_run: another run of it is planned or not over."""

    id: UUID
    name: str
    submission_id: UUID
    target: str
    genome_size: str
    awaits_run: bool


def is_short(asked: Asked, given: Given) -> bool:
    """Tell whether a top-up is proposed of a sample of which nothing more comes by itself."""
    stands = yields.judged(given, aim(asked.target, asked.genome_size))
    return not asked.awaits_run and stands["state"] == "top_up_proposed"


def told(short: Sequence[Asked]) -> dict[str, Any]:
    """Return what a mail says of short samples of one submission."""
    names = [each.name for each in short[:_NAMED]]
    more = f" and {len(short) - _NAMED} more" if len(short) > _NAMED else ""
    return {"short_count": len(short), "samples": ", ".join(names) + more, "target": short[0].target}


def occasion(run_id: UUID, submission_id: UUID) -> UUID:
    """Return the id of what a mail is about, so that a run that is read again makes no second one (RFC 9562 5.5)."""
    return uuid.uuid5(run_id, str(submission_id))
