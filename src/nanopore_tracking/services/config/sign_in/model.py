"""Who knocks from where, and the few sentences in which a sign-in is refused."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.config.accounts.model import Account, Credentials

#: How long an access token that was asked for with name and password is accepted.
PROGRAM_LIFE_S = 900

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a sign-in comes from. address: blank when it is not known; client: what the program calls itself."""

    address: str
    client: str


@dataclass(frozen=True, kw_only=True)
class Admission:
    """An attempt that may be checked. credentials: None for an account that does not exist.

    account_key and address_key: what a failure is counted under; account_key is None for a link.
    """

    credentials: Credentials | None
    account_key: bytes | None
    address_key: bytes

    @property
    def password_hash(self) -> str | None:
        """The kept hash, None where there is nothing that a password could be right for."""
        return self.credentials.password_hash if self.credentials else None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Someone whose password was right. renewed_hash: to be kept instead, when the costs of hashing have changed."""

    account: Account
    admission: Admission
    origin: Origin
    renewed_hash: str | None


def origin(peer: str, forwarded: str, *, client: str, proxies: Iterable[Network]) -> Origin:
    """Return where a request comes from: the address nearest to us that is not a proxy of ours.

    peer: who holds the connection; forwarded: X-Forwarded-For, to which each proxy has added who called it. An
    IPv6 address counts by its network, since one caller has all addresses of it.
    """
    trusted = tuple(proxies)
    address = peer
    for named in reversed(forwarded[-2000:].split(",")):
        at = _parsed(address)
        if at is None or not any(at in network for network in trusted) or _parsed(named) is None:
            break
        address = named
    found = _parsed(address)
    if isinstance(found, ipaddress.IPv6Address):
        shown = str(ipaddress.ip_network((found, 64), strict=False))
    else:
        shown = str(found) if found else ""
    return Origin(address=shown, client=_UNSHOWN.sub("", client)[:200])


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found


def fault_of(admission: Admission, *, right: bool) -> str | None:
    """Return why a sign-in with a password is refused; None when it is not. Nobody but the log is told."""
    credentials = admission.credentials
    if credentials is None:
        return "no_such_account"
    if credentials.password_hash is None:
        return "no_password"
    if not right:
        return "wrong_password"
    return None if credentials.active else "not_active"


def refused() -> errors.Unauthenticated:
    """Return the one refusal of a name and password: it does not tell whether there is such an account."""
    message = "The username or the password is not right. Nothing was changed; try again."
    return errors.Unauthenticated(message, type="sign-in-refused")


def link_refused() -> errors.Unauthenticated:
    """Return the one refusal of a one-time link."""
    message = (
        "This sign-in link was used before or has ended. Ask an administrator for a new one. Where no password was set "
        "yet at all, start the product again: it gives a fresh link."
    )
    return errors.Unauthenticated(message, type="link-not-accepted")


def session_ended() -> errors.Unauthenticated:
    """Return the refusal of a session token."""
    message = "This session has ended. Sign in again; what was saved is kept."
    return errors.Unauthenticated(message, type="session-ended")


def too_many(wait_s: int) -> errors.TooMany:
    """Return the refusal of an attempt that is not checked. wait_s: until one is checked again."""
    message = f"There were too many failed attempts. Try again in {wait_s} s; nothing is locked for longer."
    return errors.TooMany(message, retry_after_s=wait_s, type="too-many-attempts")
