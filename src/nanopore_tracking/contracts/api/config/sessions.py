"""Signing in: sessions of people, access tokens of programs, public keys, passwords."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked, Line
from nanopore_tracking.contracts.api.config.accounts import Account

Password = Annotated[str, Meta(min_length=1, max_length=200, description="The password.")]
Means = Literal["password", "link", "pin"]


class Credentials(Asked, frozen=True, kw_only=True):
    """Ask for an access token for a program, by name and password."""

    username: Line
    password: Password


class SignIn(Asked, frozen=True, kw_only=True):
    """Open a session: with username and password, or with a one-time link; nothing else goes together.

    device_token: of the shared tablet that it is opened on, where one's PIN is taken afterwards.
    """

    username: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$", description="With a password.")] = ""
    password: Annotated[str, Meta(max_length=200, description="With a username.")] = ""
    link: Annotated[str, Meta(max_length=200, description="A one-time link, alone.")] = ""
    device_token: Annotated[str, Meta(max_length=200, description="Of a shared tablet.")] = ""


class SessionToken(Asked, frozen=True, kw_only=True):
    """Which session: the opaque token that was given when it was opened.

    device_token: of the shared tablet, without which a session that a PIN opened is not given another access token.
    """

    session_token: Annotated[str, Meta(min_length=1, max_length=200)]
    device_token: Annotated[str, Meta(max_length=200, description="Of a shared tablet.")] = ""


class ExchangedToken(Asked, frozen=True, kw_only=True):
    """An API token that is to be exchanged for an access token."""

    token: Annotated[str, Meta(min_length=1, max_length=200, description="An API token, `npt_` and 43 characters.")]


class NewPassword(Asked, frozen=True, kw_only=True):
    """Set one's own password; the present one is not needed in a session that a one-time link opened."""

    current: Annotated[str, Meta(max_length=200, description="The present password.")] | None = None
    new: Annotated[str, Meta(max_length=200, description="The new password: at least 12 characters.")]


class AccessToken(Answer, frozen=True, kw_only=True):
    """A bearer token; expires_in: seconds for which it is accepted."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (a word of OAuth, not a secret)
    expires_in: int


class Opened(AccessToken, frozen=True, kw_only=True):
    """An open session with an access token for it.

    session_token: what the next access token is asked with, only in the answer that opened the session.
    must_set_password: the session came from a one-time link, and no password was set in it yet.
    """

    session_id: UUID
    session_token: str = ""
    account: Account
    must_set_password: bool
    ends_at: datetime


class Session(Answer, frozen=True, kw_only=True):
    """One open session of the caller.

    current: the one that asks; last_used_at: to a few minutes; ends_at: at the latest, whatever is done in it.
    """

    id: UUID
    means: Means
    address: str
    client: str
    opened_at: datetime
    last_used_at: datetime
    ends_at: datetime
    current: bool


class KeySet(Answer, frozen=True, kw_only=True):
    """The public keys that access tokens are checked with (RFC 7517).

    closed: marks of the accounts that were closed while a token of theirs may be good; null where it is not known now.
    """

    keys: list[dict[str, Any]]
    closed: list[str] | None
