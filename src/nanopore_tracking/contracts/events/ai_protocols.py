"""What the ai service announces about the protocols of the laboratory."""

from uuid import UUID

from nanopore_tracking.kernel.events import Event


class ProtocolKept(Event, frozen=True, kw_only=True):
    """A protocol was uploaded, or a new version of one. number: of the version; sha256: of its content."""

    type = "ai.protocol_kept"

    protocol_id: UUID
    title: str
    number: int
    filename: str
    sha256: str
    passage_count: int


class ProtocolRetired(Event, frozen=True, kw_only=True):
    """A protocol is not searched any more; its versions are kept."""

    type = "ai.protocol_retired"

    protocol_id: UUID
    title: str
