"""What is done about the reading of a form as a whole: it is read again, and what was decided before is looked at."""

from nanopore_tracking.kernel import errors
from nanopore_tracking.web.clients.forms import Forms
from nanopore_tracking.web.pages.form_review import show_review
from nanopore_tracking.web.visit import Shown, Visit, action


@action("/submissions/reading/{extraction_id:str}/again", needs="documents.review")
async def again(visit: Visit, extraction_id: str) -> Shown:
    """Read a form once more."""
    seen = int(visit.form.get("version") or 0)
    try:
        begun = await visit.api(Forms).read_again(extraction_id, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale) as problem:
        return await show_review(visit, extraction_id, status=422, problem=problem)
    return visit.go(f"/submissions/reading/{begun.extraction_id}", "The form is read again")


@action("/submissions/reading/{extraction_id:str}/precedent", needs="documents.review")
async def precedent(visit: Visit, extraction_id: str) -> Shown:
    """Take or leave what was decided on an earlier reading."""
    take = visit.form.get("do") == "take"
    try:
        await visit.api(Forms).settle(extraction_id, visit.form.get("precedent_id", ""), take=take, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        return await show_review(visit, extraction_id, status=422, problem=problem)
    said = "The row is left out here too" if take else "It was looked at"
    return visit.go(f"/submissions/reading/{extraction_id}/review", said)


ROUTES = [again, precedent]
