"""A question to a language model of any kind, and how its answer is read. Pure.

The server, the budget and the breaker know of a question no more than this; what it is about is the affair of whoever
asks.
"""

import functools
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from nanopore_tracking.services.ai.values.model import EMAIL, PHONE

A = TypeVar("A")

#: What questions are about: a form that is read, or words that somebody looks for.
Kind = Literal["form", "words"]
#: Letters of a token, of which there are more in most texts.
_LETTERS_PER_TOKEN = 3
_FEWEST_DIGITS = 7
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")


class Unfit(Exception):
    """An answer is not what was asked for; the text says in which way."""


@dataclass(frozen=True, kw_only=True)
class Question(Generic[A]):
    """What is asked.

    about: what it is called in sentences, such as `The form`; asked: how many things; schema: of the answer; read:
    returns what an answer says, or raises Unfit; redacted: texts that were taken out; answer_tokens: that a whole
    answer may take; most_tokens: that it may cost, in and out, where that is less than a document may.
    """

    kind: Kind
    about: str
    asked: int
    messages: list[dict[str, str]]
    schema: dict[str, Any]
    answer_tokens: int
    read: Callable[[str], A] = field(repr=False)
    redacted: int = 0
    most_tokens: int | None = None

    @functools.cached_property
    def prompt_tokens(self) -> int:
        """The tokens of the question: a guess that is rather too high."""
        letters = sum(len(message["content"]) for message in self.messages)
        return math.ceil((letters + len(json.dumps(self.schema, ensure_ascii=False))) / _LETTERS_PER_TOKEN)

    def allowance(self, document_tokens: int) -> int:
        """Return the tokens that it may cost. document_tokens: what a document may."""
        return document_tokens if self.most_tokens is None else min(self.most_tokens, document_tokens)


def closed(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that has just these properties, all of them."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def told(content: str) -> Any:
    """Return the JSON of an answer, without the fence that some models write around it; Unfit where it is none."""
    fenced = re.fullmatch(r"\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*", content, re.DOTALL)
    try:
        # Models write control characters into texts; they are taken out where the text is looked for.
        return json.loads(fenced[1] if fenced else content, strict=False)
    except (ValueError, RecursionError):
        raise Unfit("It did not answer with JSON.") from None


def redacted(text: str) -> tuple[str, int]:
    """Return a line without e-mail addresses and telephone numbers, and how many there were.

    What only looks like a number is taken out too; numbers in different columns are none, and dates are none.
    """
    parts, taken = [], 0
    for part in text.split("  "):
        bare, addresses = EMAIL.subn("[e-mail]", part)
        numbers = [found for found in PHONE.finditer(bare) if _is_number(found[0])]
        for found in reversed(numbers):
            bare = f"{bare[: found.start()]}[telephone]{bare[found.end() :]}"
        parts.append(bare)
        taken += addresses + len(numbers)
    return "  ".join(parts), taken


def _is_number(text: str) -> bool:
    return len(re.sub(r"\D", "", text)) >= _FEWEST_DIGITS and not _DATE.fullmatch(text.strip())
