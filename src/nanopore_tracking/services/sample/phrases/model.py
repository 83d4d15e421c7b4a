"""A grammar that makes filters of a text: the longest phrase that means something is taken, word by word.

It knows a closed vocabulary, days, amounts, and the names that it is given; what it does not know it says.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import msgspec

from nanopore_tracking.contracts.api.sample.phrases import PhraseAnswer, PhraseChip
from nanopore_tracking.contracts.vocabulary import PhraseKind, canonical
from nanopore_tracking.services.sample.dates import model as dates
from nanopore_tracking.services.sample.dates.model import Span
from nanopore_tracking.services.sample.lexicons import model as lexicons
from nanopore_tracking.services.sample.proposals import model as proposals
from nanopore_tracking.services.sample.proposals.model import EDGES, Proposal
from nanopore_tracking.services.sample.samples.model import folded
from nanopore_tracking.services.sample.spans.model import spanned

_LAB_WORDS = frozenset({"lab", "laboratory", "group", "labs"})
_NO_NAME = _LAB_WORDS | {"the", "of", "and", "project"}
_LEAST, _MOST = frozenset({"above", "over"}), frozenset({"below", "under"})
_AMOUNT = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(gb)?")
_MOST_WORDS = 40
_PATHS: Mapping[str, str] = {"samples": "/api/samples", "runs": "/api/runs"}


@dataclass(frozen=True, slots=True)
class Name:
    """Something that has a name. field: the filter that it is the value of; whole: the words of each of its names."""

    field: str
    value: str
    shown: str
    whole: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names that the caller may know. exact: codes (kits, services, projects), in small letters."""

    labs: Sequence[Name] = ()
    projects: Sequence[Name] = ()
    exact: Mapping[str, Name] = field(default_factory=dict)

    @property
    def parts(self) -> frozenset[str]:
        """All words of names of labs, investigators and projects."""
        return frozenset(word for name in (*self.labs, *self.projects) for whole in name.whole for word in whole)


@dataclass(frozen=True, slots=True)
class _Match:
    """Words from a place on that mean a filter; note: a sentence that belongs to it; none where several are meant."""

    words: int
    field: str
    value: str
    shown: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A text in words: as typed and as compared."""

    typed: Sequence[str]
    words: Sequence[str]
    names: Names
    today: date
    kind: PhraseKind


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared, at most forty."""
    return [folded(word).strip(EDGES) for word in text.split()[:_MOST_WORDS]]


def name_words(name: str) -> tuple[str, ...]:
    """Return the words that a name is known by, without `lab` and the like."""
    found = [word for word in re.split(r"[\s,()/]+", folded(name)) if word and word not in _NO_NAME]
    return tuple(found)


def understand(
    text: str, names: Names, *, today: date, kinds: Sequence[PhraseKind], proposed: Sequence[Proposal] = ()
) -> PhraseAnswer:
    """Return the filters that a text means; of the kind that it names, else of the one that more of it fits.

    proposed: filters that a language model proposes for what is not understood.
    """
    typed = text.split()[:_MOST_WORDS]
    words = words_of(text)
    said = list(dict.fromkeys(lexicons.KINDS[word] for word in words if word in lexicons.KINDS))
    tried = [kind for kind in kinds if kind in said] or ([] if said else list(kinds))
    made = [_of_kind(_Asked(typed=typed, words=words, names=names, today=today, kind=kind), proposed) for kind in tried]
    best = max(made, key=lambda answer: (len(answer.chips), -len(answer.unknown)), default=None)
    if best is not None and (best.chips or said):
        return best
    open_words = best.askable if best else []
    return PhraseAnswer(
        text=text,
        kind="",
        path="",
        query={},
        chips=[],
        unknown=list(typed),
        notes=[],
        vocabulary=[],
        askable=open_words,
    )


def _of_kind(asked: _Asked, proposed: Sequence[Proposal]) -> PhraseAnswer:
    """Return what a text means of one kind. Beside a stage or a status of samples, days are those of its stage."""
    found = _read(asked, proposed, staged=False)
    return _read(asked, proposed, staged=True) if {"stage", "status"} & found.query.keys() else found


def _read(asked: _Asked, proposed: Sequence[Proposal], *, staged: bool) -> PhraseAnswer:
    chips: list[PhraseChip] = []
    unknown: list[str] = []
    unread: list[str] = []
    notes: list[str] = []
    query: dict[str, str] = {}
    place = 0
    while place < len(asked.words):
        found = _match(asked, place, staged=staged)
        used = found.words if found else 1
        said = " ".join(asked.typed[place : place + used])
        if found is not None and found.field and found.field not in query:
            rest = [*asked.typed[:place], *asked.typed[place + used :]]
            chips.append(
                PhraseChip(field=found.field, value=found.value, shown=found.shown, words=said, without=" ".join(rest))
            )
            query[found.field] = found.value
        elif found is not None and found.field:
            unknown.append(said)
            notes.append(f"“{said}” was left out: the list is narrowed by one {found.field.replace('_', ' ')} only.")
        elif found is not None or not _joins(asked.words[place]):
            unknown.append(said)
            unread += [] if found else [said]
        notes += [found.note] if found is not None and found.note and found.note not in notes else []
        place += used
    answer = PhraseAnswer(
        text=" ".join(asked.typed), kind=asked.kind, path=_PATHS[asked.kind], query=query, chips=chips,
        unknown=unknown, notes=notes, vocabulary=canonical(asked.kind),
    )  # fmt: skip
    answer, left = proposals.added(answer, proposed, unread)
    return msgspec.structs.replace(answer, askable=proposals.askable(left, asked.names.parts))


def _joins(word: str) -> bool:
    return not word or word in lexicons.JOINING or word in lexicons.KINDS


def _match(asked: _Asked, place: int, *, staged: bool) -> _Match | None:
    """Return the longest match from a place on; of two of one length the one that comes first here."""
    ways: tuple[Callable[[_Asked, int], Iterator[_Match]], ...] = (_phrases, _amounts, _names, _codes, _people)
    found = [each for way in ways for each in way(asked, place)]
    found += _days(asked, place, staged=staged)
    return max(found, key=lambda each: each.words, default=None)


def _phrases(asked: _Asked, place: int) -> Iterator[_Match]:
    for many in range(min(lexicons.LONGEST, len(asked.words) - place), 0, -1):
        meant = lexicons.LEXICONS[asked.kind].get(" ".join(asked.words[place : place + many]))
        if meant is not None:
            yield _Match(many, meant.field, meant.value, meant.shown, lexicons.NOTES.get(meant.field, ""))
            return


def _amounts(asked: _Asked, place: int) -> Iterator[_Match]:
    """Yield `yield below 5 Gb`, `more than 10 Gb`."""
    words, start = asked.words, place
    if asked.kind != "runs":
        return
    if words[place] in ("yield", "yields", "yielding", "gave"):
        place += 1
    more = _side(words, place)
    if more is None:
        return
    least, used = more
    place += used
    amount = _AMOUNT.fullmatch(words[place]) if place < len(words) else None
    unit = words[place + 1 : place + 2] == ["gb"]
    if amount is None or not (amount[2] or unit):
        return
    name = "yield_from_gb" if least else "yield_below_gb"
    end = place + (1 if amount[2] else 2)
    shown = f"Yield: {'at least' if least else 'less than'} {amount[1]} Gb"
    yield _Match(end - start, name, amount[1], shown)


def _side(words: Sequence[str], place: int) -> tuple[bool, int] | None:
    """Return whether an amount is the least, and how many words say so."""
    pair = list(words[place : place + 2])
    if pair in (["more", "than"], ["at", "least"]):
        return True, 2
    if pair == ["less", "than"]:
        return False, 2
    one = words[place] if place < len(words) else ""
    return (one in _LEAST, 1) if one in _LEAST | _MOST else None


def _names(asked: _Asked, place: int) -> Iterator[_Match]:
    """Yield names of labs and projects: whole ones anywhere, parts of them beside `lab` or `project`."""
    words = asked.words
    if words[place] in _LAB_WORDS:
        yield from _part(asked.names.labs, words[place + 1 :], 1, what="labs")
    elif words[place] == "project":
        yield from _part(asked.names.projects, words[place + 1 :], 1, what="projects")
    for pool, what in ((asked.names.labs, "labs"), (asked.names.projects, "projects")):
        whole = [(len(each), name) for name in pool for each in name.whole if _begins(words[place:], each)]
        if whole:
            many = max(many for many, _ in whole)
            yield from _chosen([name for each, name in whole if each == many], many, what=what)
    for many in range(min(4, len(words) - place - 1), 0, -1):
        if words[place + many] in _LAB_WORDS:
            yield from _part(asked.names.labs, words[place : place + many], 1, what="labs", all_of_them=True)


def _begins(words: Sequence[str], name: Sequence[str]) -> bool:
    return bool(name) and tuple(words[: len(name)]) == tuple(name)


def _part(
    pool: Sequence[Name], words: Sequence[str], beside: int, *, what: str, all_of_them: bool = False
) -> Iterator[_Match]:
    """Yield the names of which the first words are a part. beside: words such as `lab`, which count too."""
    for many in range(min(6, len(words)), 0, -1):
        if all_of_them and many < len(words):
            return
        said = set(words[:many])
        found = [name for name in pool if any(said <= set(each) for each in name.whole)]
        whole = [name for name in found if any(said == set(each) for each in name.whole)]
        if found:
            yield from _chosen(whole or found, many + beside, what=what)
            return


def _chosen(found: Sequence[Name], words: int, *, what: str) -> Iterator[_Match]:
    different = list({each.value: each for each in found}.values())
    if len(different) == 1:
        yield _Match(words, different[0].field, different[0].value, different[0].shown)
    else:
        shown = ", ".join(each.shown for each in different[:5])
        yield _Match(words, "", "", "", f"{len(different)} {what} are called so ({shown}): name one of them in full.")


def _codes(asked: _Asked, place: int) -> Iterator[_Match]:
    name = asked.names.exact.get(asked.words[place])
    if name is not None and (name.field == "kit") == (asked.kind == "runs") and name.field != "lab_id":
        yield _Match(1, name.field, name.value, name.shown)


def _people(asked: _Asked, place: int) -> Iterator[_Match]:
    if asked.kind == "samples" and list(asked.words[place : place + 2]) == ["assigned", "to"]:
        person = asked.typed[place + 2].strip(EDGES) if place + 2 < len(asked.typed) else ""
        if person:
            yield _Match(3, "assignee", person, lexicons.titled("assignee", person))


def _days(asked: _Asked, place: int, *, staged: bool) -> Iterator[_Match]:
    found = dates.read(list(asked.words[place:]), asked.today)
    if found is None:
        return
    name = "started" if asked.kind == "runs" else "entered" if staged else "created"
    span = found.span
    yield _Match(found.words, name, spanned(span.first, span.last), f"{lexicons.titled(name, '')}{_said(span)}")


def _said(span: Span) -> str:
    if span.first is None or span.last is None:
        return f"since {span.first}" if span.first else f"until {span.last}"
    return f"on {span.first}" if span.first == span.last else f"{span.first} to {span.last}"
