"""Links to the status of one submission, for people without an account; and what such a link shows."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked, Line
from nanopore_tracking.contracts.api.sample.deliveries import DeliveryMethod, DeliveryState

_DAYS = Meta(ge=1, le=731, description="Days for which the link is accepted.")


class NewStatusLink(Asked, frozen=True, kw_only=True):
    """Make a link that shows the status of a submission to whoever has it."""

    label: Annotated[Line, Meta(description="Who it is for, as the lab remembers it.")]
    days: Annotated[int, _DAYS] = 180


class StatusLink(Answer, frozen=True, kw_only=True):
    """A link without its token. use_count: how often it was opened; made_for: `mail` where a mail carries it."""

    id: UUID
    submission_id: UUID
    label: str
    made_for: Literal["person", "mail"]
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    last_used_at: datetime | None
    use_count: int
    version: int


class StatusLinkMade(StatusLink, frozen=True, kw_only=True):
    """A new link with its token and its path on the web front, which are shown this once."""

    token: str
    path: str


class StatusLinkUse(Answer, frozen=True, kw_only=True):
    """How often a link was opened in one minute."""

    minute: datetime
    count: int


class StatusSample(Answer, frozen=True, kw_only=True):
    """One sample in plain words. step: of step_count, 0 before the tube came; said: what is happening to it."""

    code: str
    name: str
    step: int
    step_count: int
    said: str
    stopped: bool


class StatusQuestion(Answer, frozen=True, kw_only=True):
    """Something that the facility wants to know."""

    asked_at: datetime
    question: str


class StatusDelivery(Answer, frozen=True, kw_only=True):
    """Data that are ready. link_url: where they are, blank where they were handed over otherwise or the link ended."""

    code: str
    state: DeliveryState
    method: DeliveryMethod
    destination: str
    link_url: str
    file_count: int
    size_bytes: int
    manifest_sha256: str
    released_at: datetime
    link_expires_at: datetime
    received_at: datetime | None


class SubmissionStatus(Answer, frozen=True, kw_only=True):
    """What a link shows. said: the state of the whole in one sentence; more: there are samples that are not listed."""

    code: str
    said: str
    created_at: datetime
    sample_count: int
    samples: list[StatusSample]
    more: bool
    questions: list[StatusQuestion]
    deliveries: list[StatusDelivery]
    expires_at: datetime


class StatusReceipt(Asked, frozen=True, kw_only=True):
    """Confirm that the data of a delivery have arrived."""

    delivery: Annotated[str, Meta(pattern=r"^D[0-9]{2}-[0-9]{6,}$", description="The code of the delivery.")]
    name: Annotated[Line, Meta(description="Who confirms it.")]
