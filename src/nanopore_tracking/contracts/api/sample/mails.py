"""Mails to customers, as the log of a submission shows them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from nanopore_tracking.contracts.api.base import Answer

MailKind = Literal["received", "accepted", "rejected", "question", "fewer_data", "released", "retracted"]
MailState = Literal["waiting", "sent", "failed", "not_sent"]


class Mail(Answer, frozen=True, kw_only=True):
    """One mail. state: `failed` after many attempts or a refusal for ever, `not_sent` where no server is set."""

    id: UUID
    submission_id: UUID
    submission_code: str
    kind: MailKind
    recipient: str
    state: MailState
    attempts: int
    error: str
    next_at: datetime
    created_at: datetime
    ended_at: datetime | None
    version: int


class MailOutlet(Answer, frozen=True, kw_only=True):
    """Whether mails are sent, from whom, through which host, and how many wait or failed."""

    enabled: bool
    sender: str
    host: str
    waiting_count: int
    failed_count: int
