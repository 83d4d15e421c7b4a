"""When a run may end: MinKNOW's run-until criteria as they are suggested, and as a person confirmed them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked, LooseLine


class Criteria(Asked, frozen=True, kw_only=True):
    """MinKNOW's run-until criteria, by the names that it has for them; None for one that is not used.

    passed_basecalled_bases: in bases; available_pores: percent of those at the start; runtime: in seconds.
    """

    passed_basecalled_bases: Annotated[int, Meta(ge=1, le=10**15)] | None = None
    available_pores: Annotated[float, Meta(gt=0, le=100)] | None = None
    runtime: Annotated[int, Meta(ge=60, le=1_200_000)] | None = None


class NewStopCriteria(Asked, frozen=True, kw_only=True):
    """Confirm when a run shall end. Nothing is sent to MinKNOW: whoever confirms it sets it there."""

    criteria: Criteria
    note: LooseLine = ""


class StopSuggestion(Answer, frozen=True, kw_only=True):
    """When a run may end, and why; criteria: None where nothing can be said."""

    run: str
    sentence: str
    criteria: Criteria | None


class StopCriteria(Answer, frozen=True, kw_only=True):
    """What a person confirmed, beside what was suggested then."""

    id: UUID
    run: str
    criteria: Criteria
    proposed: Criteria | None
    sentence: str
    note: str
    confirmed_by: str
    confirmed_at: datetime
