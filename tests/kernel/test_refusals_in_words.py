"""What the decoder says of a wrong value, in words for people."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest

from nanopore_tracking.contracts.api.base import ONE_LINE
from nanopore_tracking.kernel.http import problems

ZONED = Annotated[datetime, msgspec.Meta(tz=True)]


@pytest.mark.parametrize(
    ("kind", "sent", "said"),
    [
        (UUID, "x", "This must be an identifier."),
        (datetime, "yesterday", "This must be a date with time and zone, like 2026-03-01T14:30:00Z."),
        (ZONED, "2026-03-01T14:30:00", "This must say its zone, like 2026-03-01T14:30:00Z."),
        (date, "1.3.2026", "This must be a date, like 2026-03-01."),
        (Annotated[float, msgspec.Meta(ge=0)], -1.0, "This must be at least 0."),
    ],
)
def test_a_wrong_value_is_told_in_words(kind: Any, sent: Any, said: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(sent, kind)
    assert problems.of_invalid(refused.value).message == said


#: What a name can be disguised with: it turns the direction of what follows, or stands there unseen.
DISGUISES = ("\u202e", "\u202a", "\u2066", "\u2069", "\u200f", "\u200b", "\u2060", "\ufeff")
NAME = Annotated[str, msgspec.Meta(pattern=ONE_LINE)]


@pytest.mark.parametrize("sign", DISGUISES, ids=[f"U+{ord(sign):04X}" for sign in DISGUISES])
def test_a_name_with_signs_that_are_not_seen_is_refused(sign: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(f"Lab gnp.{sign}tpircs", NAME)
    said = "This has characters that cannot be seen and can disguise what it says. Type it without them."
    assert problems.of_invalid(refused.value).message == said


@pytest.mark.parametrize(
    "name", ["Łódź 2", "क्\u200dष", "👩\u200d🔬", "大腸菌"], ids=["accents", "joined", "emoji", "kanji"]
)
def test_names_in_every_script_are_taken(name: str) -> None:
    assert msgspec.convert(name, NAME) == name
