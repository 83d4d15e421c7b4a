"""Who calls: access tokens are checked here, by the config service's public keys, and turned into a Principal."""

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NoReturn, Protocol
from uuid import UUID

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Actor
from nanopore_tracking.kernel.ids import uuid7

#: Issuer and audience of every access token of this product.
ISSUER = "nanopore-tracking"
#: One algorithm (RFC 9864), one type (RFC 9068); everything else is refused.
ALGORITHM = "Ed25519"
TOKEN_TYPE = "at+jwt"  # noqa: S105 (a media type, not a secret)
#: What an API token starts with; it is opaque and exchanged for an access token.
API_TOKEN_PREFIX = "npt_"  # noqa: S105

LONGEST_LIFE_S = 3600
LEEWAY_S = 30
LONGEST_TOKEN_BYTES = 8192
#: Seconds for which an exchanged API token is used without asking again: a revoked one stops working within them.
EXCHANGE_S = 60.0
REFUSAL_S = 20.0
_KEPT = 10_000
_ANYONE = Actor(kind="person", id="anonymous", name="someone who is not signed in")


@dataclass(frozen=True, kw_only=True)
class Access:
    """The permission table of the product, as the kernel needs it.

    permissions_of: roles to permissions; sees_all: the roles whose sight is not limited to their tenants;
    tenants_claim: the name under which a token lists the tenants of its holder.
    """

    permissions_of: Callable[[frozenset[str]], frozenset[str]]
    sees_all: frozenset[str]
    tenants_claim: str = "tenants"


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who calls. tenants: None for all of them; expires_at: Unix seconds after which the token is not accepted."""

    actor: Actor
    username: str
    roles: frozenset[str]
    permissions: frozenset[str]
    tenants: frozenset[UUID] | None
    expires_at: float
    token_id: str = ""

    @property
    def kind(self) -> str:
        """`person`, `token` or `service`."""
        return self.actor.kind

    @property
    def id(self) -> str:
        """The identifier of the account or service."""
        return self.actor.id

    @property
    def name(self) -> str:
        """What people call the holder."""
        return self.actor.name


#: The holder of no token: may use what is public, sees no tenant.
NOBODY = Principal(
    actor=_ANYONE,
    username="",
    roles=frozenset(),
    permissions=frozenset(),
    tenants=frozenset(),
    expires_at=0.0,
)


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The only header that is accepted: none that brings its own key (jwk, jku, x5c) or an extension (crit, b64)."""

    alg: Literal["Ed25519"]
    typ: Literal["at+jwt"]
    kid: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What an access token says; every type is exact, so that an `exp` as text or a list of audiences is refused."""

    iss: str
    aud: str
    sub: str
    exp: int
    iat: int
    jti: str
    nbf: int | None = None
    name: str = ""
    username: str = ""
    roles: list[str] = []
    kind: Literal["person", "token", "service"] = "person"


_HEADER = msgspec.json.Decoder(Header)


class Keys(Protocol):
    """Where public keys come from; `remote.RemoteKeys` asks the config service."""

    async def key(self, kid: str) -> OKPKey | None:
        """Return the key of that id, None for an unknown one; Unavailable when no key is known at all."""
        ...


class Exchange(Protocol):
    """What turns an API token into an access token."""

    async def __call__(self, token: str) -> str | None:
        """Return an access token, None for an API token that is not accepted; Unavailable when nobody answers."""
        ...


class Closed(Protocol):
    """Where it is known which accounts were closed; `remote_auth.RemoteKeys` asks the config service."""

    async def __call__(self, account_id: str) -> bool:
        """Tell whether an account was closed while tokens of it may still be about."""
        ...


def refuse() -> NoReturn:
    """Raise the one refusal of all tokens; it does not tell what was wrong with it."""
    raise errors.Unauthenticated("The access token is missing, has ended or is not accepted. Sign in again.")


class Verifier:
    """Turns a bearer token into a Principal; what was verified once is good to its end, unless its account closes."""

    def __init__(
        self, access: Access, keys: Keys, exchange: Exchange | None = None, *, closed: Closed | None = None
    ) -> None:
        self._access = access
        self._keys = keys
        self._exchange = exchange
        self._closed = closed
        self._tenants = msgspec.json.Decoder(dict[str, Any])
        self._claims = msgspec.json.Decoder(Claims)
        self._known: dict[bytes, tuple[float, Principal | None]] = {}

    async def principal(self, token: str) -> Principal:
        """Return whose token it is; Unauthenticated without telling why, Unavailable when it cannot be checked."""
        principal = await self._holder(token)
        if self._closed is not None and await self._closed(principal.id):
            refuse()
        return principal

    async def _holder(self, token: str) -> Principal:
        key = hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=20).digest()
        known = self._known.get(key)
        if known is not None and known[0] > time.time():
            return known[1] or refuse()
        if token.startswith(API_TOKEN_PREFIX):
            return await self._exchanged(key, token)
        principal = await self._verified(token)
        return self._keep(key, principal, principal.expires_at)

    def _keep(self, key: bytes, principal: Principal, until: float) -> Principal:
        self._remember(key, until, principal)
        return principal

    def _remember(self, key: bytes, until: float, principal: Principal | None) -> None:
        if len(self._known) >= _KEPT:
            now = time.time()
            self._known = {name: kept for name, kept in self._known.items() if kept[0] > now}
            if len(self._known) >= _KEPT:
                self._known.clear()
        self._known[key] = (until, principal)

    async def _exchanged(self, key: bytes, token: str) -> Principal:
        if self._exchange is None or len(token) > 200 or not token.isascii():
            refuse()
        access_token = await self._exchange(token)
        if access_token is None:
            self._remember(key, time.time() + REFUSAL_S, None)
            refuse()
        principal = await self._verified(access_token)
        return self._keep(key, principal, min(principal.expires_at, time.time() + EXCHANGE_S))

    async def _verified(self, token: str) -> Principal:
        kid = _key_id(token)
        key = await self._keys.key(kid)
        if key is None:
            refuse()
        try:
            payload = jws.deserialize_compact(token.encode(), key, algorithms=[ALGORITHM]).payload
            claims = self._claims.decode(payload or b"")
            tenants = self._tenants.decode(payload or b"").get(self._access.tenants_claim, [])
            return _principal(self._access, claims, msgspec.convert(tenants, list[UUID]))
        except (JoseError, ValueError, msgspec.MsgspecError, RecursionError):
            refuse()


def _key_id(token: str) -> str:
    """Return the key id that the header of a token names, after refusing every header that is not ours."""
    if len(token) > LONGEST_TOKEN_BYTES or not token.isascii() or token.count(".") != 2:
        refuse()
    head = token.partition(".")[0]
    try:
        return _HEADER.decode(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))).kid
    except (ValueError, msgspec.MsgspecError, RecursionError):
        refuse()


def _principal(access: Access, claims: Claims, tenants: list[UUID]) -> Principal:
    now = time.time()
    in_time = claims.iat - LEEWAY_S <= now < claims.exp + LEEWAY_S and (claims.nbf or 0) - LEEWAY_S <= now
    life_s = claims.exp - claims.iat
    if (
        claims.iss != ISSUER
        or claims.aud != ISSUER
        or not claims.sub
        or not in_time
        or not 0 < life_s <= LONGEST_LIFE_S
    ):
        refuse()
    roles = frozenset(claims.roles)
    return Principal(
        actor=Actor(kind=claims.kind, id=claims.sub, name=claims.name or claims.username or claims.sub),
        username=claims.username,
        roles=roles,
        permissions=access.permissions_of(roles),
        tenants=None if roles & access.sees_all else frozenset(tenants),
        expires_at=float(claims.exp + LEEWAY_S),
        token_id=claims.jti,
    )


class Signer:
    """Signs access tokens; only the config service has the private key."""

    def __init__(self, private_pem: str) -> None:
        """private_pem: an Ed25519 private key, PKCS #8; ValueError for anything else."""
        key = OKPKey.import_key(private_pem)
        if key.curve_name != "Ed25519" or not key.is_private:
            raise ValueError("the signing key is not an Ed25519 private key")
        self._key = key
        self.key_id = key.thumbprint()

    @staticmethod
    def new_key() -> str:
        """Return a new private key as PEM."""
        return OKPKey.generate_key("Ed25519", private=True).as_pem(private=True).decode()

    def sign(self, claims: dict[str, Any], life_s: int) -> str:
        """Return an access token with these claims; issuer, audience, times and id are added. life_s: at most 3600."""
        if not 0 < life_s <= LONGEST_LIFE_S:
            raise ValueError(f"an access token lives between 1 and {LONGEST_LIFE_S} s, not {life_s} s")
        now = int(time.time())
        full = {"iss": ISSUER, "aud": ISSUER, "iat": now, "exp": now + life_s, "jti": str(uuid7()), **claims}
        header = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": self.key_id}
        return jws.serialize_compact(header, msgspec.json.encode(full), self._key, algorithms=[ALGORITHM])

    def public_key(self) -> dict[str, Any]:
        """Return the public half as a JSON Web Key; GET /api/auth/keys answers {"keys": [this, …]}."""
        return {**self._key.as_dict(private=False), "kid": self.key_id, "alg": ALGORITHM, "use": "sig"}
