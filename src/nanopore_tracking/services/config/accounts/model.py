"""What an account is, which passwords it may have, and what an access token says about it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from nanopore_tracking.contracts import access
from nanopore_tracking.contracts.events.config import AccountChanged
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change, Subject

ADMIN_USERNAME = "admin"
LEAST_CHARACTERS = 12
LINK_LIFE_S = 86_400

#: The fields that are announced and compared.
FIELDS = ("username", "name", "email", "roles", "lab_ids", "active", "has_password", "has_pin")
_SWAPPED = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
)


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account as it is stored, without its password's hash."""

    id: UUID
    username: str
    name: str
    email: str
    roles: Sequence[str]
    lab_ids: Sequence[UUID]
    active: bool
    has_password: bool
    has_pin: bool
    version: int


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What is needed to check a sign-in. password_hash: None while no password was set."""

    account_id: UUID
    username: str
    active: bool
    password_hash: str | None


def fields_of(account: Account) -> dict[str, Any]:
    """Return what is announced of an account; lists are in one order, so that they compare."""
    found = {name: getattr(account, name) for name in FIELDS}
    return found | {"roles": sorted(account.roles), "lab_ids": sorted(account.lab_ids)}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what differs in `after`, field by field."""
    return tuple(Change(name, before.get(name), value) for name, value in after.items() if before.get(name) != value)


def subject(account_id: UUID, username: str) -> Subject:
    """Return how events name an account."""
    return Subject("account", str(account_id), username)


def with_password(account: Account) -> tuple[AccountChanged, tuple[Change, ...]]:
    """Return what is announced when an account's password was set: that it was, and nothing of it."""
    before = fields_of(account)
    after = before | {"has_password": True}
    change = Change("password", "set" if account.has_password else None, "set anew")
    return AccountChanged(account_id=account.id, **after), (*changes(before, after), change)


def match(found: int, seen: int, what: str) -> None:
    """Raise Stale unless the version that the caller saw is the one that is stored."""
    if found != seen:
        raise errors.Stale(
            f"Someone changed this {what} since you read it. Nothing was changed; read it again and repeat.",
            version=found,
        )


def loses_admin(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether a change takes an administrator away."""
    was = before["active"] and access.ADMIN in before["roles"]
    return was and not (after["active"] and access.ADMIN in after["roles"])


def sees_all_labs(roles: Sequence[str]) -> bool:
    """Tell whether the sight of the roles is not limited to labs."""
    return bool(access.ALL_LABS.intersection(roles))


def claims(
    account: Account,
    *,
    kind: Literal["person", "token"],
    roles: Sequence[str],
    lab_ids: Sequence[UUID],
    name: str = "",
) -> dict[str, Any]:
    """Return what an access token says; labs only where they limit the sight. name: the account's own if blank."""
    return {
        "sub": str(account.id),
        "username": account.username,
        "name": name or account.name,
        "roles": sorted(roles),
        "labs": [] if sees_all_labs(roles) else [str(lab_id) for lab_id in sorted(lab_ids)],
        "kind": kind,
    }


def password_fault(password: str, account: Account, common: frozenset[str]) -> str | None:
    """Return in one sentence why a password is not taken; None when it is. common: words that many people use."""
    if len(password) < LEAST_CHARACTERS:
        return f"The password must have at least {LEAST_CHARACTERS} characters."
    text = password.lower()
    if _is_pattern(text):
        return "The password is only digits, a row of keys or a repetition. Choose another one."
    own = {word for word in re.split(r"[^a-z]+", f"{account.username} {account.name}".lower()) if len(word) >= 3}
    for letters in (re.sub(r"[^a-z]", "", text), re.sub(r"[^a-z]", "", text.translate(_SWAPPED))):
        if len(letters) >= 3 and _made_of(letters, common | own):
            return "The password is made of words that are tried first, with or without digits. Choose another one."
    return None


def _is_pattern(text: str) -> bool:
    """Tell whether a text repeats a short piece, is only digits, or runs along the alphabet or the keyboard."""
    if text.isdigit() or any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 5)):
        return True
    return any(text in row * 2 or text in (row * 2)[::-1] for row in _ROWS)


def _made_of(letters: str, words: frozenset[str]) -> bool:
    """Tell whether a text is nothing but words one after the other, with at most two letters beside them."""
    best = [0] + [len(letters) + 1] * len(letters)
    lengths = sorted({len(word) for word in words})
    for end in range(1, len(letters) + 1):
        best[end] = best[end - 1] + 1
        for length in lengths:
            if length <= end and letters[end - length : end] in words:
                best[end] = min(best[end], best[end - length])
    return best[-1] <= 2
