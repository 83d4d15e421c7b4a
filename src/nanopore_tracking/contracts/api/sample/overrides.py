"""Overrides that need a second person, where the facility wants one: what is asked, and what became of it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.samples import Stage

OverrideState = Literal["waiting", "confirmed", "refused", "expired", "overtaken"]

_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Words = Annotated[str, Meta(max_length=1000, pattern=_LINES, description="What there is to say of it.")]


class OverrideConfirmation(Asked, frozen=True, kw_only=True):
    """Confirm an override that somebody else asked for; the sample goes on at once."""

    note: Words = ""


class OverrideRefusal(Asked, frozen=True, kw_only=True):
    """Refuse an override; who asked for it takes it back in the same way."""

    reason: Annotated[str, Meta(min_length=3, max_length=1000, pattern=_LINES, description="Why; it is kept.")]


class Override(Answer, frozen=True, kw_only=True):
    """An override for which a second person was asked.

    stage and to: where the sample was and is to go; missing, messages: codes and sentences of what it passes over;
    state: `waiting`; `confirmed` or `refused` by settled_by; `expired` when nobody confirmed it until expires_at;
    `overtaken` when the sample was moved otherwise; note: what the second person said.
    """

    id: UUID
    sample_id: UUID
    sample_code: str
    sample_name: str
    lab_name: str
    project_code: str
    stage: Stage
    to: Stage
    reason: str
    missing: list[str]
    messages: list[str]
    asked_by: str
    asked_by_id: str
    asked_at: datetime
    expires_at: datetime
    state: OverrideState
    settled_by: str
    settled_at: datetime | None
    note: str
    version: int
