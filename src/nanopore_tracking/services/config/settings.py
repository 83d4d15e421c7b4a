"""Settings of the config service: its database, the signing key, the first administrator, the costs of signing in."""

import functools
import ipaddress
from typing import Annotated

import msgspec
from msgspec import Meta

from nanopore_tracking.kernel.auth import Signer
from nanopore_tracking.kernel.passwords import LEAST_MEMORY_KIB, LEAST_PASSES, Passwords
from nanopore_tracking.kernel.sealing import Sealer
from nanopore_tracking.kernel.settings import Env, Secret

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Read once at start."""

    db_url: Annotated[Secret, Env("CONFIG_DB_URL"), Meta(description="The config service's own database.")]
    signing_key: Annotated[
        Secret,
        Meta(description="The Ed25519 private key (PEM) that signs access tokens; NANOPORE_SIGNING_KEY_FILE names it."),
    ]
    admin_password: Annotated[
        Secret, Meta(description="The first password of the account admin, for unattended starts; empty: a link.")
    ] = Secret("")
    first_link_file: Annotated[
        str, Meta(description="Where the first one-time sign-in link is written while admin has no password.")
    ] = ""
    session_idle_s: Annotated[
        int, Meta(ge=60, le=86_400, description="A session ends when it is not used so long.")
    ] = 1800
    session_life_s: Annotated[
        int, Meta(ge=300, le=604_800, description="A session ends at the latest after this time.")
    ] = 43_200
    trusted_proxies: Annotated[
        str,
        Meta(
            pattern=r"^[0-9a-fA-F.:/ ]*$",
            description="Networks of the web front and of proxies, separated by spaces; who calls them is believed "
            "from their X-Forwarded-For, so that attempts are counted for the caller's own address.",
        ),
    ] = "127.0.0.0/8 ::1/128"
    password_memory_kib: Annotated[
        int, Meta(ge=LEAST_MEMORY_KIB, le=1_048_576, description="Memory of one password hash (argon2id).")
    ] = 65_536
    password_passes: Annotated[
        int, Meta(ge=LEAST_PASSES, le=20, description="Passes of one password hash (argon2id).")
    ] = 3
    webhook_local_hosts: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9.:\[\]_ -]*$",
            description="Hosts, or host:port, separated by spaces, to which webhooks may be sent although they are "
            "inside a network, and without TLS.",
        ),
    ] = ""
    webhook_timeout_s: Annotated[
        float, Meta(gt=0, le=60, description="How long an endpoint of a webhook may take to answer.")
    ] = 10.0
    webhook_first_delay_s: Annotated[
        float,
        Meta(gt=0, le=3600, description="The pause after an endpoint's first failure; it grows fourfold with each."),
    ] = 5.0
    webhook_failures: Annotated[
        int, Meta(ge=1, le=100, description="Failures in a row after which an endpoint is paused.")
    ] = 12

    def __post_init__(self) -> None:
        """Refuse a key and networks that cannot be used."""
        try:
            self.signer()
        except ValueError as failure:
            raise ValueError(
                "NANOPORE_SIGNING_KEY is no Ed25519 private key in PEM, so that nobody could sign in."
            ) from failure
        try:
            self.proxies()
        except ValueError as failure:
            raise ValueError(f"NANOPORE_TRUSTED_PROXIES is not a list of networks: {failure}.") from failure

    def signer(self) -> Signer:
        """Return what signs access tokens."""
        return _signer(self.signing_key)

    def webhook_sealer(self) -> Sealer:
        """Return what seals the secrets of webhooks; another signing key cannot open them."""
        return _sealer(self.signing_key)

    def passwords(self) -> Passwords:
        """Return what hashes passwords, one for the whole process."""
        return _passwords(self.password_memory_kib, self.password_passes)

    def proxies(self) -> tuple[Network, ...]:
        """Return the networks whose X-Forwarded-For is believed."""
        return tuple(ipaddress.ip_network(word) for word in self.trusted_proxies.split())


@functools.cache
def _signer(key: Secret) -> Signer:
    return Signer(key.reveal())


@functools.cache
def _sealer(key: Secret) -> Sealer:
    return Sealer(key, "webhooks")


@functools.cache
def _passwords(memory_kib: int, passes: int) -> Passwords:
    return Passwords(memory_kib, passes)
