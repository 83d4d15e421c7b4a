"""Accounts: who may sign in, with which roles, and to which labs they belong."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import ONE_LINE, Answer, Asked

Role = Literal["submitter", "technician", "facility_manager", "auditor", "admin", "viewer", "instrument"]

Username = Annotated[
    str,
    Meta(
        min_length=2,
        max_length=64,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*$",
        description="What is typed to sign in: letters, digits and . _ @ -; large and small letters are the same.",
    ),
]
FullName = Annotated[str, Meta(min_length=1, max_length=100, pattern=ONE_LINE, description="What people are called.")]
Email = Annotated[
    str, Meta(max_length=200, pattern=r"^([^\s@]+@[^\s@]+)?$", description="An e-mail address, or blank.")
]
Roles = Annotated[list[Role], Meta(max_length=7, description="What the account may do; without a role, nothing.")]
LabIds = Annotated[
    list[UUID], Meta(max_length=100, description="The labs whose projects a submitter sees; other roles see all labs.")
]


class NewAccount(Asked, frozen=True, kw_only=True):
    """Create an account. It has no password: make a one-time sign-in link for its owner, who sets one."""

    username: Username
    name: FullName
    email: Email = ""
    roles: Roles
    lab_ids: LabIds = []


class AccountPatch(Asked, frozen=True, kw_only=True):
    """Change an account; what is left out stays. An account that is not active cannot sign in; its sessions end."""

    name: FullName | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    roles: Roles | UnsetType = UNSET
    lab_ids: LabIds | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class Account(Answer, frozen=True, kw_only=True):
    """One account.

    has_password: False until the owner has set one; has_pin: whether they have a PIN for shared tablets;
    last_sign_in_at: None before the first time.
    """

    id: UUID
    username: str
    name: str
    email: str
    roles: list[str]
    lab_ids: list[UUID]
    active: bool
    has_password: bool
    has_pin: bool = False
    last_sign_in_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    version: int


class SignInLink(Answer, frozen=True, kw_only=True):
    """A link that signs its holder in once; it is shown once, and a new one ends the one before.

    link: what `POST /api/auth/sessions` takes; path: where the web front takes it, to be put behind its address.
    """

    account_id: UUID
    link: str
    path: str
    expires_at: datetime
