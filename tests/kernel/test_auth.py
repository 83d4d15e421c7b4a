"""Access tokens: the good one passes, every hostile one is refused in the same words; keys are asked for sparingly."""

import base64
import hashlib
import hmac
import time
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import OKPKey

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.auth import Access, Signer, Verifier

PEM = Signer.new_key()
SIGNER = Signer(PEM)
OTHER = Signer.new_key()
LAB = UUID("018f0000-0000-7000-8000-000000000001")
ACCESS = Access(
    permissions_of=lambda roles: frozenset({"things.read"}) if "reader" in roles else frozenset(),
    sees_all=frozenset({"overseer"}),
    tenants_claim="labs",
)


class OneKey:
    """The public key of one signer, as the config service publishes it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def key(self, kid: str) -> OKPKey | None:
        """Return it under its id."""
        self.asked.append(kid)
        return OKPKey.import_key(SIGNER.public_key()) if kid == SIGNER.key_id else None


def verifier() -> Verifier:
    return Verifier(ACCESS, OneKey())


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    base = {"iss": "nanopore-tracking", "aud": "nanopore-tracking", "sub": "a1", "name": "Alice", "username": "alice"}
    times = {"iat": now, "exp": now + 600, "jti": str(uuid4())}
    full: dict[str, Any] = {**base, **times, "roles": ["reader"], "labs": [str(LAB)], "kind": "person", **changed}
    return {name: value for name, value in full.items() if value is not ...}


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signing_input(header: dict[str, Any], payload: dict[str, Any] | bytes) -> str:
    body = payload if isinstance(payload, bytes) else msgspec.json.encode(payload)
    return f"{b64(msgspec.json.encode(header))}.{b64(body)}"


def craft(payload: dict[str, Any] | bytes, *, pem: str = PEM, **header: Any) -> str:
    """Sign anything with an Ed25519 key, without the checks of the Signer."""
    full = {"alg": "Ed25519", "typ": "at+jwt", "kid": SIGNER.key_id, **header}
    text = signing_input(full, payload)
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return f"{text}.{b64(key.sign(text.encode()))}"


def with_hmac_of_public_key() -> str:
    text = signing_input({"alg": "HS256", "typ": "at+jwt", "kid": SIGNER.key_id}, claims())
    secret = base64.urlsafe_b64decode(SIGNER.public_key()["x"] + "=")
    return f"{text}.{b64(hmac.digest(secret, text.encode(), hashlib.sha256))}"


def with_rsa() -> str:
    text = signing_input({"alg": "PS256", "typ": "at+jwt", "kid": SIGNER.key_id}, claims())
    key = rsa.generate_private_key(65537, 2048)
    padded = padding.PSS(padding.MGF1(SHA256()), 32)
    return f"{text}.{b64(key.sign(text.encode(), padded, SHA256()))}"


def with_other_payload() -> str:
    head, _, signature = craft(claims()).split(".")
    return f"{head}.{b64(msgspec.json.encode(claims(roles=['overseer'])))}.{signature}"


def hostile() -> dict[str, str]:
    now = int(time.time())
    unsigned = signing_input({"alg": "none", "typ": "at+jwt", "kid": SIGNER.key_id}, claims())
    huge = msgspec.json.encode(claims()).replace(f'"exp":{now + 600}'.encode(), b'"exp":1e300')
    return {
        "none": f"{unsigned}.",
        "hmac with the public key": with_hmac_of_public_key(),
        "another algorithm": with_rsa(),
        "payload swapped": with_other_payload(),
        "foreign key under the same id": craft(claims(), pem=OTHER),
        "embedded key": craft(claims(), pem=OTHER, jwk=Signer(OTHER).public_key()),
        "expired": craft(claims(iat=now - 700, exp=now - 100)),
        "no exp": craft(claims(exp=...)),
        "future nbf": craft(claims(nbf=now + 300)),
        "future iat": craft(claims(iat=now + 300, exp=now + 600)),
        "wrong audience": craft(claims(aud="another")),
        "issuer is a part of ours": craft(claims(iss="nanopore")),
        "issuer is a list": craft(claims(iss=["nanopore-tracking"])),
        "unknown crit": craft(claims(), crit=["x"], x=1),
        "b64 false": craft(claims(), crit=["b64"], b64=False),
        "extra dots": craft(claims()) + ".a.b",
        "exp as text": craft(claims(exp=str(now + 600))),
        "unknown kid": craft(claims(), kid="unknown"),
        "exp without end": craft(huge),
        "an identity token": craft(claims(), typ="JWT"),
        "a megabyte": craft(claims(name="x" * 1_000_000)),
        "lives too long": craft(claims(exp=now + 7200)),
        "no kid": f"{signing_input({'alg': 'Ed25519', 'typ': 'at+jwt'}, claims())}.{b64(b'x' * 64)}",
        "key by address": craft(claims(), pem=OTHER, jku="https://example.org/keys"),
        "audience is a list": craft(claims(aud=["nanopore-tracking"])),
        "no subject": craft(claims(sub="")),
        "labs that are no identifiers": craft(claims(labs=["*"])),
        "an unknown kind": craft(claims(kind="root")),
        "not text": "\ud800.é.x",
        "nothing": "",
        "nested": craft(b"[" * 4000),
    }


@pytest.mark.parametrize("name", hostile())
async def test_a_hostile_token_is_refused_without_telling_why(name: str) -> None:
    with pytest.raises(errors.Unauthenticated) as refused:
        await verifier().principal(hostile()[name])
    assert refused.value.message == "The access token is missing, has ended or is not accepted. Sign in again."


async def test_a_good_token_names_its_holder() -> None:
    token = SIGNER.sign(claims(iss=..., aud=..., iat=..., exp=..., jti=...), 600)
    found = await verifier().principal(token)
    assert (found.kind, found.id, found.name, found.username) == ("person", "a1", "Alice", "alice")
    assert found.permissions == {"things.read"}
    assert found.tenants == frozenset({LAB})


async def test_a_role_that_sees_all_is_not_limited_to_its_labs() -> None:
    found = await verifier().principal(craft(claims(roles=["overseer"])))
    assert found.tenants is None


async def test_a_token_is_verified_once() -> None:
    keys = OneKey()
    checking = Verifier(ACCESS, keys)
    token = craft(claims())
    assert await checking.principal(token) is await checking.principal(token)
    assert len(keys.asked) == 1


async def test_a_known_token_is_refused_when_it_has_ended() -> None:
    now = int(time.time())
    checking = verifier()
    token = craft(claims(iat=now - 100, exp=now - 29))
    await checking.principal(token)
    time.sleep(1.1)  # noqa: ASYNC251 (the clock is what is tested)
    with pytest.raises(errors.Unauthenticated):
        await checking.principal(token)


async def test_an_api_token_is_exchanged_once_and_a_refused_one_is_remembered() -> None:
    asked: list[str] = []

    async def exchange(token: str) -> str | None:
        asked.append(token)
        return craft(claims(kind="token")) if token == "npt_good" else None

    checking = Verifier(ACCESS, OneKey(), exchange)
    for _ in range(3):
        assert (await checking.principal("npt_good")).kind == "token"
        with pytest.raises(errors.Unauthenticated):
            await checking.principal("npt_bad")
    assert asked == ["npt_good", "npt_bad"]


def test_the_signer_refuses_what_the_verifier_would() -> None:
    with pytest.raises(ValueError, match="between 1 and 3600"):
        SIGNER.sign({}, 3601)
    with pytest.raises(ValueError, match="Ed25519"):
        Signer(OKPKey.generate_key("X25519", private=True).as_pem(private=True).decode())
    assert "d" not in SIGNER.public_key()
