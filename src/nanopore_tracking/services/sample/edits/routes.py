"""Grids over HTTP."""

from typing import Annotated

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.edits import MOST, Edit, EditableSamples, EditAnswer
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Ask, answer, call_of, may, runtime_of, write
from nanopore_tracking.services.sample.edits import commands, model, store

Codes = Annotated[str, Meta(min_length=1, max_length=12_000, description="Codes of samples, with commas between.")]


@get("/api/samples/edits", policy="samples.write")
async def show_editable(request: Ask, codes: Codes) -> Response[EditableSamples]:
    """Show samples as a grid has them, at most 500 by their codes."""
    said = [code.strip().upper() for code in codes.split(",") if code.strip()]
    if len(said) > MOST:
        message = f"A grid has at most {MOST} samples, and {len(said)} are named."
        raise errors.TooLarge(message, fields=[errors.FieldError("codes", message)])
    return answer(await store.editable(runtime_of(request).db, call_of(request).scope, said))


@post("/api/samples/edits/check", policy="samples.write", status_code=200)
async def check_edit(request: Ask, data: Edit) -> Response[EditAnswer]:
    """Tell what is wrong with each cell of a grid, and what would become of each row; nothing is changed."""
    return answer(await commands.check(runtime_of(request).db, data, scope=call_of(request).scope))


@post("/api/samples/edits", policy="samples.write", status_code=200)
async def save_edit(request: Ask, data: Edit) -> Response[EditAnswer]:
    """Save the rows of a grid that are right; the others answer what is wrong with each cell and stay as they are."""
    measured = any(name in model.MEASURED for row in data.rows for name in row.cells)
    if measured and not may(request, "measurements.write"):
        message = "Your account may not record measurements. Nothing was changed."
        raise errors.Forbidden(message, permission="measurements.write")
    return await write(request, lambda tx: commands.save(tx, data))


ROUTES = [show_editable, check_edit, save_edit]
