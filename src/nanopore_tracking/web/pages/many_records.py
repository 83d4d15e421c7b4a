"""What is recorded of many samples at once: that they came, their basecalling, a decision; looked at ahead, one job.

What is recorded so is only ever added to, so that there is no undo; each page says what corrects it.
"""

from typing import Any
from urllib.parse import parse_qsl

import msgspec

from nanopore_tracking.contracts.api.sample.bulk import Decide, Receive, ScannedSamples
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms
from nanopore_tracking.web.clients.many import Many
from nanopore_tracking.web.pages import many
from nanopore_tracking.web.visit import Shown, Visit, action, page

BASECALLING = "pages/many_basecalling.html"
#: Of each page: its template, its title, and what is asked.
_PAGES: dict[str, tuple[str, str, type[msgspec.Struct]]] = {
    "receive": ("pages/many_receive.html", "Receive tubes", Receive),
    "decide": ("pages/many_decision.html", "Decide about many", Decide),
}


@page("/samples/many/receive", needs="custody.write")
async def receive(visit: Visit) -> Shown:
    """Ask in which condition the tubes came: those that were selected, or that are scanned here."""
    return await _shown(visit, "receive", _asked(visit))


@action("/samples/many/receive", needs="custody.write")
async def received(visit: Visit) -> Shown:
    """Show what would become of each tube; a second time record it."""
    return await _recorded(visit, "receive")


@page("/samples/many/decision", needs="samples.write")
async def decide(visit: Visit) -> Shown:
    """Ask what is decided about the selected samples."""
    return await _shown(visit, "decide", _asked(visit))


@action("/samples/many/decision", needs="samples.write")
async def decided(visit: Visit) -> Shown:
    """Show what would become of each sample; a second time record the decision."""
    return await _recorded(visit, "decide")


def _asked(visit: Visit) -> dict[str, str]:
    return many.chosen_of(parse_qsl(visit.request.url.query))


async def _shown(visit: Visit, kind: str, chosen: dict[str, str], *, status: int = 200, **given: Any) -> Shown:
    template, title, struct = _PAGES[kind]
    form = forms.of(struct)
    shown: dict[str, Any] = {
        "form": form.filled(form.read(visit.form)),
        "typed": {item.name: visit.form[item.name] for item in form.fields if visit.form.get(item.name, "").strip()},
        "scanning": "scanned" in visit.form or not (chosen.get("all") or chosen["codes"]),
        "scanned": visit.form.get("scanned", ""),
        "scans": None,
        "preview": None,
        "problem": None,
    }
    return visit.page(template, title=title, status=status, **await many.selected(visit, chosen), **(shown | given))


async def _recorded(visit: Visit, kind: str) -> Shown:
    form = forms.of(_PAGES[kind][2])
    chosen, scans = many.again(visit.form), None
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        if visit.form.get("step") != "run" and "scanned" in visit.form:
            scans = await _scans(visit)
            chosen = {"codes": ",".join(sample.code for sample in scans.samples)}
            if not scans.samples:
                return await _shown(visit, kind, chosen, status=422, scans=scans)
        asked = {"selection": many.selection(chosen), "operation": {"kind": kind, **values}}
        if visit.form.get("step") == "run":
            job = await visit.api(Many).begin(asked, visit.key)
            return visit.go(f"/samples/many/{job.id}")
        return await _shown(visit, kind, chosen, scans=scans, preview=await visit.api(Many).preview(asked))
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        refused = form.refused(problem, visit.form)
        return await _shown(visit, kind, chosen, status=422, scans=scans, form=refused)


async def _scans(visit: Visit) -> ScannedSamples:
    codes = [line.strip() for line in visit.form["scanned"].splitlines() if line.strip()]
    if not codes:
        message = "Scan at least one tube into the field, one code a line."
        raise errors.Invalid(message, fields=[errors.FieldError("scanned", message)])
    return await visit.api(Many).scanned(codes)


@page("/samples/many/basecalling", needs="samples.write")
async def basecalling(visit: Visit) -> Shown:
    """Offer the sheet to fill in, and take it back."""
    return await _sheet(visit, _asked(visit))


async def _sheet(visit: Visit, chosen: dict[str, str], *, status: int = 200, **given: Any) -> Shown:
    shown: dict[str, Any] = {"text": visit.form.get("sheet", ""), "checked": None, "problem": None}
    context = await many.selected(visit, chosen) | shown | given
    return visit.page(BASECALLING, title="Basecalling of many", status=status, **context)


@action("/samples/many/basecalling", needs="samples.write")
async def basecalled(visit: Visit) -> Shown:
    """Show what is wrong with each cell, or what would become of each sample; a second time record it."""
    chosen, sheet = many.again(visit.form), visit.form.get("sheet", "")
    try:
        if visit.form.get("step") == "run":
            job = await visit.api(Many).begin_basecallings(sheet, visit.key)
            return visit.go(f"/samples/many/{job.id}")
        if not sheet.strip():
            raise errors.Invalid("Choose the sheet that was filled in, or paste it into the field.")
        checked = await visit.api(Many).check_basecallings(sheet)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _sheet(visit, chosen, status=422, problem=problem)
    return await _sheet(visit, chosen, status=422 if checked.wrong else 200, checked=checked)


@action("/samples/many/basecalling/template", needs="samples.write")
async def template(visit: Visit) -> Shown:
    """Send the sheet to fill in for the selected samples."""
    selection = many.selection(many.again(visit.form))
    return many.handed_on(await visit.api(Many).basecalling_template(selection))


ROUTES = [receive, received, decide, decided, basecalling, basecalled, template]
