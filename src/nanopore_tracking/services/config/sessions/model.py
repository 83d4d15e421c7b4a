"""When a session is still open, and how its token and the access tokens for it are named."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from nanopore_tracking.contracts.api.config.sessions import Means
from nanopore_tracking.contracts.events.config import SessionClosed
from nanopore_tracking.kernel.events import Subject

Cause = Literal["sign_out", "ended_by_owner", "password_changed", "account_deactivated", "switched", "tablet_revoked"]

#: How long an access token for a session is accepted; also how long it outlives a session that is ended.
ACCESS_LIFE_S = 300


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session as it is stored. may_set_password: without the present one, because a one-time link opened it.

    device_id: of the shared tablet that it is good on, where a PIN opened it.
    """

    id: UUID
    account_id: UUID
    means: Means
    may_set_password: bool
    device_id: UUID | None
    opened_at: datetime
    last_used_at: datetime
    ends_at: datetime
    closed_at: datetime | None

    def is_open(self, at: datetime, idle_s: int) -> bool:
        """Tell whether it is neither ended nor unused for longer than idle_s."""
        return self.closed_at is None and at < self.ends_at and at <= self.last_used_at + timedelta(seconds=idle_s)


def digest(token: str) -> bytes:
    """Return what is kept of a secret token: it has 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def access_token_id(session_id: UUID, unique: UUID) -> str:
    """Return the id of an access token, which tells the session that it is for."""
    return f"{session_id}.{unique}"


def session_of(access_token: str) -> UUID | None:
    """Return the session that the access token with this id is for; None for one that is for no session."""
    session, found, _ = access_token.partition(".")
    try:
        return UUID(session) if found else None
    except ValueError:
        return None


def closed(session_id: UUID, account_id: UUID, username: str, *, cause: Cause) -> tuple[SessionClosed, Subject]:
    """Return what is announced of a session that was ended, and what it is about."""
    event = SessionClosed(session_id=session_id, account_id=account_id, username=username, cause=cause)
    return event, Subject("session", str(session_id), username)
