"""Settings of the audit service."""

from typing import Annotated

import msgspec
from msgspec import Meta

from nanopore_tracking.kernel.settings import Env, Secret


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Read once at start."""

    db_url: Annotated[Secret, Env("AUDIT_DB_URL"), Meta(description="The audit service's own database.")]
