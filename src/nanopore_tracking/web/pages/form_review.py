"""The review of a form: its page beside what was read of it, one value after the other, then a submission."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response

from nanopore_tracking.contracts.api.ai.reviews import Review, ReviewPage, ReviewPrecedent, ReviewRow, ReviewValue
from nanopore_tracking.contracts.form import BY_NAME as FIELDS
from nanopore_tracking.contracts.manifest import BY_NAME as COLUMNS
from nanopore_tracking.kernel import errors
from nanopore_tracking.web.clients.ai import Ai
from nanopore_tracking.web.clients.forms import Forms
from nanopore_tracking.web.visit import Shown, Visit, action, page

#: How a form was read, as people say it.
METHODS = {
    "pattern": "by rules",
    "llm": "by a language model, each value checked",
    "hybrid": "by rules, with a language model for what they leave open",
    "rag": "by rules and what was learnt, with a language model where one is set",
}
#: Below, how sure a value is stands beside it.
_HIGH = 0.95
#: Of more pages than these, only some have a link.
_MOST_LINKS = 12
#: The pages of the second sheet of a workbook begin with 1001.
_SHEET_PAGES = 1000


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What the page shows of a review: which value is in hand, which page, what comes next."""

    review: Review
    value: ReviewValue | None
    page: int
    next: ReviewValue | None
    columns: Sequence[str]
    editable: bool

    @property
    def boxes(self) -> list[ReviewValue]:
        """The values that stand on the page that is shown."""
        return [each for each in _values(self.review) if each.page == self.page and each.box]

    @property
    def there(self) -> list[ReviewValue]:
        """The fields that were found, or filled in by a person."""
        return [each for each in self.review.fields if each not in self.missing]

    @property
    def missing(self) -> list[ReviewValue]:
        """The fields that the form does not have, or that were not found on it."""
        return [each for each in self.review.fields if each.state == "blank" and each.page is None]

    @property
    def stray(self) -> list[ReviewPrecedent]:
        """What was decided on an earlier reading and has no value here."""
        return [each for each in self.review.precedents if each.value_id is None]

    def before(self, value: ReviewValue) -> str | None:
        """Return what counted for a value on an earlier reading, None where nothing is to be decided again."""
        return next((each.became_raw for each in self.review.precedents if each.value_id == value.id), None)

    @property
    def scanned(self) -> frozenset[int]:
        """The pages of which only a picture is there."""
        return frozenset(each.number for each in self.review.pages if each.scanned)

    @property
    def paper(self) -> ReviewPage:
        """The page that is shown; its sizes are in points."""
        found = next((each for each in self.review.pages if each.number == self.page), None)
        return found or ReviewPage(number=self.page, width_pt=612.0, height_pt=792.0)

    @property
    def leaves(self) -> list[tuple[int, str]]:
        """The pages that can be gone to, with what they are called: of many, those beside the one that is shown."""
        named = [(each.number, _called(each)) for each in self.review.pages]
        at = next((index for index, (number, _) in enumerate(named) if number == self.page), 0)
        if len(named) <= _MOST_LINKS:
            return named
        return [each for index, each in enumerate(named) if abs(index - at) <= 3 or index in (0, len(named) - 1)]

    @property
    def called(self) -> str:
        """What the page that is shown is called."""
        return _called(self.paper)


def _called(page: ReviewPage) -> str:
    """Return the number of a page, of a workbook with several sheets in its sheet."""
    number = str(page.number % _SHEET_PAGES if page.drawn else page.number)
    return f"{page.sheet} {number}" if page.sheet else number


def title(field: str) -> str:
    """Return what people call a field of a form or a column of its table."""
    known = COLUMNS.get(field) or FIELDS.get(field)
    return known.title if known else field.replace("_", " ").capitalize()


def level(value: ReviewValue) -> str:
    """Return how sure a value is: open, middling, sure, decided or blank."""
    if value.state in ("confirmed", "corrected"):
        return "decided"
    if value.state == "needs_review":
        return "open"
    if value.state == "blank" or value.confidence is None:
        return "blank"
    return "middling" if value.confidence < _HIGH else "sure"


def _values(review: Review) -> list[ReviewValue]:
    return [*review.fields, *(value for row in review.rows if not row.dropped for value in row.values)]


def _sight(visit: Visit, review: Review) -> Sight:
    values = _values(review)
    open_ = [each for each in values if each.state == "needs_review"]
    asked = visit.request.query_params.get("value", "")
    number = visit.request.query_params.get("page", "")
    value = next((each for each in values if str(each.id) == asked), None if number else next(iter(open_), None))
    at = values.index(value) if value else -1
    others = [each for each in open_ if each is not value]
    coming = next((each for each in others if values.index(each) > at), next(iter(others), None))
    shown = int(number) if number.isdecimal() else (value.page if value and value.page else 0)
    numbers = [each.number for each in review.pages] or [1]
    names = {each.field for row in review.rows for each in row.values}
    free = not review.reviewer or review.reviewer.mine
    return Sight(
        review=review,
        value=value,
        page=shown if shown in numbers else numbers[0],
        next=coming,
        columns=[*(name for name in COLUMNS if name in names), *sorted(names - set(COLUMNS))],
        editable=review.state == "needs_review" and free and visit.can("documents.review"),
    )


@page("/submissions/reading/{extraction_id:str}/review", needs="documents.read")
async def show(visit: Visit, extraction_id: str) -> Shown:
    """Show a form beside what was read of it."""
    return await show_review(visit, extraction_id)


async def show_review(visit: Visit, extraction_id: str, *, status: int = 200, problem: Any = None) -> Shown:
    """Show the review, with what was refused of it."""
    review = await visit.api(Forms).review(extraction_id)
    texts = None
    if visit.request.query_params.get("tab") == "text" or not review.pages:
        texts = (await visit.api(Forms).texts(extraction_id)).pages
    told = await visit.api(Forms).suggestions(extraction_id)
    return visit.page(
        "pages/form_review.html",
        title=review.filename,
        status=status,
        topics="ai",
        sight=_sight(visit, review),
        texts=texts,
        told=told,
        fields=list(FIELDS.values()),
        samples=list(COLUMNS.values()),
        problem=problem,
        title_of=title,
        level_of=level,
        by_field=_by_field,
        methods=METHODS,
        base=f"/submissions/reading/{extraction_id}",
    )


def _by_field(row: ReviewRow) -> dict[str, ReviewValue]:
    return {each.field: each for each in row.values}


@page("/submissions/reading/{extraction_id:str}/pages/{number:int}", needs="documents.read")
async def picture(visit: Visit, extraction_id: str, number: int) -> Shown:
    """Hand out the picture of a page."""
    extraction = await visit.api(Ai).extraction(extraction_id)
    asked = visit.request.query_params.get("drawn", "")
    found = await visit.api(Forms).picture(extraction.document_id, number, asked[:4])
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return Response(found, media_type="image/png", headers=headers)


@page("/submissions/reading/{extraction_id:str}/document", needs="documents.read")
async def document(visit: Visit, extraction_id: str) -> Shown:
    """Hand out the document as it was uploaded."""
    extraction = await visit.api(Ai).extraction(extraction_id)
    content, media_type = await visit.api(Forms).content(extraction.document_id)
    return visit.file(content, media_type, f"{extraction.document_id}.{extraction.kind}")


@action("/submissions/reading/{extraction_id:str}/decision", needs="documents.review")
async def decide(visit: Visit, extraction_id: str) -> Shown:
    """Take what a person says of one value, and go on to the next that is in doubt."""
    text, shown = visit.form.get("text", "").strip(), visit.form.get("shown", "").strip()
    asked = visit.form.get("do", "")
    text = visit.form.get("before", "") if asked == "before" else text
    act = asked if asked == "undo" else "confirm" if text == shown else "correct"
    value_id = visit.form.get("value_id", "")
    decision: dict[str, Any] = {"value_id": value_id, "action": act, "version": int(visit.form.get("version") or 0)}
    try:
        progress = await visit.api(Forms).decide(extraction_id, decision | {"text": text}, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale) as problem:
        return await show_review(visit, extraction_id, status=422, problem=problem)
    where = f"?value={value_id}" if act == "undo" else _next(visit)
    said = "; ".join(f"“{label}” is understood as {title(field)} now" for label, field in progress.learnt.items())
    return visit.go(f"/submissions/reading/{extraction_id}/review{where}", said)


def _next(visit: Visit) -> str:
    value_id = visit.form.get("next", "")
    return f"?value={value_id}" if value_id else ""


@action("/submissions/reading/{extraction_id:str}/row", needs="documents.review")
async def decide_row(visit: Visit, extraction_id: str) -> Shown:
    """Take what a person says of a row: that it is a sample, or none."""
    dropped = visit.form.get("dropped") == "true"
    asked = {"dropped": dropped, "version": int(visit.form.get("version") or 0)}
    row = int(visit.form.get("row") or 0)
    try:
        await visit.api(Forms).decide_row(extraction_id, row, asked, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale) as problem:
        return await show_review(visit, extraction_id, status=422, problem=problem)
    said = f"Row {row} is no sample" if dropped else f"Row {row} is a sample again"
    return visit.go(f"/submissions/reading/{extraction_id}/review", said)


@action("/submissions/reading/{extraction_id:str}/reviewer", needs="documents.review")
async def reviewer(visit: Visit, extraction_id: str) -> Shown:
    """Take a review over, or leave it to others."""
    if visit.form.get("do") == "leave":
        await visit.api(Forms).leave(extraction_id, key=visit.key)
        return visit.go("/submissions", "The form waits for whoever goes on; what you decided is kept")
    await visit.api(Forms).take(extraction_id, key=visit.key)
    return visit.go(f"/submissions/reading/{extraction_id}/review", "You review this form now")


@action("/submissions/reading/{extraction_id:str}/end", needs="documents.review")
async def end(visit: Visit, extraction_id: str) -> Shown:
    """Accept a form, or refuse it with a reason."""
    seen, reason = int(visit.form.get("version") or 0), visit.form.get("reason", "").strip()
    try:
        if visit.form.get("do") == "accept":
            await visit.api(Forms).accept(extraction_id, match=seen, key=visit.key)
            return visit.go(f"/submissions/reading/{extraction_id}", "The form is accepted; its submission is made")
        await visit.api(Forms).reject(extraction_id, reason, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale) as problem:
        return await show_review(visit, extraction_id, status=422, problem=problem)
    return visit.go(f"/submissions/reading/{extraction_id}", "The form is refused")


@action("/submissions/reading/{extraction_id:str}/question", needs="documents.review")
async def question(visit: Visit, extraction_id: str) -> Shown:
    """Keep a question to the submitter about a value, or withdraw one."""
    value_id, withdrawn = visit.form.get("value_id", ""), visit.form.get("question_id", "")
    try:
        if withdrawn:
            await visit.api(Forms).withdraw(extraction_id, withdrawn, key=visit.key)
        else:
            await visit.api(Forms).ask(extraction_id, value_id, visit.form.get("body", "").strip(), key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        return await show_review(visit, extraction_id, status=422, problem=problem)
    said = "The question is withdrawn" if withdrawn else "The submitter is asked once the form is accepted"
    return visit.go(f"/submissions/reading/{extraction_id}/review" + (f"?value={value_id}" if value_id else ""), said)


@action("/submissions/reading/{extraction_id:str}/teaching", needs="documents.review")
async def teach(visit: Visit, extraction_id: str) -> Shown:
    """Take what a person says of texts that nobody knew, or which known form this is."""
    named = {name.removeprefix("is-"): field for name, field in visit.form.items() if name.startswith("is-") and field}
    one, _, suggested = visit.form.get("take", "").partition("=")
    named = {one: suggested} if one else named
    teachings = [{"unknown_id": unknown_id, "field": field} for unknown_id, field in named.items()]
    asked = {"teachings": teachings, "template": visit.form.get("template", "")}
    try:
        taught = await visit.api(Forms).teach(extraction_id, asked, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale, errors.NotFound) as problem:
        return await show_review(visit, extraction_id, status=422, problem=problem)
    if taught.read_again:
        return visit.go(f"/submissions/reading/{taught.extraction_id}", "The form is read again with what you said")
    said = "It is understood in other forms from now on" if taught.learnt else "It is understood once somebody agrees"
    return visit.go(f"/submissions/reading/{extraction_id}/review", said)


ROUTES = [show, picture, document, decide, decide_row, reviewer, end, question, teach]
