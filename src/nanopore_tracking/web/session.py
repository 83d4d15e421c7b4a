"""The session cookie: an opaque token that is exchanged for short access tokens and guards every changing form."""

import asyncio
import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, replace
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from nanopore_tracking.contracts import access
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import address

#: Seconds before its end at which an access token is no longer used.
MARGIN_S = 60.0
#: Seconds for which an exchanged token is used without asking again, so that a closed session ends everywhere soon.
REFRESH_S = 30.0
#: Seconds for which it is used on, while it is good, when nobody answered whether the session is still open.
UNANSWERED_S = 5.0
_LIMIT = 10_000


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who is signed in, and what they may do: the same table that the services enforce."""

    account_id: str
    username: str
    name: str
    roles: frozenset[str]
    lab_ids: tuple[str, ...] = ()

    @property
    def permissions(self) -> frozenset[str]:
        """Every permission that one of the roles gives."""
        return access.permissions_of(self.roles)

    def can(self, permission: str) -> bool:
        """Tell whether one of the roles gives the permission."""
        return permission in self.permissions

    @property
    def all_labs(self) -> bool:
        """Whether sight is not limited to the labs of membership."""
        return bool(self.roles & access.ALL_LABS)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An access token in use, and whose. device: a digest of where it was given.

    until, good_until: when it is exchanged again, and when it is no longer used at all, in monotonic seconds.
    """

    access_token: str
    until: float
    good_until: float
    person: Person
    device: bytes = b""
    must_set_password: bool = False


class Sessions:
    """The access tokens in use in this process, by a digest of the session token; forgetting all of them is safe."""

    def __init__(self, exchange: Any) -> None:
        """exchange: session and device token → the config service's answer with access token, life and account."""
        self._exchange = exchange
        self._open: dict[bytes, Opened] = {}
        self._locks: dict[bytes, asyncio.Lock] = {}

    async def open(self, token: str, device: str = "") -> Opened:
        """Return the access token and person of a session; Unauthenticated when it has ended.

        While the config service does not answer, the last access token is used to its end.
        device: the token of a shared tablet; a session that a PIN opened is good with it only.
        """
        key, place = _digest(token), _digest(device)
        found = self._known(key, place)
        if found:
            return found
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            found = self._known(key, place)
            if found:
                return found
            try:
                return self.keep(token, await self._exchange(token, device), device)
            except errors.Unavailable:
                used_on = self._used_on(key, place)
                if used_on is None:
                    raise
                return used_on
            except errors.Problem:
                self._open.pop(key, None)
                raise
            finally:
                self._locks.pop(key, None)

    def _known(self, key: bytes, place: bytes) -> Opened | None:
        found = self._open.get(key)
        return found if found and found.device == place and found.until > time.monotonic() else None

    def _used_on(self, key: bytes, place: bytes) -> Opened | None:
        """Return what was exchanged last, for some seconds more, while it is good; else None."""
        found, now = self._open.get(key), time.monotonic()
        if found is None or found.device != place or found.good_until <= now:
            return None
        self._open[key] = replace(found, until=min(now + UNANSWERED_S, found.good_until))
        return self._open[key]

    def keep(self, token: str, answer: Any, device: str = "") -> Opened:
        """Remember what the config service answered to a sign-in or an exchange."""
        account = answer.account
        person = Person(
            account_id=str(account.id),
            username=account.username,
            name=account.name or account.username,
            roles=frozenset(account.roles),
            lab_ids=tuple(str(lab) for lab in account.lab_ids),
        )
        now, life = time.monotonic(), max(answer.expires_in - MARGIN_S, 1.0)
        opened = Opened(
            access_token=answer.access_token,
            until=now + min(life, REFRESH_S),
            good_until=now + life,
            person=person,
            device=_digest(device),
            must_set_password=bool(getattr(answer, "must_set_password", False)),
        )
        if len(self._open) >= _LIMIT:
            self._open.clear()
        self._open[_digest(token)] = opened
        return opened

    def forget(self, token: str) -> None:
        """Drop what is known of a session, at sign-out or when a service no longer accepts its token."""
        self._open.pop(_digest(token), None)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def cookie_name(public_url: str) -> str:
    """Return the cookie's name: bound to the host over HTTPS, plain where the browser would refuse that."""
    return "__Host-session" if public_url.startswith("https:") else "session"


def device_cookie_name(public_url: str) -> str:
    """Return the name of the cookie that makes a browser a shared tablet."""
    return "__Host-tablet" if public_url.startswith("https:") else "tablet"


def device_cookie(public_url: str, token: str) -> Cookie:
    """Return the cookie of a shared tablet; it is sent to no other site, nor on the way from one."""
    return Cookie(
        key=device_cookie_name(public_url),
        value=token,
        path="/",
        httponly=True,
        secure=public_url.startswith("https:"),
        samesite="strict",
        max_age=31_536_000 if token else 0,
    )


def cookie(public_url: str, token: str) -> Cookie:
    """Return the session cookie; an empty token removes it."""
    return Cookie(
        key=cookie_name(public_url),
        value=token,
        path="/",
        httponly=True,
        secure=public_url.startswith("https:"),
        samesite="lax",
        max_age=None if token else 0,
    )


def csrf_token(token: str) -> str:
    """Return what the forms of a session carry: it follows from the session token and does not tell it."""
    mark = hmac.new(token.encode(), b"forms of this session", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mark[:24]).decode()


def refuse_foreign(request: Request[Any, Any, Any]) -> None:
    """Raise Forbidden for a changing request that a browser sends on behalf of another site."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise errors.Forbidden("This was sent from another site, so nothing was changed.", type="cross-site")
        return
    origin = request.headers.get("origin")
    if origin is not None and address.parts(origin).netloc != request.headers.get("host"):
        raise errors.Forbidden("This was sent from another site, so nothing was changed.", type="cross-site")


def refuse_unguarded(sent: str, token: str) -> None:
    """Raise Forbidden when a form does not carry the mark of the session that sends it."""
    if not hmac.compare_digest(sent.encode(), csrf_token(token).encode()):
        raise errors.Forbidden(
            "This form was opened in another session, so nothing was changed. Load the page again.", type="csrf"
        )
