"""What an API token may do: never more than its owner may, and at most for a year."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from nanopore_tracking.contracts.api.config import NewApiToken
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.auth import API_TOKEN_PREFIX
from nanopore_tracking.services.config.accounts import model as accounts
from nanopore_tracking.services.config.accounts.model import Account

LONGEST_LIFE = timedelta(days=366)
#: API tokens of one account that have not ended.
MOST_TOKENS = 50
#: How long an access token for an API token is accepted; also how long it outlives the API token.
ACCESS_LIFE_S = 300

_FORM = re.compile(re.escape(API_TOKEN_PREFIX) + r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, kw_only=True)
class ApiToken:
    """An API token as it is stored."""

    id: UUID
    account_id: UUID
    name: str
    roles: Sequence[str]
    lab_ids: Sequence[UUID]
    expires_at: datetime
    revoked_at: datetime | None
    version: int

    def is_accepted(self, at: datetime) -> bool:
        """Tell whether it is neither revoked nor over."""
        return self.revoked_at is None and at < self.expires_at


def looks_right(token: str) -> bool:
    """Tell whether a text has the form of an API token."""
    return _FORM.fullmatch(token) is not None


def require_within(asked: NewApiToken, owner: Account, at: datetime) -> None:
    """Raise Invalid with every field in which a new API token would go beyond its owner or the year."""
    found = []
    if not asked.name.strip():
        found.append(errors.FieldError("name", "The name must not be blank."))
    if more := sorted(set(asked.roles) - set(owner.roles)):
        found.append(errors.FieldError("roles", f"You do not have the role {', '.join(more)}, so your token cannot."))
    if not asked.roles:
        found.append(errors.FieldError("roles", "A token needs at least one role."))
    if not accounts.sees_all_labs(owner.roles) and set(asked.lab_ids) - set(owner.lab_ids):
        found.append(errors.FieldError("lab_ids", "You do not belong to all of these labs, so your token cannot."))
    if asked.expires_at <= at or asked.expires_at > at + LONGEST_LIFE:
        found.append(errors.FieldError("expires_at", "The end must be in the future and at most one year from now."))
    if found:
        words = " ".join(field.message for field in found)
        raise errors.Invalid(f"No token was made. {words}", fields=found)


def roles_now(token: ApiToken, owner: Account) -> list[str]:
    """Return the roles of a token that its owner still has."""
    return sorted(set(token.roles) & set(owner.roles))


def labs_now(token: ApiToken, owner: Account) -> list[UUID]:
    """Return the labs of a token that its owner still may see."""
    if accounts.sees_all_labs(owner.roles):
        return sorted(token.lab_ids)
    return sorted(set(token.lab_ids) & set(owner.lab_ids))
