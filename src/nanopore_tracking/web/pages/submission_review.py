"""What is done with the findings of a submission and in its thread; the page is that of the submission."""

from typing import Any

from nanopore_tracking.kernel import errors
from nanopore_tracking.web.clients.review import Review
from nanopore_tracking.web.pages import submission
from nanopore_tracking.web.visit import Shown, Visit, action


def _seen(visit: Visit) -> int:
    return int(visit.form.get("version") or 0)


@action("/submissions/{code:str}/findings/{finding_id:str}", needs="submissions.accept")
async def accept_finding(visit: Visit, code: str, finding_id: str) -> Shown:
    """Accept one finding with a reason."""
    reason = visit.form.get("reason", "").strip()
    try:
        done = await visit.api(Review).accept(code, finding_id, reason=reason, match=_seen(visit), key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale) as problem:
        return await submission.show(visit, code, status=422, problem=problem, opened=f"accept-{finding_id}")
    return visit.go(f"/submissions/{code}#findings", f"{done.code} accepted")


@action("/submissions/{code:str}/questions", needs="submissions.accept")
async def ask(visit: Visit, code: str) -> Shown:
    """Ask the customer, about a finding or in general."""
    finding = visit.form.get("finding", "")
    asked: dict[str, Any] = {
        "body": visit.form.get("body", "").strip(),
        "finding_ids": [finding] if finding else [],
    }
    try:
        await visit.api(Review).ask(code, asked, match=_seen(visit), key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale) as problem:
        opened = f"ask-{finding}" if finding else "ask"
        return await submission.show(visit, code, status=422, problem=problem, opened=opened)
    return visit.go(f"/submissions/{code}#thread", "Asked; the clock stands still until the answer")


@action("/submissions/{code:str}/questions/{question_id:str}", needs="submissions.write")
async def answer(visit: Visit, code: str, question_id: str) -> Shown:
    """Answer a question."""
    body = visit.form.get("body", "").strip()
    try:
        await visit.api(Review).answer(code, question_id, body=body, match=_seen(visit), key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale) as problem:
        return await submission.show(visit, code, status=422, problem=problem)
    return visit.go(f"/submissions/{code}#thread", "Answered")


@action("/submissions/{code:str}/notes", needs="submissions.accept")
async def note(visit: Visit, code: str) -> Shown:
    """Note something that only the facility reads."""
    try:
        await visit.api(Review).note(code, visit.form.get("body", "").strip(), visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await submission.show(visit, code, status=422, problem=problem, opened="note")
    return visit.go(f"/submissions/{code}#thread", "Noted")


ROUTES = [accept_finding, ask, answer, note]
