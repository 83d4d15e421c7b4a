"""Reads a file as the service does, without a service: the same function, in this process."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from nanopore_tracking.contracts.events.ai import Cell, ManifestRow
from nanopore_tracking.services.ai.columns.model import Known
from nanopore_tracking.services.ai.manifests.model import Message, Options, Refusal, Rows, Summary, read_manifest


@dataclass
class Outcome:
    """What came of reading a file."""

    summary: Summary | None = None
    refusal: str | None = None
    rows: list[ManifestRow] = field(default_factory=list)
    chunks: list[int] = field(default_factory=list)
    needs_review_count: int = 0
    messages: list[Summary | Rows | Refusal] = field(default_factory=list)

    @property
    def found(self) -> Summary:
        """The summary of a file that was understood."""
        assert self.summary is not None, self.refusal
        return self.summary

    @property
    def values(self) -> list[dict[str, Any]]:
        """The values of each row."""
        return [{name: cell.value for name, cell in row.cells.items()} for row in self.rows]

    def cell(self, name: str, row: int = 1) -> Cell:
        """One cell of a row, counted from 1."""
        return self.rows[row - 1].cells[name]


def read(content: bytes, kind: str = "text_table", **asked: Any) -> Outcome:
    """Read a file; asked: learnt, chosen, sheet, most_rows."""
    known = Known(learnt=asked.pop("learnt", {}), chosen=asked.pop("chosen", {}))
    options = msgspec.convert({"kind": kind, "known": known, **asked}, Options, from_attributes=True)
    outcome = Outcome()
    for message in read_manifest(content, msgspec.json.encode(options)):
        decoded = msgspec.json.decode(message, type=Message)
        outcome.messages.append(decoded)
        if isinstance(decoded, Summary):
            outcome.summary = decoded
        elif isinstance(decoded, Refusal):
            outcome.refusal = decoded.message
        elif isinstance(decoded, Rows):
            outcome.rows += decoded.rows
            outcome.chunks.append(len(decoded.rows))
            outcome.needs_review_count += decoded.needs_review_count
    return outcome
