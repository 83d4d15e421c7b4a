"""Aliquots: what was taken of a sample; never more than there is."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.chain import Lines, VolumeUl


class NewAliquot(Asked, frozen=True, kw_only=True):
    """Take an aliquot of a sample; of a sample whose volume nobody knows none can be taken."""

    volume_ul: Annotated[VolumeUl, Meta(description="How much is taken.")]
    mass_ng: (
        Annotated[float, Meta(gt=0, le=1e9, description="Mass; by the concentration that counts if left out.")] | None
    ) = None
    purpose: Annotated[Lines, Meta(description="What it is for.")] = ""


class Aliquot(Answer, frozen=True, kw_only=True):
    """One aliquot.

    available_ul: what there was of the sample before it was taken; used_ul: what libraries took of it.
    """

    id: UUID
    code: str
    sample_id: UUID
    sample_code: str
    volume_ul: float
    mass_ng: float | None
    available_ul: float
    used_ul: float
    purpose: str
    taken_by: str
    taken_at: datetime
