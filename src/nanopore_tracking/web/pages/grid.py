"""The grid of many samples: paste from a spreadsheet, see what is wrong with each cell, save what is right."""

from typing import Any
from urllib.parse import parse_qsl

import msgspec

from nanopore_tracking.contracts.api.sample.edits import EditAnswer
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors
from nanopore_tracking.web.clients.many import Many
from nanopore_tracking.web.visit import Shown, Visit, action, page

#: Rows of one grid.
_MOST = 500
#: The columns: field, heading, unit, the value that counts now, and how it is measured if that can be chosen.
COLUMNS = (
    ("priority", "Priority", "", "priority", ()),
    ("assignee", "Assignee", "", "assignee", ()),
    ("container_barcode", "Tube barcode", "", "container_barcode", ()),
    ("volume_ul", "Volume", "µL", "volume_ul", ("pipette", "weighing")),
    ("qubit_ng_per_ul", "Qubit", "ng/µL", "qubit_ng_per_ul", ("qubit_br", "qubit_hs")),
    ("nanodrop_ng_per_ul", "NanoDrop", "ng/µL", "", ("nanodrop",)),
    ("a260_a280", "A260/280", "", "a260_a280", ("nanodrop",)),
    ("a260_a230", "A260/230", "", "a260_a230", ("nanodrop",)),
    (
        "fragment_mean_bp",
        "Mean length",
        "bp",
        "fragment_bp",
        ("femto_pulse", "tapestation", "fragment_analyzer", "bioanalyzer"),
    ),
    ("comment", "Comment", "", "comment", ()),
)


@page("/samples/edit", needs="samples.write")
async def edit(visit: Visit) -> Shown:
    """Show the selected samples as a grid."""
    said = [value for name, value in parse_qsl(visit.request.url.query) if name == "code"]
    codes = list(dict.fromkeys(said))
    if len(codes) > _MOST:
        raise errors.Invalid(f"A grid has at most {_MOST} samples, and {len(codes)} are selected.")
    items = (await visit.api(Many).editable(codes)).items if codes else []
    grid = {
        "noun": "sample",
        "title": f"Edit {counted(len(items), 'sample')}",
        "list": "/samples",
        "what": "samples",
        "name": "Name",
        "path": "/samples/edit",
        "job": "/samples/many",
    }
    return visit.page("pages/grid.html", title="Edit samples", items=items, columns=COLUMNS, grid=grid)


def _grid(visit: Visit) -> Any:
    """Return the grid that a script sent."""
    try:
        return msgspec.json.decode(visit.form.get("grid", ""))
    except msgspec.DecodeError as failure:
        raise errors.Invalid("The grid cannot be read. Nothing was changed.") from failure


def _answered(visit: Visit, found: EditAnswer) -> Shown:
    return visit.data(msgspec.to_builtins(found))


@action("/samples/edit/check", needs="samples.write")
async def check(visit: Visit) -> Shown:
    """Answer what is wrong with each cell."""
    return _answered(visit, await visit.api(Many).check(_grid(visit)))


@action("/samples/edit/save", needs="samples.write")
async def save(visit: Visit) -> Shown:
    """Save the rows that are right, and answer what is wrong with the others."""
    return _answered(visit, await visit.api(Many).save(_grid(visit), visit.key))


ROUTES = [edit, check, save]
