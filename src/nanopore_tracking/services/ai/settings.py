"""Settings of the ai service: its database, where files are kept, and what a document may cost."""

from typing import Annotated

import msgspec
from msgspec import Meta

from nanopore_tracking.kernel.sandbox import Limits
from nanopore_tracking.kernel.settings import Env, Secret

#: Megabytes of memory for the reader of one form, whatever the reader of a table may use.
_FORM_MEMORY_MB = 512


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Read once at start."""

    db_url: Annotated[Secret, Env("AI_DB_URL"), Meta(description="The ai service's own database.")]
    objects_url: Annotated[
        str,
        Meta(
            pattern=r"^(file:///|s3://|/).+",
            description="Where uploaded files are kept: file:///folder, or s3://bucket/prefix with AWS_… variables.",
        ),
    ]
    document_max_mb: Annotated[int, Meta(ge=1, le=200, description="Megabytes that an uploaded document may have.")] = (
        20
    )
    manifest_max_rows: Annotated[int, Meta(ge=1, le=100_000, description="Sample rows that one manifest may have.")] = (
        20_000
    )
    reader_memory_mb: Annotated[
        int, Meta(ge=256, le=8192, description="Megabytes of memory that the reader of one document may use.")
    ] = 768
    reader_cpu_s: Annotated[
        int, Meta(ge=1, le=600, description="Seconds of processor time that the reader of one document may use.")
    ] = 20
    reader_wall_s: Annotated[
        int, Meta(ge=2, le=3600, description="Seconds after which the reader of one document is stopped.")
    ] = 60

    @property
    def document_max_bytes(self) -> int:
        """Bytes that an uploaded document may have."""
        return self.document_max_mb * 1_000_000

    def form_limits(self) -> Limits:
        """Return what the reader of one form may use: it needs a tenth of that, and what needs more does harm."""
        memory_bytes = min(self.reader_memory_mb, _FORM_MEMORY_MB) << 20
        return Limits(memory_bytes=memory_bytes, cpu_s=self.reader_cpu_s, wall_s=float(self.reader_wall_s))

    def limits(self) -> Limits:
        """Return what the reader of one document may use."""
        return Limits(
            memory_bytes=self.reader_memory_mb << 20, cpu_s=self.reader_cpu_s, wall_s=float(self.reader_wall_s)
        )
