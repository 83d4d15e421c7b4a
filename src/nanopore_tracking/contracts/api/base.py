"""What every message over HTTP has in common: what is asked refuses unknown fields, what is answered may grow."""

from typing import Annotated

import msgspec

#: The form of what people type in one line, such as names: no control characters, and none that cannot be seen and turn
#: or hide what stands beside them. Those that join letters, as some scripts need (U+200C, U+200D), are allowed.
ONE_LINE = r"^[^\x00-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]*$"
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
