"""How passages found by words and by meaning become one list, and what a protocol may be; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.ai.documents import model as documents
from nanopore_tracking.services.ai.passages.model import Kind

#: The job that lets passages be understood.
JOB = "protocol-meanings"
#: Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): each list gives 1 / (60 + rank).
_RANK = 60
#: Of each list so many are put together.
MOST = 50
#: Passages less near than this in meaning are none of what was asked for.
LEAST_NEAR = 0.2
_TAKEN = "PDF, DOCX, Markdown and plain text are taken as protocols. Nothing was kept."


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    """A file that was taken in and is kept already."""

    filename: str
    kind: Kind
    sha256: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A passage that was found: by its words, its meaning, or both; near: of its meaning, None for words alone."""

    id: UUID
    score: float
    words: bool
    near: float | None


def merged(by_words: Sequence[UUID], by_meaning: Sequence[tuple[UUID, float]], most: int) -> list[Ranked]:
    """Return the passages of two lists as one, the best first; equal ones in the order of words, then of meaning."""
    near = {passage_id: cosine for passage_id, cosine in by_meaning if cosine >= LEAST_NEAR}
    scores: dict[UUID, float] = {}
    for ranking in (by_words, list(near)):
        for rank, passage_id in enumerate(ranking, 1):
            scores[passage_id] = scores.get(passage_id, 0.0) + 1 / (_RANK + rank)
    found = sorted(scores, key=lambda each: -scores[each])[:most]
    there: Mapping[UUID, None] = dict.fromkeys(by_words)
    return [Ranked(id=each, score=round(scores[each], 6), words=each in there, near=near.get(each)) for each in found]


def kind_of(head: bytes, end: bytes) -> Kind:
    """Return what a file is, from its first and last bytes; UnsupportedMedia with a sentence for what is not taken."""
    found = documents.kind_of(head, directory=end)
    if found == "xlsx":
        raise errors.UnsupportedMedia(f"This is a workbook. {_TAKEN}")
    if found in ("pdf", "docx"):
        return found
    if found == "text_table":
        return "text"
    raise errors.UnsupportedMedia(f"This is a picture. {_TAKEN}")
