"""Settings of the web front: where people and the five services find each other."""

from typing import Annotated

import msgspec
from msgspec import Meta

from nanopore_tracking.kernel.settings import Env


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Read once at start. A service's address that is left out is this process's own."""

    port: Annotated[int, Env("PORT"), Meta(ge=0, le=65535, description="The port of this process.")] = 8000
    public_url: Annotated[str, Meta(description="What people type to come here; empty: this machine and port.")] = ""
    sample_url: Annotated[str, Meta(description="Where the sample service answers.")] = ""
    ai_url: Annotated[str, Meta(description="Where the ai service answers.")] = ""
    audit_url: Annotated[str, Meta(description="Where the audit service answers.")] = ""
    backup_url: Annotated[str, Meta(description="Where the backup service answers.")] = ""
    config_url: Annotated[str, Meta(description="Where the config service answers.")] = ""

    @property
    def own_url(self) -> str:
        """The address of this process on its own machine."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """The address that people use; with https: the session cookie is bound to the host."""
        return self.public_url or self.own_url

    def addresses(self) -> dict[str, str]:
        """Return service → base URL."""
        return {
            "sample": self.sample_url or self.own_url,
            "ai": self.ai_url or self.own_url,
            "audit": self.audit_url or self.own_url,
            "backup": self.backup_url or self.own_url,
            "config": self.config_url or self.own_url,
        }
