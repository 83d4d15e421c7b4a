"""Reads a submission form; the function `read_form` runs in the sandbox. Pure: no clock, no network, no database."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from nanopore_tracking.services.ai.grids.model import Refused
from nanopore_tracking.services.ai.readings.model import Box, FormReading, Page, Read, Row
from nanopore_tracking.services.ai.templates.model import Template

__all__ = ["VERSION", "Box", "FormReading", "Options", "Page", "Read", "Refusal", "Row", "read", "read_form"]

#: Of the reader: a reading is repeated where it was made by an older one.
VERSION = 1
Kind = Literal["pdf", "docx", "xlsx", "csv"]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a form is to be read; learnt: label as it was spelled → field, as people confirmed it."""

    kind: Kind
    templates: list[Template] = []
    learnt: dict[str, str] = {}


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """Why the form cannot be read, as a sentence."""

    message: str


def read(content: bytes, kind: str, templates: Sequence[Template], *, learnt: Mapping[str, str]) -> FormReading:
    """Return what the form says; Refused with a sentence when it cannot be read."""
    if not content:
        raise Refused("The file holds nothing at all. Nothing was read.")
    named = [template.name for template in templates]
    return FormReading(version=VERSION, warnings=[f"{kind}: {len(named)} known forms, {len(learnt)} learnt labels."])


def read_form(content: bytes, options: bytes) -> Iterator[bytes]:
    """Yield one message about a form as JSON: the reading, or a refusal."""
    asked = msgspec.json.decode(options, type=Options)
    try:
        yield msgspec.json.encode(read(content, asked.kind, asked.templates, learnt=asked.learnt))
    except Refused as refused:
        yield msgspec.json.encode(Refusal(refused.message))
