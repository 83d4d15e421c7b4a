"""Which field a label names, and how sure that is: learnt, the template's, listed, put together from its words."""

import re
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from nanopore_tracking.services.ai.concepts.model import field_of, ideas_of
from nanopore_tracking.services.ai.fields.model import BY_NAME, FIELDS, OF_HEADERS
from nanopore_tracking.services.ai.headings.model import LABELS, candidates, near, plain, take_apart
from nanopore_tracking.services.ai.headings.model import key_of as words_of
from nanopore_tracking.services.ai.templates.model import Template

#: How far a label is believed by the way in which it is known: confirmed by people, the form's own, in the list of
#: all, understood by its words. docs/forms.md says how often the last was right, and why less is claimed.
SURE = {"learnt": 0.99, "template": 0.99, "listed": 0.97, "words": 0.88}
_LONGEST = 90
_BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
_NUMBER = re.compile(r"#|\bno\b\.?|\bnr\b\.?|№|\bnum\b\.?|\bnumbers\b")
_SPELLINGS = (
    (re.compile(r"\be[ -]?mails?\b"), "email"),
    (re.compile(r"\bflow ?-?cells?\b"), "flow cell"),
    (re.compile(r"\brequestor\b"), "requester"),
    (re.compile(r"\b(\w{2,})'s\b"), r"\1"),
    (re.compile(r"\bp\.\s?i\.?"), "pi"),
    (re.compile(r"\bp\.\s?o\.?"), "po"),
    (re.compile(r"[’]"), "'"),
    (re.compile(r"\bpi's\b"), "pi"),
    (re.compile(r"\b(?:base)[ -]call"), "basecall"),
    (re.compile(r"\bbio-?safety\b"), "biosafety"),
)
#: What numbered questions begin with: `1.`, `2)`, `1.3`, `Q4.`, `b)`.
_COUNTED = re.compile(r"^\s*(?:[A-Z]?\d{1,2}(?:\.\d{1,2})*[.)]|\d{1,2}(?:\.\d{1,2})+|[a-z]\))\s+")
#: What is asked for in a question: `Which library kit should be used?`, `What coverage do you need?`.
_ASKED = re.compile(
    r"^\s*(?:what|which)\s+(.+?)\s+(?:do|does|should|would|shall|will|is|are|can)\b[^:]*$", re.IGNORECASE
)
_IN_UNIT = re.compile(r"\s+in\s+(?:[gmk]bp?|bp|bases)\b[\s*:]*$", re.IGNORECASE)
_WHOSE = frozenset({"pi", "submitter", "billing"})
_FLOW_CELLS = re.compile(r"\bflow ?-?cells\b")


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a label was found to name, and by which way."""

    field: str
    way: str

    @property
    def sure(self) -> float:
        """Return how far it is believed."""
        return SURE[self.way]


def key_of(text: str) -> str:
    """Return the words of a label in one spelling: no brackets, marks or case, `number` for #, No. and Nr."""
    return _key(text[:_LONGEST])


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    key = plain(text)
    bare = _BRACKETS.sub(" ", key)
    # `E-mail (PI)` is another's than `E-mail`.
    own = ideas_of(words_of(bare))
    for remark in _BRACKETS.findall(key):
        ideas = ideas_of(words_of(remark))
        if ideas and ideas <= _WHOSE and own and not ideas & own:
            bare = f"{bare} {words_of(remark)}"
    key = bare if words_of(bare) else key.strip("()[]{} ")
    many = _FLOW_CELLS.search(key) is not None
    for pattern, word in _SPELLINGS:
        key = pattern.sub(word, key)
    key = words_of(_NUMBER.sub(" number ", key).replace("é", "e"))
    return key.replace("flow cell", "flow cells") if many else key


def _listed() -> dict[str, str]:
    listed: dict[str, str] = {}
    for name, texts in LABELS.items():
        for text in texts:
            listed[_key(text)] = OF_HEADERS[name]
    for field in FIELDS:
        for text in (field.name.replace("_", " "), field.title, *field.labels):
            listed[_key(text)] = field.name
    return listed


#: Label in the spelling of `key_of` → field of a form.
LISTED = _listed()


class Labels:
    """The vocabulary of one reading: what was learnt, the template's labels, and what everybody says."""

    def __init__(self, learnt: Mapping[str, str], template: Template | None) -> None:
        """learnt: label as it was spelled → field, a form's or a sample's."""
        self._own: dict[str, Known] = {}
        if template is not None:
            for field, texts in template.labels.items():
                for text in texts:
                    self._own[_key(text)] = Known(field=field, way="template")
        for text, field in learnt.items():
            if field in BY_NAME:
                self._own[_key(text)] = Known(field=field, way="learnt")
        own = [*template.labels, *(group.field for group in template.groups)] if template else []
        self._theirs = frozenset(own)
        self._ignored = frozenset(_key(text) for text in template.ignored) if template else frozenset[str]()
        self._found: dict[str, Known | None] = {}

    def find(self, text: str) -> Known | None:
        """Return what a text names as a label, None where it is none that is known."""
        if not 1 < len(text) <= _LONGEST or "@" in text:
            return None
        if text not in self._found:
            bare = _COUNTED.sub("", text)
            spelled = dict.fromkeys((text, bare, _ASKED.sub(r"\1", bare), _IN_UNIT.sub("", bare)))
            self._found[text] = next((known for each in spelled if (known := self._find(key_of(each)))), None)
        return self._found[text]

    def ignores(self, text: str) -> bool:
        """Tell whether a text is one of the known form that means nothing, such as the heading of a part."""
        return bool(self._ignored) and key_of(text) in self._ignored

    def _find(self, key: str) -> Known | None:
        if not key or key in self._ignored:
            return None
        own = self._own.get(key)
        if own is not None:
            return own
        # A form that is known calls its fields as its template says, and nothing else by other words.
        listed = LISTED.get(key)
        if listed is not None:
            return Known(field=listed, way="listed") if listed not in self._theirs else None
        field = field_of(key)
        return Known(field=field, way="words") if field and field not in self._theirs else None


def is_generic(text: str) -> bool:
    """Tell whether a label says a thing of a person but not of which: `E-mail`, `Name`, `Phone`."""
    ideas = ideas_of(key_of(text))
    return bool(ideas & {"email", "phone", "name"}) and ideas <= {"email", "phone", "name", "count", "address"}


def role_of(text: str) -> str | None:
    """Return whose details follow under a heading such as `Principal investigator` or `Billing contact`."""
    ideas = ideas_of(key_of(text))
    if not ideas or not ideas <= {"pi", "submitter", "billing", "details", "lab", "name", "address"}:
        return None
    return next((role for role in ("billing", "pi", "submitter") if role in ideas), None)


@lru_cache(maxsize=4096)
def sample_field(text: str) -> str | None:
    """Return the one column of samples that a text names as a heading, None where it names none or several."""
    if len(text) > _LONGEST:
        return None
    heading = take_apart(text.rstrip(": *"))
    fields = candidates(heading).fields or near(heading).fields
    return fields[0] if len(fields) == 1 else None
