"""PINs on shared tablets: set one, say that a tablet is shared, see who may go on there, go on as one of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import ONE_LINE, Answer, Asked, LooseLine
from nanopore_tracking.contracts.api.config.sessions import Password

Pin = Annotated[str, Meta(pattern=r"^[0-9]{4,8}$", description="Four to eight digits.")]
DeviceSecret = Annotated[
    str,
    Meta(
        max_length=200,
        pattern=r"^[A-Za-z0-9_-]*$",
        description="The token that was given when the tablet was shared.",
    ),
]


class NewPin(Asked, frozen=True, kw_only=True):
    """Set one's own PIN; an earlier one no longer works."""

    current: Annotated[Password, Meta(pattern=r"^[^\x00]+$", description="The present password.")]
    pin: Pin


class SharedDevice(Asked, frozen=True, kw_only=True):
    """Say that people share the tablet with this token; blank for one that was not shared before.

    name: how the tablet is known, such as "Bench 2", where it was not shared before.
    """

    device_token: DeviceSecret = ""
    name: Annotated[str, Meta(max_length=100, pattern=ONE_LINE, description="How the tablet is known.")] = ""


class DeviceToken(Asked, frozen=True, kw_only=True):
    """Which tablet: the token that was given when it was shared."""

    device_token: Annotated[DeviceSecret, Meta(min_length=1)]


class PinSignIn(Asked, frozen=True, kw_only=True):
    """Go on as a person on a shared tablet. session_token: of the session before on this tablet, which ends."""

    device_token: Annotated[DeviceSecret, Meta(min_length=1)]
    account_id: Annotated[UUID, Meta(description="Who goes on, one of the people of the tablet.")]
    pin: Pin
    session_token: Annotated[str, Meta(max_length=200, description="Of the session that this one follows.")] = ""


class Device(Answer, frozen=True, kw_only=True):
    """A shared tablet. device_token: only where it was not shared before; whoever holds it is the tablet."""

    device_id: UUID
    device_token: str = ""


class DevicePerson(Answer, frozen=True, kw_only=True):
    """A person who used a tablet and has a PIN. ready: it works now; else the password is needed first."""

    account_id: UUID
    name: str
    ready: bool


class DevicePeople(Answer, frozen=True, kw_only=True):
    """The people of a tablet, by name."""

    items: list[DevicePerson]


class DeviceRevocation(Asked, frozen=True, kw_only=True):
    """Take a shared tablet back: no PIN is taken there any more."""

    reason: Annotated[LooseLine, Meta(description="Why, such as that it was lost.")] = ""


class DeviceUser(Answer, frozen=True, kw_only=True):
    """A person who signed in fully on a tablet. ready: their PIN is taken there now."""

    account_id: UUID
    name: str
    username: str
    signed_in_at: datetime
    failures: int
    ready: bool


class ListedDevice(Answer, frozen=True, kw_only=True):
    """A shared tablet as who looks after it sees it. open_sessions: that were opened there and have not ended."""

    id: UUID
    name: str
    shared_by: str
    shared_at: datetime
    last_used_at: datetime | None
    open_sessions: int
    people: list[DeviceUser]
    revoked_at: datetime | None
    revoked_by: str | None
    reason: str
