"""Changing what is said of the preparation of a planned library, with its barcodes."""

from typing import Any

from nanopore_tracking.contracts.api.sample.libraries import LibraryPatch
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms
from nanopore_tracking.web.clients.chain import Chain
from nanopore_tracking.web.pages.chain import Shower, page_status
from nanopore_tracking.web.visit import Shown, Visit

#: What is blank as text; of all else blank means that it is not known.
_TEXTS = ("kit", "kit_lot", "protocol_version", "operator", "deviations")
_MARK = ("sample", "barcode", "kit", "alias")
_MOST = 200


def edit_form(found: Any) -> forms.Form:
    """Return the form of a library as it is."""
    form = forms.of(LibraryPatch, skip=("barcodes",))
    return form.filled({item.name: getattr(found, item.name) for item in form.fields})


def marks_of(found: Any) -> list[dict[str, str]]:
    """Return the barcodes of a library as rows of the form, and a blank row for each sample without one."""
    rows = [
        {
            "sample": item.sample_code,
            "barcode": item.barcode,
            "kit": "" if item.kit == found.kit else item.kit,
            "alias": item.alias,
        }
        for item in found.assignments
    ]
    bare = [source.sample_code for source in found.sources if source.sample_code not in {row["sample"] for row in rows}]
    return rows + [{"sample": code, "barcode": "", "kit": "", "alias": ""} for code in dict.fromkeys(bare)]


def _sent_marks(sent: dict[str, str]) -> list[dict[str, str]]:
    rows = []
    for number in range(_MOST):
        if f"mark-{number}-sample" not in sent:
            break
        rows.append({name: sent.get(f"mark-{number}-{name}", "").strip() for name in _MARK})
    return rows


async def edited(visit: Visit, code: str, *, show: Shower) -> Shown:
    """Change a library as the form says; where somebody else was first, what was typed stays in the form."""
    chain, form = visit.api(Chain), forms.of(LibraryPatch, skip=("barcodes",))
    asked: dict[str, Any] = {
        name: "" if value is None and name in _TEXTS else value for name, value in form.read(visit.form).items()
    }
    rows, seen = _sent_marks(visit.form), int(visit.form.get("version") or 0)
    found = await chain.library(code)
    if rows != marks_of(found):
        asked["barcodes"] = [{name: value for name, value in row.items() if value} for row in rows if row["barcode"]]
    try:
        await chain.change_library(code, asked, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        wrong = " ".join(item.message for item in problem.fields if item.path.startswith(("barcodes", "data.barcodes")))
        given = {"edit_form": form.refused(problem, visit.form), "marks": rows, "marks_wrong": wrong}
        return await show(
            visit, code, status=page_status(problem), opened="edit", problem=_stale(problem, found), **given
        )
    return visit.go(f"/libraries/{code}", "Saved")


def _stale(problem: errors.Problem, found: Any) -> errors.Problem | None:
    if not isinstance(problem, errors.Stale):
        return None
    return errors.Stale(
        f"Somebody changed the library {found.code} since you opened it. Nothing was overwritten: the page shows how "
        "it is now, and what you typed is in the form. Send it again to put it in place."
    )
