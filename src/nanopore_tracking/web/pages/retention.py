"""Setting until when a sample, or all samples of a submission, are kept."""

from typing import Any

from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors
from nanopore_tracking.web.clients.storage import Storage
from nanopore_tracking.web.pages import sample, submission
from nanopore_tracking.web.pages.retention_form import keep_form
from nanopore_tracking.web.visit import Shown, Visit, action


def _asked(visit: Visit) -> dict[str, Any]:
    return {name: visit.form.get(name, "").strip() for name in ("keep_until", "reason")}


def _refused(visit: Visit, problem: errors.Problem) -> dict[str, Any]:
    status = problem.status if problem.status == 409 else 422
    return {"status": status, "keep_form": keep_form().refused(problem, visit.form), "opened": "retention"}


@action("/samples/{code:str}/retention", needs="storage.write")
async def keep(visit: Visit, code: str) -> Shown:
    """Set until when a sample is kept."""
    try:
        done = await visit.api(Storage).keep(code, _asked(visit), visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await sample.show(visit, code, **_refused(visit, problem))
    return visit.go(f"/samples/{code}#retention", f"Kept until {done.keep_until}")


@action("/submissions/{code:str}/retention", needs="storage.write")
async def keep_all(visit: Visit, code: str) -> Shown:
    """Set until when the samples of a submission are kept."""
    asked = _asked(visit)
    try:
        done = await visit.api(Storage).keep_all(code, asked, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await submission.show(visit, code, **_refused(visit, problem))
    return visit.go(
        f"/submissions/{code}#retention",
        f"{counted(done.samples, 'sample is', 'samples are')} kept until {asked['keep_until']}",
    )


ROUTES = [keep, keep_all]
