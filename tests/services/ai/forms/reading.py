"""Reads a form within the test's own process, with what most tests say of it."""

from collections.abc import Mapping, Sequence

import msgspec

from nanopore_tracking.services.ai.forms import model
from nanopore_tracking.services.ai.forms.model import FormReading, Kind, Options
from nanopore_tracking.services.ai.scans.model import Scan
from nanopore_tracking.services.ai.templates.model import Template


def read(
    content: bytes,
    kind: str,
    templates: Sequence[Template],
    *,
    learnt: Mapping[str, str],
    pages: Sequence[int] | None = None,
    lines: bool = False,
    scans: Sequence[Scan] = (),
) -> FormReading:
    """Return what the form says; Refused with a sentence when it cannot be read. scans: as in Options."""
    asked = Options(
        kind=msgspec.convert(kind, Kind, strict=True),
        templates=list(templates),
        learnt=dict(learnt),
        pages=None if pages is None else list(pages),
        lines=lines,
        scans=list(scans),
    )
    return model.read(content, asked)
