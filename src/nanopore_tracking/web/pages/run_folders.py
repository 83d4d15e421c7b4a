"""Run folders: what was read of them, and the queue of those of which a person has to say which run they are."""

from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.acquisitions import AsideAsked, MatchAsked, ModelNamed
from nanopore_tracking.drawing.runs import figures
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.run_folders import RunFolders
from nanopore_tracking.web.visit import Shown, Visit, action, page

FILTERS = ("q", "standing", "state")
STANDINGS = [("unmatched", "Which run is it?"), ("matched", "Matched"), ("aside", "No run of ours")]
#: What ids are called; MinKNOW's sample is what is loaded.
KEYS = {
    "protocol_run_id": "protocol run",
    "experiment_id": "experiment ID (MinKNOW protocol group)",
    "sample_id": "library ID (MinKNOW sample_id)",
    "flow_cell_id": "flow cell",
    "position": "position",
}
#: What can be said of a folder: its form, and what is said when it was done.
DEEDS: dict[str, tuple[type, str]] = {
    "run": (MatchAsked, "Matched"),
    "aside": (AsideAsked, "Set aside"),
}


@page("/run-folders", needs="inventory.read")
async def run_folders(visit: Visit) -> Shown:
    """Show one page of run folders."""
    address = Address.of(visit.request, FILTERS, default_sort="-updated")
    client = visit.api(RunFolders)
    found = await client.folders(**address.query(*FILTERS), sort=address.sort, after=address["after"])
    return visit.page(
        "pages/run_folders.html",
        title="Run folders",
        topics="sample",
        address=address,
        found=found,
        standings=STANDINGS,
    )


@page("/run-folders/{folder_id:uuid}", needs="inventory.read")
async def run_folder(visit: Visit, folder_id: UUID) -> Shown:
    """Show what was read of one run folder."""
    return await _shown(visit, folder_id)


async def _shown(visit: Visit, folder_id: UUID, *, status: int = 200, **given: Any) -> Shown:
    client = visit.api(RunFolders)
    found = await client.folder(folder_id)
    reading = (await client.figures(folder_id)).reading
    best = found.candidates[0].run if found.candidates else ""
    shown: dict[str, Any] = {
        "folder": found,
        "reading": reading,
        "figures": figures(reading),
        "sets": (await client.read_sets(acquisition_id=folder_id)).items,
        "nameable": [each for each in await client.basecalls(folder_id) if each.named_by or not each.model],
        "naming": forms.of(ModelNamed),
        "readings": (await client.readings(folder_id)).items,
        "match": forms.of(MatchAsked).filled({"run": best}),
        "aside": forms.of(AsideAsked),
        "opened": "",
        "keys": KEYS,
    }
    name = found.folder.rstrip("/").rpartition("/")[2]
    return visit.page("pages/run_folder.html", title=name, status=status, topics="sample", **(shown | given))


@action("/run-folders/{folder_id:uuid}/models/{basecall_id:uuid}", needs="inventory.write")
async def name_model(visit: Visit, folder_id: UUID, basecall_id: UUID) -> Shown:
    """Say which model a summary was called with."""
    form = forms.of(ModelNamed)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        await visit.api(RunFolders).name_model(basecall_id, values, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        refused = form.refused(problem, visit.form)
        return await _shown(visit, folder_id, status=422, opened=f"model-{basecall_id}", naming=refused)
    return visit.go(f"/run-folders/{folder_id}", "Named")


@action("/run-folders/{folder_id:uuid}/{what:str}", needs="inventory.write")
async def judge(visit: Visit, folder_id: UUID, what: str) -> Shown:
    """Say which run a folder is, or that it is none."""
    if what not in DEEDS:
        raise errors.NotFound("There is nothing at this address.")
    asked, said = DEEDS[what]
    form = forms.of(asked)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(RunFolders).judge(folder_id, what, asked=values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        refused = {"match" if what == "run" else what: form.refused(problem, visit.form)}
        return await _shown(visit, folder_id, status=422, opened=what, **refused)
    return visit.go(f"/run-folders/{folder_id}", said)


ROUTES = [run_folders, run_folder, name_model, judge]
