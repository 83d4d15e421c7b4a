"""What every message over HTTP has in common: what is asked refuses unknown fields, what is answered may grow."""

from typing import Annotated

import msgspec

#: A line of text: at least one character, no control characters, no line breaks.
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
#: A line of text that may be empty.
LooseLine = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
#: Text of several lines: tabs and line breaks are allowed, other control characters are not.
Prose = Annotated[str, msgspec.Meta(max_length=4000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every request body."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every answer; clients pass over fields that they do not know."""
