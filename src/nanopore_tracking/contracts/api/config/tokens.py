"""API tokens: what programs sign in with instead of a person's password."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import ONE_LINE, Answer, Asked
from nanopore_tracking.contracts.api.config.accounts import LabIds, Roles


class NewApiToken(Asked, frozen=True, kw_only=True):
    """Make an API token for oneself; it never may do more than its owner may."""

    name: Annotated[str, Meta(min_length=1, max_length=100, pattern=ONE_LINE, description="What it is for.")]
    roles: Roles
    lab_ids: LabIds = []
    expires_at: Annotated[datetime, Meta(tz=True, description="When it ends: at most one year from now.")]


class ApiToken(Answer, frozen=True, kw_only=True):
    """An API token without its secret. last_used_at: to a minute, None when it never was used."""

    id: UUID
    account_id: UUID
    username: str
    name: str
    roles: list[str]
    lab_ids: list[UUID]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    version: int


class ApiTokenMade(ApiToken, frozen=True, kw_only=True):
    """A new API token with its secret, which is shown this once."""

    token: str
