"""Settings of the sample service."""

from typing import Annotated

import msgspec
from msgspec import Meta

from nanopore_tracking.kernel.settings import Env, Secret


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Read once at start."""

    db_url: Annotated[Secret, Env("SAMPLES_DB_URL"), Meta(description="The sample service's own database.")]
